import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { type BenchSettings, withContext } from "./context.ts";
import { matrixOf, planted } from "./data_sets.ts";
import { perSecond, shortNumber, shortSpread } from "./figures.ts";
import { BENCHMARKS, runBenchmarks } from "./main.ts";
import { stolenShare } from "./machine.ts";
import { splitMatrix, usersWithRows } from "./matrix_split.ts";
import { writeRatingsCsv } from "./matrix_files.ts";
import { alternate, ratiosOf, repeat, spreadOf } from "./measure.ts";
import { npyHeader, readNpy, readNpyInto, writeNpy } from "./npy_file.ts";
import { bestTrial, epochsTo, reachedBy } from "./pairs/trials.ts";
import { isPrepared } from "./peers/environment.ts";
import { PAIRS, pairsTable, runPairs } from "./peers.ts";

const TINY: BenchSettings = { tiny: true, threads: 2, dataFolder: "no/such/folder" };

describe("deno task bench", () => {
  it("runs every benchmark with tiny input and gives figures and a hash", async () => {
    const results = await runBenchmarks([], TINY);
    assert.deepEqual(results.map(({ name }) => name), BENCHMARKS.map(({ name }) => name));
    for (const { figures, hash } of results) {
      assert.match(hash, /^[0-9a-f]{64}$/);
      assert.ok(figures.length > 0);
      for (const { work, value } of figures) assert.ok(value.median > 0, work);
    }
  });

  it("computes the same whatever the number of threads", async () => {
    const hashes = async (threads: number) =>
      (await runBenchmarks(["epochs", "topn"], { ...TINY, threads })).map(({ hash }) => hash);
    assert.deepEqual(await hashes(1), await hashes(3));
  });

  it("says which share of the wanted processor time others took", () => {
    // user nice system idle iowait irq softirq steal guest guest_nice
    const before = "cpu  100 10 20 5000 7 0 3 40 0 0\ncpu0 50 5 10 2500 3 0 1 20 0 0\n";
    const after = "cpu  160 10 40 9000 9 0 3 60 0 0\n";
    assert.equal(stolenShare(before, after), 20 / (60 + 20 + 20));
    assert.equal(stolenShare(before, before), 0);
    assert.equal(stolenShare("", ""), 0);
  });

  it("refuses a name that is none", () => {
    assert.throws(() => runBenchmarks(["epoch"], TINY), /no benchmark "epoch"; there are import, train/);
  });
});

const skip = await isPrepared("base") ? false : "the peers' Python environment has not been made here";

describe("deno task bench:peers", () => {
  it("runs every pair with tiny input", { skip }, async () => {
    const rows = await runPairs({ ...TINY, only: [], spark: false, faiss: false });
    const names = PAIRS.filter(({ needs }) => needs === undefined).length;
    assert.ok(rows.length >= names, `${rows.length} rows of ${names} pairs`);
    for (const { work, theirs } of rows) assert.ok(theirs.median > 0, work);
    assert.match(pairsTable(rows), /100\.00 % of the places agree/);
  });

  it("refuses a name that is none", async () => {
    const settings = { ...TINY, only: ["speed"], spark: false, faiss: false };
    await assert.rejects(() => runPairs(settings), /no pair "speed"; there are epochs-ml1m/);
  });
});

describe("measuring", () => {
  it("takes turns, and forgets the warm-up", async () => {
    const order: string[] = [];
    const side = (name: string, seconds: number[]) => () => {
      order.push(name);
      return Promise.resolve(seconds.shift()!);
    };
    const samples = await alternate([side("a", [9, 1, 2]), side("b", [9, 4, 6])], {
      warmUps: 1,
      repetitions: 2,
    });
    assert.equal(order.join(""), "ababab");
    assert.deepEqual(samples, [[1, 2], [4, 6]]);
    assert.deepEqual(ratiosOf(samples[0], samples[1]), { median: 3.5, min: 3, max: 4, count: 2 });
    assert.deepEqual(await repeat(side("c", [5, 7]), { warmUps: 1, repetitions: 1 }), [7]);
  });

  it("gives the middle of odd and even numbers of samples", () => {
    assert.deepEqual(spreadOf([3, 10, 1]), { median: 3, min: 1, max: 10, count: 3 });
    assert.equal(spreadOf([4, 1, 2, 100]).median, 3);
    assert.throws(() => spreadOf([]), /at least one/);
  });

  it("turns seconds into rates: the longest time is the least rate", () => {
    assert.deepEqual(perSecond(spreadOf([1, 2, 4]), 8), { median: 4, min: 2, max: 8, count: 3 });
  });

  it("writes numbers with about four places", () => {
    assert.equal(shortNumber(1234567.8), "1,234,568");
    assert.equal(shortNumber(12.3456), "12.35");
    assert.equal(shortSpread(spreadOf([0.51234])), "0.5123");
  });
});

describe(".npy files", () => {
  it("begin as numpy's own", () => {
    // Length and first bytes as numpy 2.4.6 saves zeros((3, 2), "<f4").
    const header = npyHeader(new Float32Array(6), [3, 2]);
    const text = new TextDecoder("latin1").decode(header);
    assert.equal(header.length, 128);
    assert.deepEqual([...header.subarray(0, 10)], [0x93, 78, 85, 77, 80, 89, 1, 0, 118, 0]);
    assert.match(text.slice(10), /^\{'descr': '<f4', 'fortran_order': False, 'shape': \(3, 2\), \} +\n$/);
  });

  it("give back what was written", () =>
    withContext(TINY, async ({ scratch }) => {
      const path = `${scratch}/x.npy`, array = Uint32Array.of(1, 4_000_000_000, 3);
      await writeNpy(path, array);
      assert.deepEqual(await readNpy(path), { array, shape: [3] });
      const to = new Uint32Array(new SharedArrayBuffer(12));
      await readNpyInto(path, to);
      assert.deepEqual([...to], [...array]);
      await assert.rejects(() => readNpyInto(path, new Uint32Array(2)), /holds 3 numbers; 2 are wanted/);
      await assert.rejects(() => writeNpy(path, array, [2, 2]), RangeError);
    }));
});

describe("data", () => {
  const matrix = matrixOf([1, 2, 5, 0, 1, 4, 1, 0, 3]);

  it("is sorted by user and item", () => {
    assert.deepEqual({ ...matrix }, {
      rowCount: 2,
      columnCount: 3,
      indptr: Uint32Array.of(0, 1, 3),
      indices: Uint32Array.of(1, 0, 2),
      values: Float32Array.of(4, 3, 5),
    });
  });

  it("becomes a ratings file", () =>
    withContext(TINY, async ({ scratch }) => {
      await writeRatingsCsv(`${scratch}/r.csv`, matrix);
      assert.equal(
        await Deno.readTextFile(`${scratch}/r.csv`),
        "userId,movieId,rating\n0,1,4\n1,0,3\n1,2,5\n",
      );
    }));

  it("is split without loss", () => {
    const { matrix } = planted("gowalla", true);
    const { train, validation } = splitMatrix(matrix, 0.2, 1);
    const pairs = ({ rowCount, indptr, indices }: typeof matrix) =>
      Array.from(
        { length: rowCount },
        (_, u) => [...indices.subarray(indptr[u], indptr[u + 1])].map((i) => `${u} ${i}`),
      )
        .flat();
    assert.deepEqual([...pairs(train), ...pairs(validation)].sort(), pairs(matrix).sort());
    assert.ok(Math.abs(validation.indices.length / matrix.indices.length - 0.2) < 0.02);
    assert.equal(usersWithRows(validation, 10).length, 10);
  });
});

describe("trials", () => {
  const trials = [
    { settings: { x: 1 }, ndcg: [0.1, 0.2, 0.4] },
    { settings: { x: 2 }, ndcg: [0.2, 0.3, 0.25] },
    { settings: { x: 3 }, ndcg: [0.1, 0.35, 0.3] },
  ];

  it("find the best at any epoch, and the first epoch that reaches a target", () => {
    assert.deepEqual(bestTrial(trials).settings, { x: 1 });
    assert.equal(epochsTo(0.3, trials[0]), 3);
    assert.equal(epochsTo(0.5, trials[0]), undefined);
  });

  it("choose the soonest, and of those the better", () => {
    assert.deepEqual(reachedBy(trials, 0.3).trial.settings, { x: 3 });
    assert.equal(reachedBy(trials, 0.3).epochs, 2);
    assert.equal(reachedBy(trials, 0.5).epochs, undefined);
  });

  it("say it when the best lies on the border", () => {
    assert.match(
      reachedBy(trials, 0.3).summary,
      /best of 3 trials \(x 1 2 3\) 0\.4000: x 1, the last value of x/,
    );
    const inside = [trials[1], { ...trials[0], settings: { x: 2.5 } }, trials[2]];
    assert.doesNotMatch(reachedBy(inside, 0.3).summary, /last value/);
  });
});
