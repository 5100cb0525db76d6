import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { MongoNetworkError, MongoParseError, MongoServerError } from "mongodb";
import { failureOf, isDuplicate, isPassing } from "../../../src/adapters/mongodb/mongo_failure.ts";
import { BadInput, LeaseLost, OutsideFailure } from "../../../src/domain/failure.ts";

const server = (code: number, more = {}) => new MongoServerError({ message: `code ${code}`, code, ...more });

describe("failures of MongoDB", () => {
  it("pass where the server or the network may come back, and only there", () => {
    for (const code of [91, 189, 10107, 11600, 11602, 13436, 43]) {
      assert.ok(isPassing(server(code)), `${code}`);
    }
    assert.ok(isPassing(new MongoNetworkError("connection closed")));
    assert.ok(isPassing(server(1, { errorLabels: ["RetryableWriteError"] })));
    for (const code of ["EPIPE", "ECONNRESET", "ERR_STREAM_DESTROYED"]) {
      const ended = Object.assign(new Error("This socket has been ended by the other party"), { code });
      assert.ok(isPassing(ended));
      assert.match(failureOf("read", "place", ended).message, /start the server/);
    }
    for (const code of [11000, 13, 18, 2, 72]) assert.ok(!isPassing(server(code)), `${code}`);
    for (const error of [new Error("ours"), new MongoParseError("no URL"), new LeaseLost("lost")]) {
      assert.ok(!isPassing(error));
    }
    // A handshake that is refused comes with labels of a network failure.
    assert.ok(!isPassing(server(18, { errorLabels: ["RetryableWriteError"] })));
  });

  it("are ours as they are", () => {
    for (const error of [new BadInput("a"), new OutsideFailure("b"), new LeaseLost("c")]) {
      assert.equal(failureOf("do it", "place", error), error);
    }
  });

  it("say what was attempted, where, and what to do, with the cause", () => {
    const cases: [Error, RegExp][] = [
      [server(18), /give the right user and password/],
      [server(13), /role readWrite/],
      [new MongoNetworkError("connect ECONNREFUSED"), /ECONNREFUSED; start the server/],
      [new MongoNetworkError("handshake", { cause: server(18) }), /right user/],
      [server(14031), /code 14031; try again/],
    ];
    for (const [error, advice] of cases) {
      const failure = failureOf("read the log", "mongodb://host/db", error);
      assert.ok(failure instanceof OutsideFailure);
      assert.match(failure.message, /^cannot read the log in mongodb:\/\/host\/db: /);
      assert.match(failure.message, advice);
      assert.equal(failure.cause, error);
    }
  });

  it("are duplicates by the unique index alone", () => {
    assert.ok(isDuplicate(server(11000)));
    assert.ok(!isDuplicate(server(1)) && !isDuplicate(new Error("E11000")));
  });
});
