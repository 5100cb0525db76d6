import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { LogReply, LogRequest } from "../../../src/adapters/embedded/log_messages.ts";
import { serveEventLog } from "../../../src/adapters/embedded/log_server.ts";
import { temporaryPath } from "./temporary_file.ts";

/** Sends requests at once and gives the replies in the order in which they come. */
function talk(requests: readonly LogRequest[]): Promise<LogReply[]> {
  const { port1, port2 } = new MessageChannel();
  serveEventLog(port2);
  port2.start();
  return new Promise((resolve) => {
    const replies: LogReply[] = [];
    port1.onmessage = ({ data }) => {
      if (replies.push(data) < requests.length) return;
      port1.close(), port2.close();
      resolve(replies);
    };
    for (const request of requests) port1.postMessage(request);
  });
}

describe("serveEventLog", () => {
  it("opens, answers each call under its number, and closes last", async () => {
    const record = { kind: "generationActivated", generation: "g000001" } as const;
    const replies = await talk([
      { call: 1, method: "open", parameters: [temporaryPath(), {}] },
      { call: 2, method: "commit", parameters: [[{ kind: "control", record, timeMs: 3 }]] },
      { call: 3, method: "commit", parameters: [[{ kind: "control", record, timeMs: 4 }]] },
      { call: 4, method: "close", parameters: [] },
    ]);
    assert.deepEqual(replies.map(({ call }) => call), [1, 2, 3, 4]);
    assert.match((replies[0] as { result: string }).result, /^[0-9a-f]{32}$/);
    assert.deepEqual(replies.slice(1, 3), [{ call: 2, result: [0] }, { call: 3, result: [1] }]);
  });

  it("says so when the log is not open", async () => {
    const [reply] = await talk([{ call: 1, method: "end", parameters: [] }]);
    assert.match((reply as { failure: Error }).failure.message, /cannot end: the event log is not open/);
  });
});
