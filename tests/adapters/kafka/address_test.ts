import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { parseAddress, shownAddress } from "../../../src/adapters/kafka/address.ts";
import { BadInput, OutsideFailure } from "../../../src/domain/failure.ts";

describe("parseAddress", () => {
  it("reads brokers, TLS, and who asks", () => {
    assert.deepEqual(parseAddress("kafka://one:9093, two,[::1]:9094"), {
      brokers: ["one:9093", "two:9092", "[::1]:9094"],
      tls: false,
    });
    assert.deepEqual(parseAddress("kafkas://u:p%40ss%3Aw@h:1?mechanism=scram-sha-256"), {
      brokers: ["h:1"],
      tls: true,
      login: { mechanism: "scram-sha-256", username: "u", password: "p@ss:w" },
    });
    assert.equal(parseAddress("kafka://h:1?session-ms=6000").sessionMs, 6000);
    assert.deepEqual(parseAddress("kafka://u:p@h:1/").login?.mechanism, "plain");
  });

  it("reads the authority's certificates from a file", () => {
    const file = Deno.makeTempFileSync();
    Deno.writeTextFileSync(file, "-----BEGIN CERTIFICATE-----");
    assert.equal(parseAddress(`kafkas://h:1?ca=${file}`).authority, "-----BEGIN CERTIFICATE-----");
    Deno.removeSync(file);
    assert.throws(() => parseAddress(`kafkas://h:1?ca=${file}`), OutsideFailure);
  });

  it("refuses what is none, and keeps the password to itself", () => {
    const wrong = [
      ...[
        "kafka://",
        "http://h:1",
        "kafka://h:x",
        "kafka://h:1,,i:2",
        "kafka://h:1/topic",
        "kafkas://:secret@h:1",
      ],
      ...["kafka://u@h:1", "kafka://u:secret@h:1?mechanism=gssapi", "kafka://u:%ZZsecret@h:1"],
      ...["kafka://h:1?mechanism=plain", "kafka://u:secret@h:1?tls=1", "kafka://h:1?session-ms=soon"],
    ];
    for (const url of wrong) {
      assert.throws(() => parseAddress(url), (error: Error) => {
        assert.ok(error instanceof BadInput, url);
        assert.match(error.message, /accepted is kafka:\/\/HOST:PORT/, url);
        return !error.message.includes("secret");
      }, url);
    }
    assert.equal(shownAddress("kafkas://u:a@b:secret@h:1"), "kafkas://u:...@h:1");
  });
});
