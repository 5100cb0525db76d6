import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { requestAnswerer } from "../../src/bridge/answer_requests.ts";
import { Outbox } from "../../src/bridge/outbox.ts";
import { batchOf, bytesOf, plantedBridge, readAll, textOf } from "./planted_bridge.ts";

function setUp(areKnown: (partition: number) => Promise<boolean> = () => Promise.resolve(true)) {
  const parts = plantedBridge(), stopping = new AbortController();
  const outbox = new Outbox(parts.topics, parts.metrics);
  const handle = requestAnswerer(
    { ...parts, outbox, topic: "rec", afterEvents: { areKnown } },
    stopping.signal,
  );
  return { ...parts, handle, stopping };
}

const requests = (...texts: string[]) => texts.map((text) => ({ key: bytesOf(text), value: bytesOf(text) }));

describe("requests", () => {
  it("are answered by key, in order, with their headers and where they came from", async () => {
    const { handle, topics, answerer, metrics } = setUp();
    await handle(batchOf("req", [
      { key: bytesOf("elsewhere"), value: bytesOf("7"), headers: { trace: "t-1", "foz-request": "forged" } },
      { value: bytesOf('{"userId":"stranger","limit":2,"requestId":"r"}') },
    ], 40));
    const [first, second] = await readAll(topics, "rec", 2);
    assert.equal(textOf(first.key), "7");
    assert.deepEqual(first.headers, { trace: "t-1", "foz-request": "req-1-40" });
    const answer = JSON.parse(textOf(first.value)!);
    assert.equal(answer.items.length, 10);
    assert.deepEqual({ ...answer, items: answer.items.slice(0, 1) }, {
      ...{ userId: "7", generation: "g000001", appliedOffset: 3, basis: "personal" },
      items: [{ itemId: "7-1", score: 1, rank: 1 }],
    });
    assert.equal(textOf(second.key), "stranger");
    assert.deepEqual(JSON.parse(textOf(second.value)!), {
      ...{ userId: "stranger", requestId: "r", generation: "g000001", appliedOffset: 3, basis: "popular" },
      items: [{ itemId: "stranger-1", score: 1, rank: 1 }, { itemId: "stranger-2", score: 0.5, rank: 2 }],
    });
    assert.equal(answerer.wishes.length, 1, "one question for a batch");
    assert.match(await metrics.expose(), /foz_bridge_answers_total\{basis="popular"\} 1/);
  });

  it("that cannot be read are buried, and hold up nobody", async () => {
    const { handle, topics } = setUp();
    const wrong = [{ key: bytesOf("k") }, { value: new Uint8Array(0) }, { value: Uint8Array.of(0xff) }];
    await handle(batchOf("req", [...wrong, ...requests("7"), { value: bytesOf('{"user":"7"}') }]));
    assert.equal((await readAll(topics, "rec", 1)).length, 1);
    const dead = await readAll(topics, "req.dead", 4);
    assert.deepEqual(dead.map(({ headers }) => headers!["foz-origin"]), [
      "req-1-0",
      "req-1-1",
      "req-1-2",
      "req-1-4",
    ]);
    assert.deepEqual(dead[2].value, Uint8Array.of(0xff));
    assert.match(dead[3].headers!["foz-error"], /userId is missing/);
    await handle(batchOf("req", [{ value: new Uint8Array(0) }]));
  });

  it("that ask for it are answered after the events before them, and are told", async () => {
    for (const known of [true, false]) {
      const asked: number[] = [];
      const { handle, topics } = setUp((partition) => {
        asked.push(partition);
        return Promise.resolve(known);
      });
      const after = { value: bytesOf('{"userId":"7","afterEvents":true}') };
      await handle(batchOf("req", [...requests("1"), after, after]));
      assert.deepEqual(asked, [1]);
      const answers = (await readAll(topics, "rec", 3)).map(({ value }) => JSON.parse(textOf(value)!));
      assert.deepEqual(answers.map(({ afterEvents }) => afterEvents), [undefined, known, known]);
    }
  });

  it("wait until there is a generation, and say so", async () => {
    const { handle, topics, answerer, state } = setUp();
    answerer.isReady = false;
    const handled = handle(batchOf("req", requests("7")));
    while (answerer.wishes.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.match(state.warnings.join(), /no generation is active/);
    answerer.isReady = true;
    await handled;
    assert.deepEqual(state.warnings, []);
    assert.equal((await readAll(topics, "rec", 1)).length, 1);
  });

  it("that wait come again when the bridge stops, and are somebody else's when the partition is", async () => {
    const { handle, answerer, stopping, topics } = setUp();
    answerer.isReady = false;
    await handle({ ...batchOf("req", requests("7")), isStale: () => true });
    const handled = handle(batchOf("req", requests("7")));
    stopping.abort();
    await assert.rejects(handled, /stopped before there was a generation/);
    assert.equal(await topics.places("rec"), undefined);
  });
});
