import { MemoryTopics } from "../../../src/adapters/memory/topics.ts";
import { describeTopics } from "../../contracts/topic.ts";

describeTopics("memory", async () => {
  const port = new MemoryTopics({
    nowMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    sleep: () => Promise.reject(new Error("nobody sleeps")),
  });
  return { port, another: async () => port, close: () => port.close() };
});
