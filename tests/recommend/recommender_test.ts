import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { loadKernel } from "../../src/commands/kernel_builds.ts";
import { BadInput } from "../../src/domain/failure.ts";
import type { GenerationContent } from "../../src/domain/generation.ts";
import type { RowsChanged } from "../../src/domain/model_update.ts";
import { Recommender } from "../../src/recommend/recommender.ts";
import { Random } from "../../src/synthesize/random.ts";
import { canonicalDot } from "../reference/canonical_dot.ts";
import { foldInExplicit, foldInImplicit } from "../reference/fold_in.ts";
import { topN } from "../reference/top_n.ts";
import { plantedGeneration } from "../serve/planted_generation.ts";

const { module } = await loadKernel("portable");
const userIds = Array.from({ length: 30 }, (_, user) => `user ${user}`);
const itemIds = Array.from({ length: 400 }, (_, item) => `item/${item}`);
/** Its row is all zeros (planted_generation.ts). */
const BLANK = 29;

async function planted(feedback: "explicit" | "implicit" = "explicit") {
  const content = await plantedGeneration({ feedback, userIds, itemIds, seenCount: 12, offset: 77 });
  return { content, recommender: new Recommender(module, content) };
}

function seenBy({ seen }: GenerationContent, user: number): number[] {
  return [...seen.indices.subarray(seen.indptr[user], seen.indptr[user + 1])];
}

function rowOf(rows: Float32Array, stride: number, index: number): Float32Array {
  return rows.slice(index * stride, (index + 1) * stride);
}

/** The list a user must get: scored and sorted, the mean added. */
function expectedItems(content: GenerationContent, row: Float32Array, n: number, excluded: number[]) {
  const { itemIndexes, scores } = topN(row, content.model.itemFactors, n, excluded);
  return itemIndexes.map((item, k) => ({
    itemId: itemIds[item],
    score: Math.fround(scores[k] + content.model.globalMean),
    rank: k + 1,
  }));
}

/** Item indexes by number of interactions. */
function byCount({ itemCounts }: GenerationContent): number[] {
  return itemIds.map((_, item) => item).sort((a, b) => itemCounts[b] - itemCounts[a] || a - b);
}

function popularItems(content: GenerationContent, n: number, excluded: number[]) {
  return byCount(content).filter((item) => !excluded.includes(item)).slice(0, n)
    .map((item, k) => ({ itemId: itemIds[item], score: content.itemCounts[item], rank: k + 1 }));
}

for (const feedback of ["explicit", "implicit"] as const) {
  describe(`Recommender.recommend, ${feedback}`, () => {
    it("gives each user's exact list without what they have seen", async () => {
      const { content, recommender } = await planted(feedback), { model } = content;
      for (let user = 0; user < BLANK; user++) {
        const row = rowOf(model.userFactors, model.stride, user);
        assert.deepEqual(recommender.recommend(userIds[user], { n: 10 }), {
          userId: userIds[user],
          generation: "g000001",
          appliedOffset: 77,
          basis: "personal",
          items: expectedItems(content, row, 10, seenBy(content, user)),
        });
      }
    });

    it("leaves out what is asked for, besides or instead", async () => {
      const { content, recommender } = await planted(feedback), { model } = content;
      const row = rowOf(model.userFactors, model.stride, 4), seen = seenBy(content, 4);
      const exclude = ["item/7", "unknown", "item/7", "item/399"];
      assert.deepEqual(
        recommender.recommend("user 4", { n: 400, exclude }).items,
        expectedItems(content, row, 400, [...seen, 7, 399]),
      );
      assert.deepEqual(
        recommender.recommend("user 4", { n: 400, exclude, excludeSeen: false }).items,
        expectedItems(content, row, 400, [7, 399]),
      );
      const many = itemIds.concat(itemIds, itemIds, ["item/0"]);
      assert.deepEqual(recommender.recommend("user 4", { n: 5, exclude: many }).items, []);
    });
  });

  describe(`Recommender.recommendForSession, ${feedback}`, () => {
    it("solves for the session's row and leaves its items out", async () => {
      const { content, recommender } = await planted(feedback), { model } = content;
      const { parameters, stride, itemFactors, globalMean } = model, d = parameters.factorCount;
      const vectors = itemIds.map((_, item) => [...itemFactors.subarray(item * stride, item * stride + d)]);
      const biases = itemIds.map((_, item) => itemFactors[item * stride + d + 1]);
      // Item 9 twice: the later rating counts, evidence adds up. No value: the best rating, evidence of 1.
      const [indexes, values] = feedback === "explicit" ? [[9, 30, 31], [2, 4, 5]] : [[9, 30, 31], [7, 4, 1]];
      const solution = feedback === "explicit"
        ? foldInExplicit(parameters, vectors, biases, globalMean, indexes, values)
        : foldInImplicit(parameters, vectors, [...model.itemWeights], indexes, values);
      const row = new Float32Array(stride);
      row.set(solution);
      if (feedback === "explicit") row[d + 1] = 1;

      const session = [
        { itemId: "item/9", value: 5 },
        { itemId: "item/30", value: 4 },
        { itemId: "unknown", value: 1 },
        { itemId: "item/9", value: 2 },
        { itemId: "item/31" },
      ];
      const list = recommender.recommendForSession(session, { n: 12, exclude: ["item/0"] });
      const expected = expectedItems(content, row, 12, [0, 9, 30, 31]);
      assert.deepEqual([list.basis, list.userId, list.appliedOffset], ["session", "", 77]);
      assert.deepEqual(list.items.map(({ itemId }) => itemId), expected.map(({ itemId }) => itemId));
      list.items.forEach(({ score, rank }, k) => {
        assert.ok(Math.abs(score - expected[k].score) < 1e-5);
        assert.equal(rank, k + 1);
      });
    });

    it("gives what is popular where no item is known", async () => {
      const { content, recommender } = await planted(feedback);
      for (const session of [[], [{ itemId: "unknown" }]]) {
        const list = recommender.recommendForSession(session, { n: 3, exclude: ["item/5"] });
        assert.equal(list.basis, "popular");
        assert.deepEqual(list.items, popularItems(content, 3, [5]));
      }
    });
  });
}

describe("Recommender, of whom nothing is known", () => {
  it("gives what is popular without what was seen", async () => {
    const { content, recommender } = await planted();
    const seen = byCount(content).slice(0, 3);
    for (const item of seen) recommender.addSeen("stranger", itemIds[item]);
    for (
      const [userId, excluded] of [["stranger", seen], [userIds[BLANK], seenBy(content, BLANK)]] as const
    ) {
      const list = recommender.recommend(userId, { n: 20 });
      assert.deepEqual([list.userId, list.basis], [userId, "popular"]);
      assert.deepEqual(list.items, popularItems(content, 20, excluded));
      assert.deepEqual(
        recommender.recommend(userId, { n: 20, excludeSeen: false }).items,
        popularItems(content, 20, []),
      );
    }
  });

  it("says who is known", async () => {
    const { recommender } = await planted();
    recommender.addSeen("stranger", "item/3");
    assert.deepEqual(["user 0", userIds[BLANK], "stranger"].map((id) => recommender.knowsUser(id)), [
      true,
      false,
      false,
    ]);
    assert.deepEqual([recommender.knowsItem("item/3"), recommender.knowsItem("item")], [true, false]);
  });
});

describe("Recommender.addSeen", () => {
  it("takes effect with the next list and not on other users", async () => {
    const { content, recommender } = await planted(), { model } = content;
    const others = recommender.recommend("user 3", { n: 10 });
    const [first, second] = recommender.recommend("user 2", { n: 2 }).items;
    recommender.addSeen("user 2", first.itemId);
    recommender.addSeen("user 2", "an item of tomorrow");
    assert.equal(recommender.recommend("user 2", { n: 1 }).items[0].itemId, second.itemId);
    recommender.addSeen("user 2", second.itemId);
    const excluded = [...seenBy(content, 2), itemIds.indexOf(first.itemId), itemIds.indexOf(second.itemId)];
    const row = rowOf(model.userFactors, model.stride, 2);
    assert.deepEqual(
      recommender.recommend("user 2", { n: 9 }).items,
      expectedItems(content, row, 9, excluded),
    );
    assert.deepEqual(recommender.recommend("user 3", { n: 10 }), others);
    assert.deepEqual(["user 2", "user 3"].map((id) => recommender.addedCount(id)), [3, 0]);
  });

  it("is known to have happened by the offset, which never goes back", async () => {
    const { content, recommender } = await planted();
    recommender.advance(80);
    recommender.advance(79);
    assert.equal(recommender.appliedOffset, 80);
    assert.equal(recommender.recommend("user 1", { n: 1 }).appliedOffset, 80);
    assert.equal(new Recommender(module, content, { appliedOffset: 99 }).appliedOffset, 99);
  });
});

describe("Recommender.predict", () => {
  it("gives clipped ratings, in the order asked for, and says which are personal", async () => {
    const { content } = await planted(), model = { ...content.model, minRating: 3, maxRating: 4 };
    const recommender = new Recommender(module, { ...content, model });
    const { stride } = model, row = rowOf(model.userFactors, stride, 6), d = model.parameters.factorCount;
    const scores = itemIds.map((_, item) =>
      Math.fround(3.5 + canonicalDot(row, rowOf(model.itemFactors, stride, item)))
    );
    const worst = scores.indexOf(Math.min(...scores)), best = scores.indexOf(Math.max(...scores));
    const middle = scores.findIndex((score) => score > 3 && score < 4);
    assert.ok(scores[worst] < 3 && scores[best] > 4 && middle >= 0);
    const asked = [worst, middle, best, middle];
    assert.deepEqual(recommender.predict("user 6", [...asked.map((item) => itemIds[item]), "?"]), [
      { itemId: itemIds[worst], prediction: 3, basis: "personal" },
      { itemId: itemIds[middle], prediction: scores[middle], basis: "personal" },
      { itemId: itemIds[best], prediction: 4, basis: "personal" },
      { itemId: itemIds[middle], prediction: scores[middle], basis: "personal" },
      { itemId: "?", prediction: Math.min(4, Math.max(3, Math.fround(3.5 + row[d]))), basis: "popular" },
    ]);
    const itemBias = model.itemFactors[stride + d + 1];
    assert.deepEqual(recommender.predict("stranger", ["item/1", "?"]), [
      {
        itemId: "item/1",
        prediction: Math.min(4, Math.max(3, Math.fround(3.5 + itemBias))),
        basis: "popular",
      },
      { itemId: "?", prediction: 3.5, basis: "popular" },
    ]);
  });

  it("gives preferences, and for a stranger the share of users, if implicit", async () => {
    const { content, recommender } = await planted("implicit"), { model } = content;
    const row = rowOf(model.userFactors, model.stride, 6);
    const score = canonicalDot(row, rowOf(model.itemFactors, model.stride, 2));
    assert.deepEqual(recommender.predict("user 6", ["item/2"]), [
      { itemId: "item/2", prediction: score, basis: "personal" },
    ]);
    assert.deepEqual(recommender.predict("stranger", ["item/2"]), [
      { itemId: "item/2", prediction: content.itemCounts[2] / 30, basis: "popular" },
    ]);
  });
});

describe("Recommender.rank", () => {
  it("orders the items given by their unclipped scores, seen or not, unknown ones last", async () => {
    const { content } = await planted();
    const recommender = new Recommender(module, { ...content, model: { ...content.model, maxRating: 4 } });
    const all = recommender.recommend("user 8", { n: 400, excludeSeen: false });
    const list = recommender.rank("user 8", ["?", ...itemIds, "item/5", "!"]);
    assert.deepEqual(list.items.slice(0, 400), all.items);
    assert.ok(all.items[1].score > 4, "scores above the greatest rating keep their order");
    assert.deepEqual(list.items.slice(400).map(({ itemId, rank }) => [itemId, rank]), [["?", 401], [
      "!",
      402,
    ]]);
    assert.equal(list.basis, "personal");
  });

  it("orders by item bias for a stranger", async () => {
    const { content: { model }, recommender } = await planted();
    const bias = (item: number) => model.itemFactors[item * model.stride + model.parameters.factorCount + 1];
    const given = [5, 17, 3, 44], list = recommender.rank("stranger", given.map((item) => itemIds[item]));
    assert.deepEqual(
      list.items.map(({ itemId }) => itemId),
      given.sort((a, b) => bias(b) - bias(a)).map((item) => itemIds[item]),
    );
    assert.equal(list.basis, "popular");
  });
});

describe("Recommender.similar and popular", () => {
  it("gives the items of greatest cosine, without the item itself", async () => {
    const { content: { model }, recommender } = await planted(), d = model.parameters.factorCount;
    const vector = (
      item: number,
    ) => [...model.itemFactors.subarray(item * model.stride, item * model.stride + d)];
    const a = vector(13);
    const expected = itemIds.map((itemId, item) => {
      const b = vector(item);
      const cosine = a.reduce((sum, x, j) => sum + x * b[j], 0) / Math.hypot(...a) / Math.hypot(...b);
      return { itemId, item, cosine };
    }).filter(({ item }) => item !== 13).sort((x, y) => y.cosine - x.cosine).slice(0, 25);
    const similar = recommender.similar("item/13", 25) ?? [];
    assert.deepEqual(similar.map(({ itemId }) => itemId), expected.map(({ itemId }) => itemId));
    similar.forEach(({ score, rank }, k) => {
      assert.ok(Math.abs(score - expected[k].cosine) < 1e-6);
      assert.equal(rank, k + 1);
    });
  });

  it("says nothing about items without factors or unknown ones", async () => {
    const { content } = await planted(), { model } = content;
    model.itemFactors.fill(0, 5 * model.stride, 5 * model.stride + model.parameters.factorCount);
    const recommender = new Recommender(module, content);
    assert.deepEqual(recommender.similar("item/5", 3), []);
    assert.equal(recommender.similar("?", 3), undefined);
  });

  it("gives the items with the most interactions", async () => {
    const { content, recommender } = await planted(), [first] = byCount(content);
    assert.deepEqual(recommender.popular(6), popularItems(content, 6, []));
    assert.deepEqual(recommender.popular(6, [itemIds[first], "?"]), popularItems(content, 6, [first]));
    assert.equal(recommender.popular(1000).length, 400);
  });
});

describe("Recommender", () => {
  it("answers as before whatever was asked in between", async () => {
    const { recommender } = await planted("implicit");
    const ask = () => [
      recommender.recommend("user 1", { n: 5 }),
      recommender.recommendForSession([{ itemId: "item/2" }], { n: 5 }),
      recommender.predict("user 1", ["item/1"]),
      recommender.rank("user 1", ["item/1", "item/2"]),
      recommender.similar("item/2", 5),
      recommender.popular(3),
    ];
    const before = ask();
    recommender.recommend("user 2", { n: 300, exclude: itemIds.slice(0, 50) });
    recommender.recommend("stranger", { n: 1 });
    assert.deepEqual(ask(), before);
  });

  it("answers over one user and one item", async () => {
    const content = await plantedGeneration({ userIds: ["u", "blank"], itemIds: ["i"], seenCount: 0 });
    const recommender = new Recommender(module, content);
    assert.deepEqual(recommender.recommend("u", { n: 10 }).items.map(({ itemId }) => itemId), ["i"]);
    assert.deepEqual(recommender.similar("i", 10), []);
    recommender.addSeen("u", "i");
    assert.deepEqual(recommender.recommend("u", { n: 10 }).items, []);
  });

  it("refuses numbers of items that are none", async () => {
    const { recommender } = await planted();
    for (const n of [0, -1, 1.5, NaN, Infinity]) {
      const says = (error: unknown) => error instanceof BadInput && error.message.includes(`for ${n} items`);
      assert.throws(() => recommender.recommend("user 1", { n }), says);
      assert.throws(() => recommender.recommendForSession([], { n }), says);
      assert.throws(() => recommender.similar("item/1", n), says);
      assert.throws(() => recommender.popular(n), says);
    }
  });

  it("refuses a model that is not finite", async () => {
    const { content } = await planted();
    content.model.itemFactors[9] = NaN;
    assert.throws(() => new Recommender(module, content), BadInput);
  });
});

/** The generation as it is after these rows: what a recommender with changed rows is compared with. */
function changedRows(random: Random, content: GenerationContent, side: "user" | "item", count: number) {
  const { stride, parameters } = content.model, d = parameters.factorCount;
  const known = side === "user" ? content.userIds.length : content.itemIds.length;
  const indexes = Uint32Array.from(
    new Set(Array.from({ length: count }, () => random.below(known)).sort((a, b) => a - b)),
  );
  const rows = new Float32Array(indexes.length * stride);
  for (let k = 0; k < indexes.length; k++) {
    for (let j = 0; j < d; j++) rows[k * stride + j] = random.normal();
    if (parameters.feedback === "explicit") rows.set(side === "user" ? [0.3, 1] : [1, -0.2], k * stride + d);
  }
  return { kind: "rowsChanged", generation: "g000001", appliedOffset: 80, side, indexes, rows } as const;
}

/** A generation that has those rows from the start. */
function withRows(
  content: GenerationContent,
  changes: readonly RowsChanged[],
  userIds: string[],
  itemIds: string[],
) {
  const { model } = content, { stride } = model;
  const userFactors = new Float32Array(userIds.length * stride),
    itemFactors = new Float32Array(itemIds.length * stride);
  userFactors.set(model.userFactors), itemFactors.set(model.itemFactors);
  for (const { side, indexes, rows } of changes) {
    indexes.forEach((index, k) =>
      (side === "user" ? userFactors : itemFactors).set(
        rows.subarray(k * stride, (k + 1) * stride),
        index * stride,
      )
    );
  }
  const indptr = new Uint32Array(userIds.length + 1).fill(content.seen.indices.length);
  indptr.set(content.seen.indptr);
  const itemCounts = new Uint32Array(itemIds.length);
  itemCounts.set(content.itemCounts);
  const itemWeights = new Float32Array(model.itemWeights.length === 0 ? 0 : itemIds.length);
  itemWeights.set(model.itemWeights);
  return {
    ...content,
    userIds,
    itemIds,
    seen: { ...content.seen, indptr },
    itemCounts,
    model: {
      ...model,
      userFactors,
      itemFactors,
      itemWeights,
      userCount: userIds.length,
      itemCount: itemIds.length,
    },
  };
}

for (const feedback of ["explicit", "implicit"] as const) {
  describe(`Recommender.applyRows, ${feedback}`, () => {
    it("answers as a recommender that was made of the changed and added rows", async () => {
      const random = Random.seeded(3), { content, recommender } = await planted(feedback);
      // What these need is made at the first call, and moves with the rows from then on.
      recommender.recommendForSession([{ itemId: itemIds[0] }], { n: 1 });
      recommender.similar(itemIds[0], 1);
      const users = [...userIds, "new user"], items = [...itemIds, "new item", "newer item"];
      recommender.addIds("user", users.slice(30));
      recommender.addIds("item", items.slice(400));
      const wide = { ...content, userIds: users, itemIds: items };
      const { stride } = content.model, any = changedRows(random, content, "item", 9);
      const added = { ...any, indexes: Uint32Array.of(400, 401), rows: any.rows.slice(0, 2 * stride) };
      const changes: RowsChanged[] = [added];
      for (let k = 0; k < 30; k++) {
        changes.push(changedRows(random, wide, "user", 5), changedRows(random, wide, "item", 40));
      }
      for (const change of changes) assert.equal(recommender.applyRows(change), true);
      const fresh = new Recommender(module, withRows(content, changes, users, items), { appliedOffset: 77 });
      for (const userId of [...users, "nobody"]) {
        assert.deepEqual(recommender.recommend(userId, { n: 300 }), fresh.recommend(userId, { n: 300 }));
        if (!fresh.knowsUser(userId)) continue;
        assert.deepEqual(recommender.rank(userId, items), fresh.rank(userId, items));
        if (feedback === "explicit") {
          assert.deepEqual(recommender.predict(userId, items), fresh.predict(userId, items));
        }
      }
      for (const itemId of items) {
        assert.deepEqual(recommender.similar(itemId, 402), fresh.similar(itemId, 402));
      }
      if (feedback === "explicit") {
        const session = [{ itemId: "new item", value: 5 }, { itemId: "item/3" }];
        const options = { n: 20 };
        assert.deepEqual(
          recommender.recommendForSession(session, options),
          fresh.recommendForSession(session, options),
        );
      }
    });

    it("leaves out what a user has seen before the item had a row", async () => {
      const { content, recommender } = await planted(feedback), { stride } = content.model;
      recommender.addSeen("user 1", "new item");
      recommender.addIds("item", ["new item", "newer item"]);
      recommender.applyRows({
        kind: "rowsChanged",
        generation: "g000001",
        appliedOffset: 78,
        side: "item",
        indexes: Uint32Array.of(400, 401),
        rows: new Float32Array(2 * stride).fill(0.5),
      });
      const ids = recommender.recommend("user 1", { n: 402 }).items.map((item) => item.itemId);
      assert.ok(ids.includes("newer item") && !ids.includes("new item"));
    });
  });
}

describe("Recommender, live", () => {
  it("drops rows of another generation and refuses rows without an id", async () => {
    const { content, recommender } = await planted(), before = recommender.recommend("user 3", { n: 9 });
    const change = changedRows(Random.seeded(1), content, "user", 20);
    assert.equal(recommender.applyRows({ ...change, generation: "g000002" }), false);
    assert.deepEqual(recommender.recommend("user 3", { n: 9 }), before);
    assert.throws(
      () => recommender.applyRows({ ...change, indexes: change.indexes.map((k) => k + 30) }),
      RangeError,
    );
  });

  it("knows an event when it is seen, and where rows are learned, when it is learned too", async () => {
    const { recommender } = await planted();
    const offsets = () => [recommender.appliedOffset, recommender.seenOffset, recommender.learnedOffset];
    recommender.advance(80);
    assert.deepEqual(offsets(), [80, 80, undefined]);
    recommender.advanceLearned(79);
    assert.deepEqual(offsets(), [79, 80, 79]);
    recommender.advanceLearned(85);
    recommender.advanceLearned(84);
    assert.deepEqual(offsets(), [80, 80, 85]);
  });
});
