import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { LogClient } from "../../src/adapters/embedded/log_client.ts";
import { startLogThread } from "../../src/commands/start_log_thread.ts";
import { OutsideFailure } from "../../src/domain/failure.ts";
import { temporaryPath } from "../adapters/embedded/temporary_file.ts";

describe("startLogThread", () => {
  it("starts a thread on which a log is written", async () => {
    const log = await LogClient.open(startLogThread(), temporaryPath());
    const record = { kind: "generationActivated", generation: "g000001" } as const;
    assert.deepEqual(await log.commit([{ kind: "control", record, timeMs: 1 }]), [0]);
    await log.close();
  });

  it("gives errors of the thread their class", async () => {
    const opening = LogClient.open(startLogThread(), "/dev/null/foz.db");
    await assert.rejects(opening, OutsideFailure);
  });

  it("tells what ended the thread", async () => {
    const thread = startLogThread();
    // The server reads the method of a message; nothing has none.
    thread.port.postMessage(null, []);
    assert.match((await thread.failed).message, /null/);
    thread.end();
  });
});
