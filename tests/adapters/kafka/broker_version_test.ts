import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { brokerProblem } from "../../../src/adapters/kafka/broker_version.ts";
import { KAFKA_TLS_URL, KAFKA_URL, skipWithout } from "../../services/test_services.ts";

type Versions = readonly (readonly [key: number, oldest: number, newest: number])[];

/** What Kafka 0.10.0 offers of the first twenty requests (its source, Protocol.java), and what one may of a later day. */
const KAFKA_0_10: Versions = [
  ...[[0, 0, 2], [1, 0, 2], [2, 0, 0], [3, 0, 1], [8, 0, 2], [9, 0, 1], [10, 0, 0], [11, 0, 0]] as const,
  ...[[12, 0, 0], [13, 0, 0], [14, 0, 0], [18, 0, 0]] as const,
];
const ENOUGH: Versions = [0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 19].map((key) => [key, 0, 20] as const);

function answerOf(versions: Versions, error = 0): Uint8Array {
  const size = 10 + 6 * versions.length, bytes = new Uint8Array(4 + size), view = new DataView(bytes.buffer);
  view.setInt32(0, size);
  view.setInt32(4, 1);
  view.setInt16(8, error);
  view.setInt32(10, versions.length);
  versions.forEach((words, i) => words.forEach((word, k) => view.setInt16(14 + 6 * i + 2 * k, word)));
  return bytes;
}

/** Answers one connection with these bytes, in two pieces. */
async function problemOf(answer: Uint8Array): Promise<string | undefined> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    const connection = await listener.accept();
    await connection.read(new Uint8Array(100));
    await connection.write(answer.subarray(0, 3));
    await new Promise((resolve) => setTimeout(resolve, 5));
    await connection.write(answer.subarray(3));
    await connection.read(new Uint8Array(1));
    connection.close();
  })();
  try {
    return await brokerProblem(`kafka://127.0.0.1:${listener.addr.port}`);
  } finally {
    await serving;
    listener.close();
  }
}

describe("brokerProblem", () => {
  it("tells too old and too new from good enough", async () => {
    assert.equal(await problemOf(answerOf(ENOUGH)), undefined);
    assert.match(
      (await problemOf(answerOf(KAFKA_0_10)))!,
      /too old \(Produce, Fetch, .*CreateTopics\); Kafka 1\.0/,
    );
    const later = ENOUGH.map(([key, , newest]) => [key, key === 1 ? 12 : 0, newest] as const);
    assert.match((await problemOf(answerOf(later)))!, /dropped what this program speaks \(Fetch\)/);
    assert.match((await problemOf(answerOf([], 35)))!, /error 35/);
  });

  it("fails when nobody answers, or somebody else", async () => {
    await assert.rejects(brokerProblem("kafka://127.0.0.1:1"), /asking the Kafka broker at 127\.0\.0\.1:1 /);
    await assert.rejects(
      problemOf(new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n")),
      (error: Error) => /not a Kafka broker's/.test(String(error.cause)),
    );
  });

  for (const [url, variable] of [[KAFKA_URL, "FOZ_TEST_KAFKA"], [KAFKA_TLS_URL, "FOZ_TEST_KAFKA_TLS"]]) {
    it(
      `finds nothing wrong with the real one (${variable})`,
      { skip: skipWithout(url, variable) },
      async () => {
        assert.equal(await brokerProblem(url), undefined);
      },
    );
  }
});
