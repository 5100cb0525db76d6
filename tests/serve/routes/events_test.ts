import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { OutsideFailure } from "../../../src/domain/failure.ts";
import { ITEM_IDS, type PlantedServer, plantedServer } from "../planted_server.ts";

let server: PlantedServer;
beforeEach(async () => {
  server = await plantedServer({ seenCount: 0 });
});
afterEach(() => server.stop());

const post = (body: unknown) => server.send("POST", "/v1/events", body);
const history = async (userId: string, query = "") =>
  await (await server.get(`/v1/users/${encodeURIComponent(userId)}/events${query}`)).json();
const listed = async (userId: string, after = "") => {
  const answer = await server.get(
    `/v1/users/${encodeURIComponent(userId)}/recommendations?limit=100${after}`,
  );
  return (await answer.json()).items.map((item: { itemId: string }) => item.itemId);
};

describe("POST /v1/events", () => {
  it("adds an event, which is seen in the very next answer", async () => {
    const response = await post({
      eventId: "e1",
      userId: "42",
      itemId: "661",
      value: 4.5,
      time: "2026-03-01T12:00:00Z",
    });
    assert.equal(response.status, 202);
    const answer = await response.json();
    assert.deepEqual(answer.results, [{ eventId: "e1", status: "created", offset: 0 }]);
    assert.equal(answer.accepted, 1);
    assert.ok(!(await listed("42")).includes("661"));
    assert.ok(!(await listed("42", `&after=${answer.token}`)).includes("661"));
    assert.deepEqual(await server.store.eventLog.findEvent("e1"), {
      eventId: "e1",
      userId: "42",
      itemId: "661",
      value: 4.5,
      timeMs: Date.UTC(2026, 2, 1, 12),
      offset: 0,
    });
  });

  it("remembers users and items that no generation knows", async () => {
    await post({ userId: "somebody new", itemId: "661" });
    assert.ok(!(await listed("somebody new")).includes("661"));
    await post({ userId: "42", itemId: "something new" });
    assert.deepEqual((await listed("42")).toSorted(), ITEM_IDS.toSorted());
  });

  it("counts the same id with the same body once", async () => {
    const event = { eventId: "e1", userId: "42", itemId: "661" };
    const first = await (await post(event)).json();
    const again = await (await post(event)).json();
    assert.deepEqual(again.results, [{ eventId: "e1", status: "duplicate", offset: 0 }]);
    assert.equal(again.token, first.token);
    assert.equal(await server.store.eventLog.end(), 1);
  });

  it("says 409 for the same id with another body", async () => {
    await post({ eventId: "e1", userId: "42", itemId: "661" });
    for (const other of [{ itemId: "914" }, { value: 2 }, { userId: "7" }, { type: "click" }]) {
      const response = await post({ eventId: "e1", userId: "42", itemId: "661", ...other });
      assert.equal(response.status, 409);
      assert.equal((await response.json()).type, "urn:foz:problem:event-conflict");
    }
    assert.equal(await server.store.eventLog.end(), 1);
  });

  it("says 422 for an event that is none, with a pointer to the field", async () => {
    const cases: [unknown, string][] = [
      [{ itemId: "a" }, "#/userId"],
      [{ userId: "", itemId: "a" }, "#/userId"],
      [{ userId: "a" }, "#/itemId"],
      [{ userId: "a", itemId: "x".repeat(257) }, "#/itemId"],
      [{ userId: "a", itemId: "b", value: "5" }, "#/value"],
      [{ userId: "a", itemId: "b", value: 1e300 }, "#/value"],
      [{ userId: "a", itemId: "b", time: "yesterday" }, "#/time"],
      [{ userId: "a\ud800", itemId: "b" }, "#/userId"],
    ];
    for (const [body, pointer] of cases) {
      const response = await post(body);
      assert.equal(response.status, 422, pointer);
      assert.equal((await response.json()).errors[0].pointer, pointer);
    }
    assert.equal(await server.store.eventLog.end(), 0);
  });

  it("gives each of several events its own result", async () => {
    await post({ eventId: "old", userId: "42", itemId: "661" });
    const response = await post({
      events: [
        { eventId: "new", userId: "42", itemId: "914" },
        { userId: "42" },
        { eventId: "old", userId: "42", itemId: "661" },
        { eventId: "old", userId: "42", itemId: "318" },
        { userId: "7", itemId: "🍕" },
      ],
    });
    assert.equal(response.status, 202);
    const { accepted, results, token } = await response.json();
    assert.equal(accepted, 3);
    assert.deepEqual(results.map((result: { status: string }) => result.status), [
      "created",
      "invalid",
      "duplicate",
      "conflict",
      "created",
    ]);
    assert.equal(results[1].problem.errors[0].pointer, "#/itemId");
    assert.equal(results[3].problem.status, 409);
    assert.ok(!(await listed("7", `&after=${token}`)).includes("🍕"));
  });

  it("takes 1000 events and no more", async () => {
    const events = (count: number) => ({
      events: Array.from({ length: count }, (_, i) => ({ userId: `${i}`, itemId: "661" })),
    });
    assert.equal((await (await post(events(1000))).json()).accepted, 1000);
    assert.equal((await post(events(1001))).status, 422);
    assert.equal((await post({ events: [] })).status, 422);
  });

  it("says 202 only when the log has it: what the log refuses is 503", async () => {
    const failing = await plantedServer({
      app: { onError: () => {} },
      failAppend: () => new OutsideFailure("the disk is full"),
    });
    const response = await failing.send("POST", "/v1/events", { userId: "42", itemId: "661" });
    assert.equal(response.status, 503);
    assert.equal(response.headers.get("retry-after"), "1");
    assert.equal(await failing.store.eventLog.end(), 0);
    assert.equal(failing.model.current!.recommender.addedCount("42"), 0);
    await failing.stop();
  });

  it("counts by what became of them", async () => {
    await post({ events: [{ userId: "1", itemId: "661" }, { userId: "1" }, { userId: "2", itemId: "661" }] });
    const text = await server.metrics.expose();
    assert.match(text, /^foz_events_total\{status="created"\} 2$/m);
    assert.match(text, /^foz_events_total\{status="invalid"\} 1$/m);
  });
});

describe("GET /v1/users/{userId}/events", () => {
  it("gives events newest first, page by page", async () => {
    for (let i = 0; i < 5; i++) {
      await post({ eventId: `e${i}`, userId: "a/b c", itemId: "1193", value: i + 1, time: 1000 * i });
    }
    await post({ eventId: "other", userId: "7", itemId: "661" });
    const first = await history("a/b c", "?limit=2");
    assert.deepEqual(first.events[0], {
      eventId: "e4",
      itemId: "1193",
      title: "One Flew Over the Cuckoo's Nest (1975)",
      value: 5,
      time: "1970-01-01T00:00:04.000Z",
      offset: 4,
    });
    const pages = [first];
    while (pages.at(-1)!.nextCursor !== null) {
      pages.push(await history("a/b c", `?limit=2&cursor=${pages.at(-1)!.nextCursor}`));
    }
    const ids = pages.map((page) => page.events.map((event: { eventId: string }) => event.eventId));
    assert.deepEqual(ids, [["e4", "e3"], ["e2", "e1"], ["e0"]]);
  });

  it("has none of an unknown user", async () => {
    assert.deepEqual(await history("who"), { events: [], nextCursor: null });
  });

  it("refuses a cursor that is none", async () => {
    assert.equal((await server.get("/v1/users/42/events?cursor=5")).status, 400);
  });
});

describe("GET /v1/events/{eventId}/trace", () => {
  const trace = (eventId: string) => server.get(`/v1/events/${encodeURIComponent(eventId)}/trace`);

  it("tells when an event that this server took was received, logged and visible", async () => {
    const beforeMs = Date.now();
    await post({ eventId: "a/b", userId: "42", itemId: "661" });
    const { received, logged, visible, ...rest } = await (await trace("a/b")).json();
    assert.deepEqual(rest, { eventId: "a/b", offset: 0, applied: true });
    const times = [received, logged, visible].map((time) => Date.parse(time));
    assert.ok(times[0] >= beforeMs && times[0] <= times[1] && times[1] <= times[2] && times[2] <= Date.now());
  });

  it("tells of another's where it stands, and of none that there is none", async () => {
    await server.store.eventLog.append([{ eventId: "e", userId: "42", itemId: "661", value: 1, timeMs: 0 }]);
    await server.model.catchUp();
    assert.deepEqual(await (await trace("e")).json(), { eventId: "e", offset: 0, applied: true });
    const response = await trace("nothing");
    assert.equal(response.status, 404);
    assert.equal((await response.json()).type, "urn:foz:problem:unknown-event");
  });
});
