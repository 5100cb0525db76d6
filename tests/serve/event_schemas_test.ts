import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { eventsRequest, trainingRequest } from "../../src/serve/event_schemas.ts";

describe("eventsRequest", () => {
  it("takes one event as it is, or a list of 1 to 1000: what an event must be is not decided here", () => {
    for (
      const body of [{ userId: "a", itemId: "b" }, {}, { events: [1] }, { events: new Array(1000).fill({}) }]
    ) {
      assert.deepEqual(eventsRequest.parse(body), body);
    }
    for (
      const body of [null, [], "x", { events: [] }, { events: 5 }, { events: new Array(1001).fill({}) }, {
        events: [{}],
        a: 1,
      }]
    ) {
      assert.ok(!eventsRequest.safeParse(body).success, JSON.stringify(body)?.slice(0, 40));
    }
  });
});

describe("trainingRequest", () => {
  it("takes flags that say what to learn, and none that name files or stores", () => {
    assert.ok(trainingRequest.safeParse({ factors: 64, "unobserved-weight": 0.5, force: true }).success);
    for (
      const body of [{ from: "/etc/passwd" }, { store: "sqlite:x" }, { factors: 0 }, { factors: "64" }, {
        epochs: 1.5,
      }]
    ) {
      assert.ok(!trainingRequest.safeParse(body).success, JSON.stringify(body));
    }
  });
});
