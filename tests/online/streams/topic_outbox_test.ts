import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { OutsideFailure } from "../../../src/domain/failure.ts";
import { TopicOutbox } from "../../../src/online/streams/topic_outbox.ts";
import type { ReceivedMessage, Topics } from "../../../src/ports/topic.ts";
import { FaultyTopics, HastyClock } from "../faulty_topics.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

async function first(topics: Topics, topic: string, count: number): Promise<ReceivedMessage[]> {
  const stop = new AbortController(), messages: ReceivedMessage[] = [];
  await topics.consume({ topics: [topic], group: "reader", from: "beginning" }, async (batch) => {
    messages.push(...batch.messages);
    if (messages.length >= count) stop.abort();
  }, stop.signal);
  return messages;
}

function outboxOver(topics: FaultyTopics, clock: HastyClock, predictions: string | undefined = "out") {
  const signal = new AbortController().signal;
  return new TopicOutbox({ topics, predictions, model: "scale | linear", clock, signal });
}

const answer = (offset: number, prediction: number | undefined) => ({
  place: { topic: "obs", partition: 2, offset },
  key: bytes(`k${offset}`),
  prediction,
});

describe("TopicOutbox", () => {
  it("sends predictions with the place of what they answer, by its key", async () => {
    const clock = new HastyClock(), topics = new FaultyTopics(clock);
    await outboxOver(topics, clock).send([answer(7, 1.5), answer(8, undefined)], []);
    const sent = await first(topics, "out", 2);
    assert.deepEqual(JSON.parse(new TextDecoder().decode(sent[0].value)), {
      topic: "obs",
      partition: 2,
      offset: 7,
      model: "scale | linear",
      prediction: 1.5,
    });
    assert.equal(JSON.parse(new TextDecoder().decode(sent[1].value)).prediction, null);
    assert.deepEqual(sent[0].key, bytes("k7"));
    assert.deepEqual(sent[0].headers, { "foz-observation": "obs-2-7" });
  });

  it("sends what was refused beside its topic", async () => {
    const clock = new HastyClock(), topics = new FaultyTopics(clock);
    const place = { topic: "obs", partition: 0, offset: 3 };
    await outboxOver(topics, clock).send([], [{ place, message: { value: bytes("x") }, error: "no JSON" }]);
    const [dead] = await first(topics, "obs.dead", 1);
    assert.deepEqual(dead.value, bytes("x"));
    assert.deepEqual(dead.headers, { "foz-error": "no JSON", "foz-origin": "obs-0-3" });
    assert.equal(await topics.places("out"), undefined);
  });

  it("sends no predictions where nobody wants them", async () => {
    const clock = new HastyClock(), topics = new FaultyTopics(clock), signal = new AbortController().signal;
    await new TopicOutbox({ topics, model: "mean", clock, signal }).send([answer(1, 1)], []);
    assert.equal(await topics.places("out"), undefined);
  });

  it("tries again while the broker is away, and gives up in the end", async () => {
    const clock = new HastyClock(), topics = new FaultyTopics(clock), outbox = outboxOver(topics, clock);
    topics.sendFailures = 5;
    await outbox.send([answer(1, 1)], []);
    assert.deepEqual(clock.slept, [500, 1000, 2000, 4000, 8000]);
    assert.equal((await first(topics, "out", 1)).length, 1);
    topics.sendFailures = 6;
    await assert.rejects(outbox.send([answer(2, 1)], []), OutsideFailure);
  });
});
