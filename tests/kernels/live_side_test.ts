import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { EntryLists } from "../../src/kernels/entry_lists.ts";
import { GrowingRows } from "../../src/kernels/growing_rows.ts";
import { LiveSide, type RowSystem } from "../../src/kernels/live_side.ts";
import { LiveWorkspace } from "../../src/kernels/live_workspace.ts";
import { type Feedback, strideOf } from "../../src/domain/factor_model.ts";
import { Random } from "../../src/synthesize/random.ts";
import { inner } from "../reference/linear_system.ts";
import { explicitSystem, implicitSystem, solution } from "../reference/live_row.ts";
import { inlineKernels, parametersOf } from "./planted_fit.ts";

const ROWS = 12, OTHERS = 300, MEAN = 3.2;

/** Two sides with random rows; each of the first has random entries. */
function plantedSides(feedback: Feedback, factorCount: number) {
  const { kernels } = inlineKernels(),
    random = Random.seeded(factorCount),
    isExplicit = feedback === "explicit";
  const parameters = parametersOf(feedback, factorCount, { confidenceScale: 1.5 });
  const stride = strideOf(feedback, factorCount), workspace = new LiveWorkspace(kernels, parameters, stride);
  const sideOf = (side: "user" | "item", count: number) => {
    const rows = Float32Array.from({ length: count * stride }, (_, k) => {
      const j = k % stride, own = side === "user" ? factorCount : factorCount + 1;
      if (j < factorCount || isExplicit && j === own) return 0.6 * random.normal();
      return isExplicit && j === 2 * factorCount + 1 - own ? 1 : 0;
    });
    const lists = new EntryLists(kernels, false);
    lists.reserveRows(count);
    return new LiveSide(kernels, workspace, {
      parameters,
      globalMean: MEAN,
      side,
      rows: new GrowingRows(kernels, rows, stride),
      lists,
    });
  };
  const solved = sideOf("user", ROWS), fixed = sideOf("item", OTHERS);
  LiveSide.pair(solved, fixed);
  fixed.sumGram(() => 0.7);
  solved.sumGram(() => 1);
  for (let row = 0; row < ROWS; row++) {
    const used = new Set<number>();
    while (used.size < 1 + row * row) used.add(random.below(OTHERS));
    for (const index of used) {
      const value = isExplicit ? 1 + random.below(5) : random.uniform() < 0.2 ? -1 : 2 * random.uniform();
      solved.lists.append(row, { index, value, timeMs: 0 });
    }
  }
  return { parameters, solved, fixed };
}

type Planted = ReturnType<typeof plantedSides>;

function systemOf({ parameters, solved }: Planted, row: number): RowSystem {
  const n = solved.lists.countOf(row), isExplicit = parameters.feedback === "explicit";
  return {
    gramScale: isExplicit ? 0 : 0.4,
    lambda: isExplicit ? parameters.regularization * n : 1.3,
    weightBefore: 1,
    weight: 1,
  };
}

/** The row in doubles, by the formulas. */
function wanted(planted: Planted, row: number): number[] {
  const { parameters, solved, fixed } = planted, d = parameters.factorCount;
  const told = Array.from({ length: solved.lists.countOf(row) }, (_, k) => ({
    other: solved.lists.indexAt(row, k),
    value: solved.lists.valueAt(row, k),
  }));
  const others = Array.from({ length: OTHERS }, (_, k) => [...fixed.rows.row(k)]);
  if (parameters.feedback === "explicit") {
    const rows = others.map((other) => [...other.slice(0, d), other[d + 1]]);
    return solution(explicitSystem(parameters, rows, MEAN, told));
  }
  const weights = new Array(OTHERS).fill(Math.fround(0.7)), { gramScale, lambda } = systemOf(planted, row);
  return solution(
    implicitSystem(parameters, others.map((other) => other.slice(0, d)), weights, gramScale, lambda, told),
  );
}

function errorOf(planted: Planted, row: number, exact: readonly number[]): number {
  const e = exact.map((x, j) => x - planted.solved.rows.row(row)[j]);
  return Math.sqrt(inner(e, e) / Math.max(1e-9, inner(exact, exact)));
}

const SIZES = [1, 2, 7, 8, 13, 32] as const;

for (const feedback of ["explicit", "implicit"] as const) {
  describe(`a live side, ${feedback}`, () => {
    it("solves rows of any length, for any number of factors", () => {
      for (const factorCount of SIZES) {
        const planted = plantedSides(feedback, factorCount);
        for (let row = 0; row < ROWS; row++) {
          const exact = wanted(planted, row);
          assert.ok(planted.solved.solve(row, systemOf(planted, row)));
          const error = errorOf(planted, row, exact);
          assert.ok(error < 2e-5, `${factorCount} factors, row ${row}: ${error}`);
        }
      }
    });

    it("moves rows to the same solution, as near as the tolerance", () => {
      for (const factorCount of SIZES) {
        const planted = plantedSides(feedback, factorCount);
        for (const tolerance of [1e-2, 1e-4]) {
          for (let row = 6; row < ROWS; row++) {
            const exact = wanted(planted, row);
            const moved = planted.solved.move(row, systemOf(planted, row), 0.7 * OTHERS, {
              steps: 60,
              tolerance,
            });
            const error = errorOf(planted, row, exact);
            assert.ok(moved && error < 2 * tolerance, `${factorCount} factors, row ${row}: ${error}`);
          }
        }
      }
    });

    it("leaves a row as it was where the tolerance is out of reach", () => {
      const planted = plantedSides(feedback, 13), { solved } = planted, before = solved.rows.row(9).slice();
      const gram = solved.gram().slice();
      assert.equal(
        solved.move(9, systemOf(planted, 9), 0.7 * OTHERS, { steps: 1, tolerance: 1e-6 }),
        false,
      );
      assert.deepEqual([solved.rows.row(9), solved.gram()], [before, gram]);
    });

    it("has its Gram matrix follow", () => {
      const planted = plantedSides(feedback, 7), { solved } = planted;
      for (let row = 0; row < ROWS; row++) solved.solve(row, systemOf(planted, row));
      for (let row = 6; row < ROWS; row++) {
        solved.move(row, systemOf(planted, row), 0.7 * OTHERS, { steps: 2 });
      }
      const kept = solved.gram().slice(), width = Math.sqrt(kept.length);
      solved.sumGram(() => 1);
      for (let i = 0; i < 7; i++) {
        for (let j = i; j < 7; j++) {
          assert.ok(
            Math.abs(kept[i * width + j] - solved.gram()[i * width + j]) <
              1e-5 * solved.gram()[i * width + i] + 1e-5,
          );
        }
      }
    });

    it("ranks any row among those that are not in the history, the places after the first k as one", () => {
      const { solved, fixed } = plantedSides(feedback, 8);
      // The same score three times, one of them seen.
      const [first, ...same] = [20, 21, 22];
      for (const row of same) fixed.rows.row(row).set(fixed.rows.row(first));
      for (let row = 0; row < ROWS; row++) {
        const seen = new Set(
          Array.from({ length: solved.lists.countOf(row) }, (_, k) => solved.lists.indexAt(row, k)),
        );
        const unseen = Array.from({ length: OTHERS }, (_, other) => other).filter((other) =>
          !seen.has(other)
        );
        for (const other of unseen) {
          const wanted = solved.score(row, other), scores = unseen.map((one) => solved.score(row, one));
          const greater = scores.filter((score) => score > wanted).length;
          const equal = scores.filter((score) => score === wanted).length;
          assert.deepEqual(solved.rank(row, other, OTHERS), { greater, equal });
          for (const k of [1, 10]) {
            const expected = greater < k ? { greater, equal } : { greater: k, equal: 1 };
            assert.deepEqual(solved.rank(row, other, k), expected);
          }
        }
      }
    });

    it("forgets a row without entries", () => {
      const planted = plantedSides(feedback, 7), { solved } = planted;
      for (let row = 0; row < ROWS; row++) {
        while (solved.lists.countOf(row) > 0) solved.lists.remove(row, 0);
        assert.ok(solved.solve(row, systemOf(planted, row)));
      }
      assert.ok(solved.rows.view().every((x) => x === 0));
      const width = Math.sqrt(solved.gram().length);
      for (let i = 0; i < 7; i++) assert.ok(Math.abs(solved.gram()[i * width + i]) < 1e-5);
    });
  });
}
