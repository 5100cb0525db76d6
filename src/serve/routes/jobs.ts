/** Trainings that are asked for over HTTP. */
import { z } from "@hono/zod-openapi";
import { BadInput } from "../../domain/failure.ts";
import type { Job } from "../../domain/job.ts";
import type { Jobs, TrainingRequest } from "../../ports/jobs.ts";
import { job as jobSchema, trainingRequest } from "../event_schemas.ts";
import { Problem } from "../problem.ts";
import type { RouteSet } from "../route_set.ts";

const EXAMPLE = {
  jobId: "job-mm7p6yo0-1",
  kind: "train",
  state: "running",
  startedAt: "2026-03-01T12:00:00.000Z",
  progress: 0.4,
};

function shown({ startedAtMs, endedAtMs, ...job }: Job): Record<string, unknown> {
  const endedAt = endedAtMs === undefined ? undefined : new Date(endedAtMs).toISOString();
  return { ...job, startedAt: new Date(startedAtMs).toISOString(), endedAt };
}

function unknownJob(jobId: string, jobs: Jobs): Problem {
  const known = jobs.list().map((job) => job.jobId).slice(0, 10).join(", ") || "none";
  return new Problem("unknown-job", `there is no job "${jobId}"; known are: ${known}`);
}

async function startTraining(jobs: Jobs, request: TrainingRequest): Promise<Job> {
  try {
    return await jobs.startTraining(request);
  } catch (error) {
    if (error instanceof BadInput) throw new Problem("training-running", error.message);
    throw error;
  }
}

const params = z.object({ jobId: z.string().min(1).max(256).openapi({ example: "job-mm7p6yo0-1" }) });

export function addJobRoutes(routes: RouteSet, jobs: Jobs): void {
  routes.add({
    method: "post",
    path: "/v1/jobs/train",
    summary: "Starts a training",
    description: "One at a time. GET what Location names until its state is no longer running.",
    tag: "jobs",
    scope: "admin",
    body: {
      schema: trainingRequest,
      optional: true,
      examples: { defaults: {}, small: { factors: 32, holdout: 0 } },
    },
    answers: {
      202: {
        description: "It runs",
        schema: jobSchema,
        example: EXAMPLE,
        headers: { Location: "Where the job is." },
      },
    },
    problems: [
      "malformed-request",
      "training-running",
      "too-large",
      "unsupported-media-type",
      "invalid-request",
    ],
  }, async ({ body }) => {
    const job = await startTraining(jobs, (body ?? {}) as TrainingRequest);
    const location = `/v1/jobs/${encodeURIComponent(job.jobId)}`;
    return Response.json(shown(job), { status: 202, headers: { location, "retry-after": "1" } });
  });
  routes.add({
    method: "get",
    path: "/v1/jobs/{jobId}",
    summary: "How far a training is",
    tag: "jobs",
    scope: "read",
    params,
    answers: { 200: { description: "The job", schema: jobSchema, example: EXAMPLE } },
    problems: ["unknown-job"],
  }, ({ params: { jobId } }) => {
    const job = jobs.get(jobId);
    if (job === undefined) throw unknownJob(jobId, jobs);
    return Response.json(shown(job));
  });
  routes.add({
    method: "delete",
    path: "/v1/jobs/{jobId}",
    summary: "Cancels a training",
    description: "A job that has ended stays as it is.",
    tag: "jobs",
    scope: "admin",
    params,
    answers: {
      200: {
        description: "The job as it is now",
        schema: jobSchema,
        example: { ...EXAMPLE, state: "cancelled" },
      },
    },
    problems: ["unknown-job"],
  }, async ({ params: { jobId } }) => {
    const job = await jobs.cancel(jobId);
    if (job === undefined) throw unknownJob(jobId, jobs);
    return Response.json(shown(job));
  });
}
