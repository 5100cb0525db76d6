import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { GenerationContent } from "../../../src/domain/generation.ts";
import { ITEM_IDS, type PlantedServer, plantedServer, USER_IDS } from "../planted_server.ts";

let server: PlantedServer;
beforeEach(async () => {
  server = await plantedServer();
});
afterEach(() => server.stop());

interface Item {
  readonly itemId: string;
  readonly title?: string;
  readonly score: number;
  readonly rank: number;
}

/** Scores of all items for a user in double precision, from the planted factors. */
function referenceScores(
  { model, userIds, itemIds }: GenerationContent,
  userId: string,
): Map<string, number> {
  const u = userIds.indexOf(userId);
  return new Map(itemIds.map((itemId, i) => {
    let dot = 0;
    for (let f = 0; f < model.stride; f++) {
      dot += model.userFactors[u * model.stride + f] * model.itemFactors[i * model.stride + f];
    }
    return [itemId, model.globalMean + dot];
  }));
}

function seenBy({ seen, userIds, itemIds }: GenerationContent, userId: string): string[] {
  const u = userIds.indexOf(userId);
  return Array.from(seen.indices.subarray(seen.indptr[u], seen.indptr[u + 1]), (i) => itemIds[i]);
}

/** Unseen items, best first. */
function expectedOrder(userId: string, but: readonly string[] = []): string[] {
  const scores = referenceScores(server.content!, userId);
  const left = new Set([...seenBy(server.content!, userId), ...but]);
  return ITEM_IDS.filter((id) => !left.has(id)).sort((a, b) => scores.get(b)! - scores.get(a)!);
}

const itemsOf = (answer: { items: Item[] }) => answer.items.map((item) => item.itemId);
const ask = async (path: string) => await (await server.get(path)).json();

describe("GET /v1/users/{userId}/recommendations", () => {
  it("gives every known user the unseen items by their score", async () => {
    for (const userId of USER_IDS.slice(0, -1)) {
      const answer = await ask(`/v1/users/${encodeURIComponent(userId)}/recommendations`);
      assert.equal(answer.userId, userId);
      assert.equal(answer.basis, "personal");
      assert.deepEqual(itemsOf(answer), expectedOrder(userId).slice(0, 10));
      const scores = referenceScores(server.content!, userId);
      for (const [i, { itemId, score, rank }] of answer.items.entries()) {
        assert.equal(rank, i + 1);
        assert.ok(Math.abs(score - scores.get(itemId)!) < 1e-5);
      }
    }
  });

  it("gives titles where they are known", async () => {
    const { items } = await ask("/v1/users/42/recommendations?limit=100");
    for (const { itemId, title } of items as Item[]) {
      assert.equal(title, itemId === "1193" ? "One Flew Over the Cuckoo's Nest (1975)" : undefined);
    }
    assert.ok(itemsOf({ items }).includes("1193"));
  });

  it("takes limit and exclude", async () => {
    assert.deepEqual(
      itemsOf(await ask("/v1/users/1/recommendations?limit=2")),
      expectedOrder("1").slice(0, 2),
    );
    const [first, second] = expectedOrder("1");
    const path = `/v1/users/1/recommendations?exclude=${encodeURIComponent(first)},${
      encodeURIComponent(second)
    },unknown`;
    assert.deepEqual(itemsOf(await ask(path)), expectedOrder("1", [first, second]));
  });

  it("gives an unknown user, and one of whom nothing is known, the popular items", async () => {
    for (const userId of ["who", "nobody"]) {
      const answer = await ask(`/v1/users/${userId}/recommendations`);
      assert.equal(answer.basis, "popular");
      const { itemCounts } = server.content!;
      const left = userId === "nobody" ? seenBy(server.content!, userId) : [];
      const expected = ITEM_IDS.filter((id) => !left.includes(id))
        .sort((a, b) =>
          itemCounts[ITEM_IDS.indexOf(b)] - itemCounts[ITEM_IDS.indexOf(a)] ||
          ITEM_IDS.indexOf(a) - ITEM_IDS.indexOf(b)
        );
      assert.deepEqual(itemsOf(answer), expected.slice(0, 10));
    }
  });

  it("with strict=true says 404 for an unknown user", async () => {
    const response = await server.get("/v1/users/who/recommendations?strict=true");
    assert.equal(response.status, 404);
    assert.equal((await response.json()).type, "urn:foz:problem:unknown-user");
    assert.equal((await server.get("/v1/users/42/recommendations?strict=true")).status, 200);
  });

  it("answers the same by the short way and by the long one", async () => {
    // A parameter that changes nothing makes the request take the long way.
    for (const userId of ["42", "7", "who"]) {
      for (const limit of ["", "limit=1", "limit=1000"]) {
        const short = await server.get(`/v1/users/${userId}/recommendations?${limit}`.replace(/\?$/, ""));
        const long = await server.get(
          `/v1/users/${userId}/recommendations?${limit}&exclude=`.replace("?&", "?"),
        );
        assert.equal(await short.text(), await long.text());
        const headers = (response: Response) =>
          [...response.headers].filter(([name]) => name !== "server-timing");
        assert.deepEqual(headers(short), headers(long));
      }
    }
  });

  it("refuses a limit out of range, ids that are too long, and what it does not know", async () => {
    for (
      const query of [
        "limit=0",
        "limit=1001",
        "limit=ten",
        "limit=",
        "exclude=a,,b",
        "strict=maybe",
        "n=5",
        "wait=1h",
      ]
    ) {
      const response = await server.get(`/v1/users/42/recommendations?${query}`);
      assert.equal(response.status, 422, query);
      const problem = await response.json();
      assert.equal(problem.errors[0].parameter, query.split("=")[0]);
    }
    assert.equal((await server.get(`/v1/users/${"x".repeat(257)}/recommendations`)).status, 422);
    assert.equal((await server.get(`/v1/users/${"x".repeat(256)}/recommendations`)).status, 200);
    assert.equal((await server.get("/v1/users//recommendations")).status, 404);
  });
});

describe("POST /v1/recommendations:batch", () => {
  it("gives a list for each request in order, as single requests do", async () => {
    const requests = [{ userId: "7", limit: 2 }, { userId: "who" }, { userId: "a/b c", exclude: ["661"] }];
    const { results } = await (await server.send("POST", "/v1/recommendations:batch", { requests })).json();
    const singles = [
      "/v1/users/7/recommendations?limit=2",
      "/v1/users/who/recommendations",
      "/v1/users/a%2Fb%20c/recommendations?exclude=661",
    ];
    assert.deepEqual(results, await Promise.all(singles.map(ask)));
  });

  it("gives a problem in the place of an unknown user when strict", async () => {
    const body = { requests: [{ userId: "7" }, { userId: "who" }] };
    const { results } = await (await server.send("POST", "/v1/recommendations:batch?strict=true", body))
      .json();
    assert.equal(results[0].userId, "7");
    assert.equal(results[1].status, 404);
  });
});

describe("POST /v1/sessions/recommendations", () => {
  it("leaves out the session's items, stores nothing, and answers the same again", async () => {
    const body = { items: ["1193", { itemId: "661", value: 2 }], limit: 100, exclude: ["914"] };
    const first = await (await server.send("POST", "/v1/sessions/recommendations", body)).json();
    assert.equal(first.basis, "session");
    assert.deepEqual(
      itemsOf(first).toSorted(),
      ITEM_IDS.filter((id) => !["1193", "661", "914"].includes(id)).toSorted(),
    );
    assert.deepEqual(await (await server.send("POST", "/v1/sessions/recommendations", body)).json(), first);
    assert.equal(await server.store.eventLog.end(), 0);
  });

  it("gives the popular items when it knows none of the session's", async () => {
    const answer = await (await server.send("POST", "/v1/sessions/recommendations", { items: ["unknown"] }))
      .json();
    assert.equal(answer.basis, "popular");
  });
});

describe("GET /v1/items/popular", () => {
  it("gives items by the number of interactions", async () => {
    const { items } = await ask("/v1/items/popular?limit=100");
    const { itemCounts } = server.content!;
    assert.equal(items.length, ITEM_IDS.length);
    for (const [i, { itemId, score }] of (items as Item[]).entries()) {
      assert.equal(score, itemCounts[ITEM_IDS.indexOf(itemId)]);
      if (i > 0) assert.ok(items[i - 1].score >= score);
    }
    const [{ itemId }] = items;
    assert.ok(
      !itemsOf(await ask(`/v1/items/popular?exclude=${encodeURIComponent(itemId)}`)).includes(itemId),
    );
  });
});
