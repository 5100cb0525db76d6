import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { HALF_STEP_BYTES, type HalfStepFields, writeHalfStep } from "../../src/kernels/half_step.ts";
import { inlineKernels, plantedData, randomOf } from "../kernels/planted_fit.ts";

const USERS = 90, ITEMS = 60, STRIDE = 8, DATA = plantedData(3, USERS, ITEMS);
/** Groups hold long rows only, never one without entries. */
const ORDER = Array.from({ length: USERS }, (_, u) => u).filter((u) =>
  DATA.byUser.indptr[u] < DATA.byUser.indptr[u + 1]
);

interface Plan {
  readonly units: readonly number[];
  readonly groupCount: number;
  readonly blockRows: number;
}

/** What rows hold before they are moved, and whether they are to count as 0. */
interface Before {
  readonly scale: number;
  readonly isFromZero: boolean;
}

/** Moves all user rows over random item rows, cut into units as the plan says. */
function move(
  feedback: "explicit" | "implicit",
  steps: number,
  plan: Plan,
  before: Before = { scale: 1, isFromZero: false },
) {
  const { exports, arena } = inlineKernels().kernels, random = randomOf(5);
  const put = (values: ArrayLike<number>, isFloat = true) => {
    const at = arena.allocate(values.length * 4);
    (isFloat ? arena.f32(at, values.length) : arena.u32(at, values.length)).set(values);
    return at;
  };
  const rowsOf = (count: number) => Float32Array.from({ length: count * STRIDE }, () => random.normal() / 3);
  const solved = put(rowsOf(USERS).map((value) => before.scale * value)), fixed = put(rowsOf(ITEMS));
  const unitCount = plan.units.length - 1,
    losses = arena.allocate(unitCount * 8),
    at = arena.allocate(HALF_STEP_BYTES);
  const fields: HalfStepFields = {
    rowCount: ORDER.length,
    order: put(ORDER, false),
    indptr: put(DATA.byUser.indptr, false),
    indices: put(DATA.byUser.indices, false),
    values: put(DATA.byUser.values),
    solved,
    fixed,
    fixedCount: ITEMS,
    rowBytes: STRIDE * 4,
    factorCount: 6,
    isExplicit: feedback === "explicit" ? 1 : 0,
    regularization: put(Array.from({ length: USERS }, (_, u) => 0.1 + u / 100)),
    units: put(plan.units, false),
    unitCount,
    groupCount: plan.groupCount,
    blockRows: plan.blockRows,
    cursor: put([0], false),
    losses,
    isWholeLoss: 1,
    steps,
    isFromZero: before.isFromZero ? 1 : 0,
    eigenvalues: put([3, 2, 1.5, 1, 0.5, 0.1, 0, 0]),
    denseWeights: put(Array.from({ length: USERS }, (_, u) => 0.5 + u / 50)),
    confidenceScale: 1.5,
    ownBias: 6,
    globalMean: 3,
    biasRegularization: 5,
  };
  writeHalfStep(arena, at, fields);
  exports.moveRows(at, arena.allocate(2 ** 20));
  return {
    rows: [...arena.f32(solved, USERS * STRIDE)],
    loss: [...arena.f64(losses, unitCount)].reduce((sum, loss) => sum + loss, 0),
  };
}

const alone: Plan = { units: [0, 30, ORDER.length], groupCount: 0, blockRows: 7 };

describe("groups of rows", () => {
  for (const feedback of ["explicit", "implicit"] as const) {
    for (const steps of [1, 2, 5]) {
      it(`move as rows by themselves do, up to rounding: ${feedback}, ${steps} steps`, () => {
        const expected = move(feedback, steps, alone);
        for (const blockRows of [1, 7, 64]) {
          const plan = { units: [0, 40, 41, 70, ORDER.length], groupCount: 3, blockRows };
          const grouped = move(feedback, steps, plan);
          grouped.rows.forEach((value, j) => assert.ok(Math.abs(value - expected.rows[j]) < 1e-4));
          assert.ok(Math.abs(grouped.loss / expected.loss - 1) < 1e-5);
        }
      });
    }
  }

  it("and rows by themselves start from 0 where they are told to, whatever they hold", () => {
    const grouped: Plan = { units: [0, 40, 41, ORDER.length], groupCount: 3, blockRows: 7 };
    for (const steps of [1, 2, 5]) {
      const expected = move("implicit", steps, alone, { scale: 0, isFromZero: false });
      for (const plan of [alone, grouped]) {
        const moved = move("implicit", steps, plan, { scale: 1, isFromZero: true });
        for (const u of ORDER) {
          for (let j = u * STRIDE; j < (u + 1) * STRIDE; j++) {
            assert.ok(Math.abs(moved.rows[j] - expected.rows[j]) < 1e-4);
          }
        }
        assert.ok(Math.abs(moved.loss / expected.loss - 1) < 1e-5);
      }
    }
  });

  it("were moved at all", () => {
    const still = move("implicit", 0, alone), moved = move("implicit", 1, alone);
    assert.ok(moved.loss < 0.9 * still.loss);
  });
});
