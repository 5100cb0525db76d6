/** Entry of the thread that a user's function runs on: it may hang or throw without harm to anything else. */
import { BadInput } from "../../domain/failure.ts";
import type { Observation, Task } from "../../domain/observation.ts";
import { Random } from "../../synthesize/random.ts";
import type { SyntheticFunction } from "../../synthesize/synthetic_function.ts";
import { userFunction } from "../../synthesize/user_function.ts";

/** Asks for the module to be loaded, then for blocks of observations. */
export type FunctionRequest =
  | {
    readonly kind: "load";
    readonly url: string;
    readonly file: string;
    readonly seed: number;
    readonly progress: SharedArrayBuffer;
  }
  | { readonly kind: "block"; readonly seed: number; readonly from: number; readonly concepts: Uint16Array };

export type FunctionAnswer =
  | {
    readonly kind: "loaded";
    readonly task: Task;
    readonly concepts: readonly string[];
    readonly isRepeatable: boolean;
  }
  | { readonly kind: "block"; readonly observations: readonly Observation[] }
  | { readonly kind: "refused"; readonly message: string };

const scope = self as unknown as DedicatedWorkerGlobalScope;
// Standard output may be the stream itself.
console.log = console.info = console.debug = console.error;

let loaded: SyntheticFunction | undefined;
/** How many observations of a block are done: says where a function hangs. */
let progress: Int32Array = new Int32Array(1);

scope.onmessage = async ({ data }: MessageEvent<FunctionRequest>) => {
  scope.postMessage(data.kind === "load" ? await load(data) : block(data));
};

async function load(
  { url, file, seed, progress: shared }: FunctionRequest & { kind: "load" },
): Promise<FunctionAnswer> {
  progress = new Int32Array(shared);
  let exported: unknown;
  try {
    exported = (await import(url)).default;
  } catch (error) {
    return { kind: "refused", message: `loading the function of ${file}: ${messageOf(error)}` };
  }
  return refusing(() => {
    loaded = userFunction(exported, file, Random.at(seed, 0));
    return {
      kind: "loaded",
      task: loaded.task,
      concepts: loaded.concepts,
      isRepeatable: isRepeatable(loaded, seed),
    };
  });
}

function block({ seed, from, concepts }: FunctionRequest & { kind: "block" }): FunctionAnswer {
  Atomics.store(progress, 0, 0);
  return refusing(() => {
    const observations = Array.from(concepts, (concept, i) => {
      const observation = loaded!.observe(Random.at(seed, from + i), concept, from + i);
      Atomics.store(progress, 0, i + 1);
      return observation;
    });
    return { kind: "block", observations };
  });
}

/** Whether the same position twice gives the same: a function that draws from elsewhere, or remembers, does not. */
function isRepeatable(made: SyntheticFunction, seed: number): boolean {
  const draw = () => JSON.stringify([1, 2, 1].map((at) => made.observe(Random.at(seed, at), 0, at)));
  return draw() === draw();
}

function refusing(work: () => FunctionAnswer): FunctionAnswer {
  try {
    return work();
  } catch (error) {
    if (error instanceof BadInput) return { kind: "refused", message: error.message };
    throw error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
