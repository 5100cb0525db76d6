import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { MemoryEventLog } from "../../../src/adapters/memory/event_log.ts";
import { describeEventLog } from "../../contracts/event_log.ts";

describeEventLog("memory", async () => new MemoryEventLog());

describe("MemoryEventLog", () => {
  it("has the id that it is given, or a random one", () => {
    const logId = "0123456789abcdef0123456789abcdef";
    assert.equal(new MemoryEventLog({ logId }).logId, logId);
    assert.notEqual(new MemoryEventLog().logId, new MemoryEventLog().logId);
  });
});
