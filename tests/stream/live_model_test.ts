import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { Feedback } from "../../src/domain/factor_model.ts";
import type { LiveSide } from "../../src/kernels/live_side.ts";
import { LiveModel } from "../../src/stream/live_model.ts";
import { savedHistory } from "../../src/stream/histories.ts";
import { addOuter, inner, type Matrix, zeros } from "../reference/linear_system.ts";
import { distance, explicitSystem, implicitSystem, solution, type System } from "../reference/live_row.ts";
import { Random } from "../../src/synthesize/random.ts";
import { learnerKernels, plantedStream, type Stream } from "./planted_stream.ts";

const FEEDBACKS: readonly Feedback[] = ["explicit", "implicit"];
const LONG = { userCount: 900, itemCount: 40, eventCount: 8_000, offset: 7_800, factorCount: 10 };
const MANY = { userCount: 3_000, itemCount: 700, eventCount: 130_000, offset: 30_000, factorCount: 10 };
/** Some users have more items than are solved for directly. */
const SMALL = { userCount: 60, itemCount: 300, eventCount: 4_000, offset: 3_400, factorCount: 11 };

function modelOf({ content, history }: Stream): LiveModel {
  const model = new LiveModel(learnerKernels(), content.model);
  const { users, items } = savedHistory(history);
  model.users.lists.load(users);
  model.items.lists.load(items);
  model.sumGrams();
  return model;
}

/** Rows of a side as doubles: factors, and the own bias if explicit. */
function rowsOf(model: LiveModel, side: "user" | "item"): Matrix {
  const { rows } = side === "user" ? model.users : model.items,
    { factorCount: d, feedback } = model.parameters;
  return Array.from({ length: rows.count }, (_, r) => {
    const row = [...rows.row(r)];
    return feedback === "implicit" ? row.slice(0, d) : [...row.slice(0, d), row[side === "user" ? d : d + 1]];
  });
}

function toldTo({ lists }: LiveSide, row: number) {
  return Array.from({ length: lists.countOf(row) }, (_, k) => ({
    other: lists.indexAt(row, k),
    value: lists.valueAt(row, k),
  }));
}

/** The system that a row has to solve, by the formulas of MATHS.md. */
function systemOf(
  model: LiveModel,
  { content }: Stream,
  side: "user" | "item",
  row: number,
): System {
  const generationItems = content.model.itemCount;
  const { parameters } = model, others = rowsOf(model, side === "user" ? "item" : "user");
  const told = toldTo(side === "user" ? model.users : model.items, row);
  if (parameters.feedback === "explicit") return explicitSystem(parameters, others, model.globalMean, told);
  const { regularization, unobservedWeight, frequencyExponent } = parameters;
  const weights = others.map((_, k) => side === "user" ? model.weightOfItem(k) : 1);
  const own = side === "user" ? 1 : model.weightOfItem(row);
  // W counts the generation's items only: it is frozen with them.
  const known = side === "user" ? model.copy().itemWeights.subarray(0, generationItems) : weights;
  const weightSum = Array.from(known).reduce((a, b) => a + b);
  const lambda = regularization * (told.length + unobservedWeight * own * weightSum) ** frequencyExponent;
  return implicitSystem(parameters, others, weights, unobservedWeight * own, lambda, told);
}

function relativeError(found: readonly number[], wanted: readonly number[]): number {
  const e = found.map((x, j) => x - wanted[j]);
  return Math.sqrt(inner(e, e) / inner(wanted, wanted));
}

/** Greatest difference of two Gram matrices' upper triangles, relative to the greatest entry. */
function gramDifference(a: Float64Array, b: Float64Array, d: number): number {
  const width = Math.sqrt(a.length);
  let difference = 0, greatest = 0;
  for (let i = 0; i < d; i++) {
    for (let j = i; j < d; j++) {
      difference = Math.max(difference, Math.abs(a[i * width + j] - b[i * width + j]));
      greatest = Math.max(greatest, Math.abs(b[i * width + j]));
    }
  }
  return difference / greatest;
}

/** Hands events to a model whose Gram matrices nobody sums anew. */
function learn(model: LiveModel, { log }: Stream, from: number, until: number): void {
  for (let k = from; k < until; k++) {
    const user = log.users[k], item = log.items[k];
    const userBefore = model.countOf("user", user), itemBefore = model.countOf("item", item);
    if (!model.remember(user, item, log.values[k], log.timesMs[k])) continue;
    assert.ok(model.solveUser(user, userBefore));
    assert.ok(model.moveItem(item, itemBefore));
  }
}

for (const feedback of FEEDBACKS) {
  describe(`live rows, ${feedback}`, () => {
    it("are users and short items as double precision solves them, to 1e-4", async () => {
      const stream = await plantedStream(feedback, SMALL), model = modelOf(stream), { log } = stream;
      const counts = { direct: 0, moved: 0 };
      for (let k = SMALL.offset; k < SMALL.eventCount; k++) {
        const user = log.users[k], item = log.items[k];
        const userBefore = model.countOf("user", user), itemBefore = model.countOf("item", item);
        if (!model.remember(user, item, log.values[k], log.timesMs[k])) continue;
        assert.ok(model.solveUser(user, userBefore));
        const isLong = model.countOf("user", user) > 96;
        counts[isLong ? "moved" : "direct"]++;
        if (isLong || k % 20 === 0) {
          const error = relativeError(
            rowsOf(model, "user")[user],
            solution(systemOf(model, stream, "user", user)),
          );
          assert.ok(error < 1e-4, `user ${user} after event ${k}: ${error}`);
        }
        assert.ok(model.moveItem(item, itemBefore));
        if (model.countOf("item", item) <= 64 && k % 20 < 5) {
          const error = relativeError(
            rowsOf(model, "item")[item],
            solution(systemOf(model, stream, "item", item)),
          );
          assert.ok(error < 1e-4, `item ${item} after event ${k}: ${error}`);
        }
      }
      assert.ok(counts.direct > 100 && counts.moved > 10, JSON.stringify(counts));
    });

    it("are long items much nearer to the solution after an event than before it", async () => {
      const stream = await plantedStream(feedback, LONG), model = modelOf(stream), { log } = stream;
      let moved = 0;
      for (let k = LONG.offset; k < LONG.eventCount; k++) {
        const user = log.users[k], item = log.items[k], itemBefore = model.countOf("item", item);
        if (!model.remember(user, item, log.values[k], log.timesMs[k])) continue;
        model.solveUser(user, model.countOf("user", user));
        const before = rowsOf(model, "item")[item], system = systemOf(model, stream, "item", item);
        assert.ok(model.moveItem(item, itemBefore));
        if (model.countOf("item", item) <= 64) continue;
        moved++;
        const exact = solution(system), after = rowsOf(model, "item")[item];
        const was = distance(system, before, exact), is = distance(system, after, exact);
        assert.ok(is < 0.5 * was + 1e-5, `item ${item} after event ${k}: ${was} before, ${is} after`);
      }
      assert.ok(moved > 50, `${moved} events moved a long item`);
    });

    it("keep their Gram matrices through 100,000 events, to 1e-3", async () => {
      const stream = await plantedStream(feedback, MANY), model = modelOf(stream);
      learn(model, stream, MANY.offset, MANY.eventCount);
      const kept = [model.users.gram().slice(), model.items.gram().slice()];
      model.users.gram().fill(NaN), model.items.gram().fill(NaN);
      model.sumGrams();
      [model.users.gram(), model.items.gram()].forEach((anew, side) => {
        const difference = gramDifference(kept[side], anew, MANY.factorCount);
        assert.ok(difference < 1e-3, `side ${side}: ${difference}`);
      });
    });
  });
}

describe("sums of outer products", () => {
  it("are those of the rows, weighted", async () => {
    const model = modelOf(await plantedStream("implicit", SMALL)), d = SMALL.factorCount;
    const wanted = zeros(d, d), gram = model.items.gram(), width = Math.sqrt(gram.length);
    rowsOf(model, "item").forEach((row, item) => addOuter(wanted, model.weightOfItem(item), row, row));
    for (let i = 0; i < d; i++) {
      for (let j = i; j < d; j++) {
        assert.ok(Math.abs(gram[i * width + j] - wanted[i][j]) < 1e-5 * wanted[i][i] + 1e-5);
      }
    }
  });
});

describe("what a live model remembers", () => {
  const told = (model: LiveModel, user: number) => toldTo(model.users, user);

  it("of a rating given again is the one with the greatest time, the later event among equals", async () => {
    const model = modelOf(await plantedStream("explicit", SMALL)), item = 5_000;
    assert.equal(model.remember(0, item, 3, 100), true);
    assert.equal(model.remember(0, item, 5, 99), false);
    assert.deepEqual(told(model, 0).at(-1), { other: item, value: 3 });
    assert.equal(model.remember(0, item, 4, 100), true);
    assert.deepEqual(told(model, 0).at(-1), { other: item, value: 4 });
    assert.deepEqual(toldTo(model.items, item), [{ other: 0, value: 4 }]);
  });

  it("of evidence given again is the sum, in single precision", async () => {
    const model = modelOf(await plantedStream("implicit", SMALL)), item = 5_000;
    for (const value of [0.1, 0.2, -1]) assert.equal(model.remember(0, item, value, 0), true);
    const wanted = Math.fround(Math.fround(Math.fround(0.1) + Math.fround(0.2)) + -1);
    assert.deepEqual(told(model, 0).at(-1), { other: item, value: wanted });
    assert.deepEqual(toldTo(model.items, item), [{ other: 0, value: wanted }]);
  });
});

describe("evidence against an item", () => {
  it("has confidence and no preference, in users and in items", async () => {
    const stream = await plantedStream("implicit", SMALL), model = modelOf(stream), random = Random.seeded(5);
    for (let k = 0; k < 300; k++) {
      const user = random.below(20), item = random.below(60);
      model.remember(user, item, random.uniform() < 0.5 ? -2 : 1, 0);
      assert.ok(model.solveUser(user, 0));
      const users = relativeError(
        rowsOf(model, "user")[user],
        solution(systemOf(model, stream, "user", user)),
      );
      assert.ok(users < 1e-4, `user ${user}: ${users}`);
      assert.ok(model.moveItem(item, 0));
      if (model.countOf("item", item) > 64) continue;
      const items = relativeError(
        rowsOf(model, "item")[item],
        solution(systemOf(model, stream, "item", item)),
      );
      assert.ok(items < 1e-4, `item ${item}: ${items}`);
    }
  });

  it("lowers the score", async () => {
    const model = modelOf(await plantedStream("implicit", SMALL));
    const before = model.predict(3, 7);
    model.remember(3, 7, -50, 0);
    model.solveUser(3, 0);
    assert.ok(Math.abs(model.predict(3, 7)) < Math.abs(before) / 2, `${before}, ${model.predict(3, 7)}`);
  });
});

describe("a step of descent", () => {
  it("goes against the gradient of the squared error, both rows from where they stand", async () => {
    for (const feedback of FEEDBACKS) {
      const stream = await plantedStream(feedback, SMALL), { parameters } = stream.content.model;
      const model = modelOf(stream), d = parameters.factorCount, isExplicit = feedback === "explicit";
      const [rate, penalty] = isExplicit ? [0.01, 0.05] : [0.05, 0.01];
      const [x, y] = [rowsOf(model, "user")[4], rowsOf(model, "item")[6]];
      model.remember(4, 6, isExplicit ? 5 : 0.5, 9e15);
      const biases = isExplicit ? x[d] + y[d] + model.globalMean : 0;
      const error = (isExplicit ? 5 : 1) - biases - inner(x.slice(0, d), y.slice(0, d));
      assert.ok(model.descend(4, 6));
      const moved = (row: number[], other: number[]) =>
        row.map((value, j) => value + rate * (error * (j < d ? other[j] : 1) - penalty * value));
      assert.ok(relativeError(rowsOf(model, "user")[4], moved(x, y)) < 1e-6);
      assert.ok(relativeError(rowsOf(model, "item")[6], moved(y, x)) < 1e-6);
      if (isExplicit) {
        assert.deepEqual([model.users.rows.row(4)[d + 1], model.items.rows.row(6)[d]], [1, 1]);
      }
    }
  });

  it("begins for new rows with noise that follows from seed and row", async () => {
    const { content } = await plantedStream("explicit", SMALL), d = SMALL.factorCount;
    const [a, b, c] = [1, 1, 2].map((seed) => {
      const model = new LiveModel(learnerKernels(), content.model, seed);
      model.remember(content.model.userCount, 0, 3, 0);
      return [...model.users.rows.row(content.model.userCount)];
    });
    assert.deepEqual(a, b);
    assert.notDeepEqual(a, c);
    assert.deepEqual(a.slice(d), [0, 1, 0, 0, 0]);
    const deviation = Math.sqrt(inner(a.slice(0, d), a.slice(0, d)));
    assert.ok(deviation > 0.02 && deviation < 0.3, `${deviation}`);
  });
});

describe("rows that are new", () => {
  it("are zeros until something is known, weigh least, and stay finite", async () => {
    const stream = await plantedStream("implicit", SMALL), model = modelOf(stream);
    const { itemWeights } = stream.content.model,
      user = model.users.rows.count,
      item = model.items.rows.count;
    assert.equal(model.knowsUser(user), false);
    model.remember(user, 2, 1, 0);
    model.remember(0, item, 1, 0);
    assert.equal(model.knowsUser(user), false);
    assert.equal(model.weightOfItem(item), Math.min(1, ...itemWeights));
    assert.ok(model.solveUser(user, 0) && model.moveItem(item, 0));
    assert.ok(model.knowsUser(user));
    const { userCount, itemCount, itemWeights: weights } = model.copy();
    assert.deepEqual([userCount, itemCount, weights.length], [user + 1, item + 1, item + 1]);
  });

  it("are kept as they were where the solution is not finite", async () => {
    const model = modelOf(await plantedStream("implicit", SMALL));
    const before = rowsOf(model, "user")[1];
    for (let item = 0; item < 100; item++) model.remember(1, item, 3e38, 1);
    assert.equal(model.solveUser(1, model.countOf("user", 1)), false);
    assert.deepEqual(rowsOf(model, "user")[1], before);
  });
});
