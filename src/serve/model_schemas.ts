/** Shapes of requests and answers about online models. */
import { z } from "@hono/zod-openapi";

const NAME_ERROR = "a name of 1 to 64 letters, digits, dots, dashes and underscores is accepted";
export const modelName = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, { error: NAME_ERROR })
  .openapi({ example: "trip-duration", description: "The model's name." });

const ID_ERROR = "a string of 1 to 256 characters is accepted";
const predictionId = z.string({ error: ID_ERROR }).min(1, { error: ID_ERROR }).max(256, { error: ID_ERROR })
  .openapi({ description: "Names the prediction, so that its target can be sent later." });

const FEATURE_ERROR = "a number, a text (a category), true, false, or null (not there) is accepted";
const features = z.record(
  z.string().max(256),
  z.union([z.number(), z.string().max(1024), z.boolean(), z.null()], { error: FEATURE_ERROR }),
).openapi({
  description: "Named features; they may come and go.",
  example: { distance: 4.2, weekday: "friday" },
});

const TARGET_ERROR = "a number (regression), or a label: a text, a number, true or false";
const target = z.union([z.number(), z.string().max(1024), z.boolean()], { error: TARGET_ERROR })
  .openapi({ description: "A number in regression, a label in classification." });

const DAY_S = 86_400;
const most = { mostOpen: 100_000, expireAfterS: 90 * DAY_S };

export const modelRequest = z.strictObject({
  model: z.string().min(1).max(2000).openapi({
    description: "A pipeline, as `foz online --model` takes it; `foz online --list` shows the steps.",
  }),
  seed: z.int().min(0).max(0xffffffff).default(1),
  metrics: z.array(z.string()).max(20).default([])
    .openapi({ description: "Names, such as mae or accuracy; those of the task if empty." }),
  rolling: z.int().min(0).max(1e6).default(0)
    .openapi({ description: "Metrics over the last so many targets; 0: over all." }),
  detectors: z.array(z.string().max(200)).max(4).default([])
    .openapi({ description: "Drift detectors over the model's errors, such as adwin." }),
  mostOpen: z.int().min(1).max(most.mostOpen).default(10_000)
    .openapi({
      description: "Predictions by id that may wait for their targets; for one more the oldest is given up.",
    }),
  expireAfterS: z.number().positive().max(most.expireAfterS).default(DAY_S)
    .openapi({ description: "Seconds after which a prediction is given up." }),
}).openapi("ModelRequest");

const figures = {
  learned: z.int(),
  predicted: z.int(),
  open: z.int().openapi({ description: "Predictions by id that wait for their targets." }),
  givenUp: z.int().openapi({ description: "Of them, those that were too old or too many." }),
  metrics: z.record(z.string(), z.number()).openapi({
    description: "Each prediction was made before its target was learned.",
  }),
  drifts: z.array(z.object({ learned: z.int(), detector: z.string() })).openapi({
    description: "After how many targets a detector found a change; the newest last.",
  }),
};

export const modelAnswer = z.object({
  name: z.string(),
  task: z.enum(["regression", "classification"]),
  settings: modelRequest,
  createdAt: z.iso.datetime(),
  ...figures,
}).openapi("Model");

export const modelList = z.object({ models: z.array(modelAnswer) }).openapi("ModelList");

export const predictRequest = z.strictObject({ features, id: predictionId.optional() }).openapi(
  "PredictRequest",
);

const label = z.union([z.number(), z.string(), z.boolean()]);

export const predictAnswer = z.object({
  name: z.string(),
  id: z.string().optional(),
  prediction: label.nullable().openapi({ description: "null while a classification knows no label." }),
  probabilities: z.array(z.object({ label, probability: z.number() })).optional(),
}).openapi("ModelPrediction");

const lesson = z.union([
  z.strictObject({ features, target }),
  z.strictObject({ id: predictionId, target }),
], {
  error: 'accepted are {"features", "target"}, or {"id", "target"} of a prediction that was made before',
});

export const learnRequest = z.union([
  z.strictObject({ observations: z.array(lesson).min(1).max(1000) }),
  lesson,
], {
  error:
    'accepted are {"features", "target"}, {"id", "target"}, or {"observations": [...]} with 1 to 1000 of them',
}).openapi("LearnRequest");

const refusal = z.object({ index: z.int(), problem: z.looseObject({ type: z.string(), status: z.int() }) });

export const learnAnswer = z.object({
  name: z.string(),
  accepted: z.int().openapi({ description: "So many of these were learned." }),
  refused: z.array(refusal).openapi({ description: "Of several, those that were not, and why." }),
  learned: figures.learned.openapi({ description: "Of all times." }),
  metrics: figures.metrics,
}).openapi("ModelLearned");

export const modelDeleted = z.object({ name: z.string(), deleted: z.literal(true) }).openapi("ModelDeleted");
