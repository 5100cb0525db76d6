import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { deadLetterOf, deadTopicOf, placeText } from "../../src/domain/dead_letter.ts";

describe("dead letters", () => {
  it("keep bytes and headers, and say why and from where", () => {
    const place = { topic: "foz.events", partition: 3, offset: 99 }, value = Uint8Array.of(0xff, 0);
    assert.equal(deadTopicOf(place.topic), "foz.events.dead");
    assert.equal(placeText(place), "foz.events-3-99");
    assert.deepEqual(deadLetterOf(place, { value, headers: { trace: "1" } }, "no JSON"), {
      key: undefined,
      value,
      headers: { trace: "1", "foz-error": "no JSON", "foz-origin": "foz.events-3-99" },
    });
    assert.equal(deadLetterOf(place, {}, "tombstone").value, undefined);
  });
});
