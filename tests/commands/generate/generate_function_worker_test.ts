import { afterAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import type {
  FunctionAnswer,
  FunctionRequest,
} from "../../../src/commands/generate/generate_function_worker.ts";
import { lineFunction, UserFiles } from "../user_files.ts";

const ENTRY = new URL("../../../src/commands/generate/generate_function_worker.ts", import.meta.url);
const files = new UserFiles();
afterAll(() => files.remove());

describe("the program of a function's thread", () => {
  it("answers requests one by one, and counts what is done of a block", async () => {
    const worker = new Worker(ENTRY, { type: "module" });
    const ask = (request: FunctionRequest) =>
      new Promise<FunctionAnswer>((resolve) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.postMessage(request);
      });
    const progress = new SharedArrayBuffer(4), done = new Int32Array(progress);
    const url = pathToFileURL(files.write("line.ts", lineFunction(2))).href;
    const loaded = await ask({ kind: "load", url, file: "line.ts", seed: 1, progress });
    assert.deepEqual(loaded, { kind: "loaded", task: "regression", concepts: ["line"], isRepeatable: true });
    const block = await ask({ kind: "block", seed: 1, from: 0, concepts: new Uint16Array(4) });
    assert.equal(block.kind === "block" && block.observations.length, 4);
    assert.equal(done[0], 4);
    const missing = await ask({ kind: "load", url: `${url}.none`, file: "x.ts", seed: 1, progress });
    assert.ok(missing.kind === "refused" && missing.message.startsWith("loading the function of x.ts: "));
    worker.terminate();
  });
});
