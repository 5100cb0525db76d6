import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { loadKernel } from "../../src/commands/kernel_builds.ts";
import { BadInput } from "../../src/domain/failure.ts";
import { ItemIndex } from "../../src/kernels/item_index.ts";
import { ItemScanner } from "../../src/kernels/item_scanner.ts";
import { instantiateKernels, type Kernels, sharedMemory } from "../../src/kernels/kernel_module.ts";
import { Random } from "../../src/synthesize/random.ts";
import { canonicalDot } from "../reference/canonical_dot.ts";
import { topN } from "../reference/top_n.ts";
import { hardRows, powerLawRows, rowsOf } from "./planted_rows.ts";

const portable = await loadKernel("portable");
const fast = await loadKernel("fast");
const builds: [name: string, fresh: () => Kernels][] = [
  ["portable", () => instantiateKernels(portable.module)],
  ["fast", () => instantiateKernels(fast.module, sharedMemory())],
];
const NOTHING = new Uint32Array(0);

function scannerOver(kernels: Kernels, rows: Float32Array, stride: number, searchers?: Float32Array) {
  return new ItemScanner(kernels, { rows, count: rows.length / stride, stride, searchers });
}

/** Indexes and bits of the scores. */
function found(scanner: ItemScanner, row: Float32Array, n: number, excluded = NOTHING) {
  const { count, itemIndexes, scores } = scanner.topN(row, n, excluded);
  return { itemIndexes: [...itemIndexes.subarray(0, count)], scores: [...scores.subarray(0, count)] };
}

for (const [name, fresh] of builds) {
  describe(`ItemScanner, ${name} build`, () => {
    it("finds what scoring and sorting everything finds, over strides, n and exclusions", () => {
      const random = Random.seeded(1);
      for (const stride of [8, 16, 24, 72, 136, 1032]) {
        const count = stride > 200 ? 60 : 900;
        const rows = powerLawRows(random, count, stride), scanner = scannerOver(fresh(), rows, stride);
        for (const n of [1, 2, 10, 50, 257]) {
          const row = rowsOf(1, stride, () => random.normal());
          const excluded = Uint32Array.from({ length: n * 2 }, () => random.below(count));
          assert.deepEqual(found(scanner, row, n), topN(row, rows, n));
          assert.deepEqual(found(scanner, row, n, excluded), topN(row, rows, n, excluded));
        }
      }
    });

    it("stays exact where rounding, ties, zeros and great norms work against it", () => {
      const random = Random.seeded(2), stride = 24;
      const sets = hardRows(random, stride);
      for (const [at, [kind, rows]] of sets.entries()) {
        // What others search with decides the order of the rows, and must not decide the answers.
        const scanner = scannerOver(fresh(), rows, stride, [undefined, rows, sets[at - 1]?.[1]][at % 3]);
        const searching: [string, Float32Array][] = [
          ["normal values", rowsOf(1, stride, () => random.normal())],
          ["an item's own row", rows.slice(5 * stride, 6 * stride)],
          ["alternating signs", rowsOf(1, stride, (_, j) => j % 2 === 0 ? 1 : -1)],
          ["ones, which round to the greatest level", rowsOf(1, stride, () => 1)],
          ["one value", rowsOf(1, stride, (_, j) => j === 3 ? -7 : 0)],
          ["zeros", new Float32Array(stride)],
          ["great values", rowsOf(1, stride, () => random.normal() * 1e17)],
          ["subnormal values", rowsOf(1, stride, () => random.normal() * 2 ** -140)],
        ];
        for (const [rowKind, row] of searching) {
          for (const n of [1, 20]) {
            assert.deepEqual(
              found(scanner, row, n),
              topN(row, rows, n),
              `${kind}, searched for ${rowKind}, ${n}`,
            );
          }
        }
      }
    });

    it("stays exact where few directions hold most of the rows, and when rows leave those", () => {
      const random = Random.seeded(5), stride = 72, count = 900;
      // As an explicit model has them: few strong factors, many weak ones, a column of ones, a bias.
      const valueOf = (j: number) =>
        j < 64 ? random.normal() * 0.5 * 0.8 ** j : j === 64 ? 1 : j === 65 ? random.normal() * 0.6 : 0;
      const rows = rowsOf(count, stride, (_, j) => valueOf(j));
      const searchers = rowsOf(
        200,
        stride,
        (_, j) => j === 65 ? 1 : j === 64 ? random.normal() * 0.3 : valueOf(j),
      );
      assert.ok(new ItemIndex(fresh(), { rows, count, stride }).columns <= stride / 2);
      const scanner = scannerOver(fresh(), rows, stride, searchers);
      const check = () => {
        for (let user = 0; user < 20; user++) {
          const row = searchers.slice(user * stride, (user + 1) * stride);
          if (user % 4 === 1) row.forEach((_, j) => row[j] = j > 40 && j < 64 ? random.normal() : 0);
          for (const n of [1, 10]) assert.deepEqual(found(scanner, row, n), topN(row, rows, n));
        }
      };
      check();
      for (let k = 0; k < 200; k++) {
        const item = random.below(count),
          row = rowsOf(1, stride, (_, j) => j < 64 ? random.normal() * (k % 5) : valueOf(j));
        scanner.set(item, row);
        rows.set(row, item * stride);
      }
      check();
    });

    it("allows for the rounding of the score itself", () => {
      // All values are whole numbers that rounding to levels keeps. From 2^24 on, each 3 that is added to a sum rounds
      // up to 4: the last item's score ends 888 above its dot product, and above the first item's. Those in between keep
      // the two out of one group, whose items are chosen together.
      const stride = 1032, last = 20, row = rowsOf(1, stride, (_, j) => j < 17 * 8 ? 8191 : 3);
      const rows = rowsOf(last + 1, stride, (item, j) => {
        if (j < 17 * 8) return item === 0 || item === last ? 127 : -127;
        if (item === last) return 1;
        return j < 18 * 8 ? (item === 0 ? 127 : 60) : 0;
      });
      const dots = [0, last].map((item) => row.reduce((sum, x, j) => sum + x * rows[item * stride + j], 0));
      assert.ok(dots[0] > dots[1] + 300);
      assert.deepEqual(topN(row, rows, 2).itemIndexes, [last, 0]);
      assert.deepEqual(found(scannerOver(fresh(), rows, stride), row, 1), topN(row, rows, 1));
    });

    it("breaks ties by item index, whatever the order of the norms", () => {
      const stride = 8;
      // Items score 1 except every fifth, which scores 2; what else they hold makes their norms rise with the index.
      const rows = rowsOf(300, stride, (item, j) => j === 0 ? (item % 5 === 0 ? 2 : 1) : j === 1 ? item : 0);
      const row = rowsOf(1, stride, (_, j) => j === 0 ? 1 : 0);
      const { itemIndexes, scores } = found(scannerOver(fresh(), rows, stride), row, 62);
      assert.deepEqual(itemIndexes, [...Array.from({ length: 60 }, (_, k) => 5 * k), 1, 2]);
      assert.deepEqual(scores, [...new Array(60).fill(2), 1, 1]);
    });

    it("gives a shorter list where fewer items are left", () => {
      const random = Random.seeded(3), rows = powerLawRows(random, 30, 8), row = rows.slice(0, 8);
      const scanner = scannerOver(fresh(), rows, 8);
      const all = Uint32Array.from({ length: 30 }, (_, item) => item);
      assert.deepEqual(found(scanner, row, 1000), topN(row, rows, 30));
      assert.deepEqual(found(scanner, row, 7, all.subarray(4)), topN(row, rows.slice(0, 32), 4));
      assert.deepEqual(found(scanner, row, 7, all), { itemIndexes: [], scores: [] });
      assert.deepEqual(found(scannerOver(fresh(), new Float32Array(0), 8), row, 5).itemIndexes, []);
    });

    it("forgets the exclusions of a call, and takes them in any order, repeated, or beyond the items", () => {
      const random = Random.seeded(4), rows = powerLawRows(random, 600, 16), row = rows.slice(0, 16);
      const scanner = scannerOver(fresh(), rows, 16);
      const best = topN(row, rows, 40).itemIndexes;
      const excluded = Uint32Array.of(...best.slice(0, 20).reverse(), best[3], 600, 0xffffffff);
      assert.deepEqual(found(scanner, row, 20, excluded).itemIndexes, best.slice(20));
      assert.deepEqual(found(scanner, row, 40).itemIndexes, best);
    });

    it("stays exact to the bit through thousands of changed and added rows", () => {
      const random = Random.seeded(7), stride = 24;
      let rows = powerLawRows(random, 700, stride);
      const scanner = scannerOver(fresh(), rows, stride);
      for (let change = 1; change <= 4000; change++) {
        const count = rows.length / stride;
        const item = random.below(10) === 0 ? count : random.below(count);
        const scale = 10 ** (random.below(50) === 0 ? random.below(8) - 3 : -random.uniform());
        const row = rowsOf(1, stride, () => random.normal() * scale);
        if (item === count) {
          const more = new Float32Array(rows.length + stride);
          more.set(rows);
          rows = more;
        }
        rows.set(row, item * stride);
        scanner.set(item, row);
        if (change % 40 !== 0) continue;
        const searching = rowsOf(1, stride, () => random.normal());
        const excluded = Uint32Array.from({ length: 30 }, () => random.below(count));
        assert.deepEqual(found(scanner, searching, 20, excluded), topN(searching, rows, 20, excluded));
        assert.deepEqual(found(scanner, row, 1), topN(row, rows, 1));
      }
      assert.equal(scanner.count, rows.length / stride);
      assert.ok(scanner.count > 1000, "room ended at least once");
    });

    it("finds an item whose row has become the greatest, and one whose row is no longer", () => {
      const stride = 8, rows = rowsOf(600, stride, (item, j) => j === 0 ? 600 - item : 0);
      const scanner = scannerOver(fresh(), rows, stride), row = rowsOf(1, stride, (_, j) => j === 0 ? 1 : 0);
      scanner.set(599, rowsOf(1, stride, (_, j) => j === 0 ? 1e6 : 0));
      scanner.set(0, new Float32Array(stride));
      assert.deepEqual(found(scanner, row, 2), { itemIndexes: [599, 1], scores: [1e6, 599] });
      scanner.set(600, rowsOf(1, stride, (_, j) => j === 0 ? 1e7 : 0));
      assert.deepEqual(found(scanner, row, 2), { itemIndexes: [600, 599], scores: [1e7, 1e6] });
      assert.throws(() => scanner.set(3, rowsOf(1, stride, () => NaN)), BadInput);
      assert.throws(() => scanner.set(602, row), RangeError);
      assert.deepEqual(found(scanner, row, 3).itemIndexes, [600, 599, 1]);
    });

    it("goes on after its memory has grown", () => {
      const kernels = fresh(), random = Random.seeded(5), rows = powerLawRows(random, 50, 8);
      const scanner = scannerOver(kernels, rows, 8), row = rows.slice(0, 8);
      kernels.arena.allocate(3_000_000);
      assert.deepEqual(found(scanner, row, 5), topN(row, rows, 5));
      assert.equal(scanner.score(row, 7), canonicalDot(row, rows.subarray(56, 64)));
    });

    it("scores single items canonically and gives their rows", () => {
      const random = Random.seeded(6),
        rows = powerLawRows(random, 40, 72),
        row = rowsOf(1, 72, () => random.normal());
      const scanner = scannerOver(fresh(), rows, 72);
      for (let item = 0; item < 40; item++) {
        assert.equal(scanner.score(row, item), canonicalDot(row, rows.subarray(item * 72, (item + 1) * 72)));
        assert.deepEqual(scanner.rowOf(item), rows.slice(item * 72, (item + 1) * 72));
      }
    });

    it("refuses what is not finite or too great to be scored", () => {
      const rows = rowsOf(3, 8, () => 1);
      const withValue = (value: number) => rowsOf(3, 8, (item, j) => item === 1 && j === 2 ? value : 1);
      for (const value of [NaN, Infinity, -Infinity, 1.1e18]) {
        assert.throws(
          () => scannerOver(fresh(), withValue(value), 8),
          (error) => error instanceof BadInput && /norm of row 1 is/.test(error.message),
        );
        const scanner = scannerOver(fresh(), rows, 8), row = withValue(value).slice(8, 16);
        assert.throws(() => scanner.topN(row, 2, NOTHING), BadInput);
        assert.deepEqual(found(scanner, rows.slice(0, 8), 2).itemIndexes, [0, 1]);
      }
    });
  });
}
