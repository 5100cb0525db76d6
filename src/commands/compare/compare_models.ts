/** The models of a comparison: pipelines by text, and users' own modules. */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { BadInput } from "../../domain/failure.ts";
import type { Task } from "../../domain/observation.ts";
import type { Contestant } from "../../online/compare_run.ts";
import { userModel } from "../../online/compare_user_model.ts";
import { createModel } from "../../online/create_model.ts";
import type { SavedModel } from "../../online/online_model.ts";
import { loadKernel } from "../kernel_builds.ts";

/** Whether a model's text is a user's module, not a pipeline. */
export function isModelFile(text: string): boolean {
  return /^[^|(]*\.(ts|js|mts|mjs)$/.test(text.trim());
}

/** Makes the models once it is known what they have to do: a user's model may leave that to the stream. */
export interface PreparedModels {
  /** What the pipelines among them do; undefined where there are none. */
  readonly task?: Task;
  make(task: Task): Contestant[];
}

interface Prepared {
  readonly text: string;
  readonly model?: SavedModel;
  /** What a user's module exports by default. */
  readonly exported?: unknown;
}

/** Throws BadInput for a text that is no model, or one that is given twice. */
export async function prepareModels(texts: readonly string[], seed: number): Promise<PreparedModels> {
  const twice = texts.find((text, at) => texts.indexOf(text) !== at);
  if (twice !== undefined) {
    throw new BadInput(`--model '${twice}' was given twice; each model once is accepted`);
  }
  const { module } = await loadKernel("portable");
  const prepared = await Promise.all(texts.map(async (text): Promise<Prepared> => {
    if (!isModelFile(text)) return { text, model: createModel(text, { module, seed }) };
    return { text, exported: await loadModule(text, seed) };
  }));
  return {
    task: prepared.find(({ model }) => model !== undefined)?.model?.task,
    make: (task) =>
      prepared.map(({ text, model, exported }) => ({
        label: text,
        model: model ?? userModel(exported, text, { task, seed }),
      })),
  };
}

/** Each seed gets a module of its own: a model that the module holds begins anew. */
async function loadModule(file: string, seed: number): Promise<unknown> {
  const url = pathToFileURL(resolve(file.trim()));
  url.searchParams.set("foz-run", `${seed}-${loadCount++}`);
  try {
    return (await import(url.href)).default;
  } catch (cause) {
    const message = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new BadInput(`loading the model of ${file}: ${message}`, { cause });
  }
}

let loadCount = 0;
