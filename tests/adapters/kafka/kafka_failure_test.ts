import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { failureOf, isTooLarge, isUnknownTopic } from "../../../src/adapters/kafka/kafka_failure.ts";
import { BadInput, OutsideFailure } from "../../../src/domain/failure.ts";

/** As the library makes them: a name, sometimes the protocol's type, sometimes around another. */
function libraryError(name: string, message: string, more: Record<string, unknown> = {}): Error {
  return Object.assign(new Error(message), { name, ...more });
}

describe("failures of Kafka", () => {
  it("say what was attempted and what to do, and keep the cause", () => {
    const cases: [Error, RegExp][] = [
      [libraryError("KafkaJSSASLAuthenticationError", "Invalid"), /refuses this user and password/],
      [libraryError("KafkaJSProtocolError", "x", { type: "UNKNOWN_TOPIC_OR_PARTITION" }), /no such topic/],
      [libraryError("KafkaJSProtocolError", "x", { type: "TOPIC_AUTHORIZATION_FAILED" }), /may not do that/],
      [libraryError("KafkaJSServerDoesNotSupportApiKey", "x"), /too old; Kafka 1\.0/],
      [libraryError("KafkaJSNotImplemented", "Brotli compression not implemented"), /compressed by Brotli/],
      [libraryError("KafkaJSConnectionError", "connect ECONNREFUSED"), /connect ECONNREFUSED/],
    ];
    for (const [inner, message] of cases) {
      const error = libraryError("KafkaJSNumberOfRetriesExceeded", "tried", { cause: inner });
      const failure = failureOf("sending to t", error);
      assert.ok(failure instanceof OutsideFailure);
      assert.match(failure.message, /^sending to t failed: /);
      assert.match(failure.message, message);
      assert.equal(failure.cause, error);
    }
  });

  it("of ours stay as they are, wherever they lie", () => {
    const ours = new BadInput("ours");
    assert.equal(failureOf("x", ours), ours);
    assert.equal(failureOf("x", libraryError("KafkaJSError", "around", { originalError: ours })), ours);
  });

  it("are told apart by the protocol's types", () => {
    const tooLarge = libraryError("KafkaJSProtocolError", "x", { type: "MESSAGE_TOO_LARGE" });
    assert.ok(isTooLarge(libraryError("E", "x", { cause: tooLarge })));
    assert.ok(!isTooLarge(new Error("MESSAGE_TOO_LARGE")));
    assert.ok(isUnknownTopic(libraryError("KafkaJSTopicMetadataNotLoaded", "x")));
    const circle = libraryError("E", "x");
    circle.cause = circle;
    assert.ok(!isUnknownTopic(circle));
  });
});
