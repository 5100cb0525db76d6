import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { principalAxes } from "../../src/kernels/principal_axes.ts";
import { Random } from "../../src/synthesize/random.ts";
import { rowsOf } from "./planted_rows.ts";

const stride = 32, count = 500;

describe("principalAxes", () => {
  it("finds the directions that rows were made of", () => {
    const random = Random.seeded(1);
    // Columns 3, 4, ... 9 have lengths that fall by halves, all others next to nothing.
    const rows = rowsOf(count, stride, (_, j) => random.normal() * (j >= 3 && j < 10 ? 2 ** (3 - j) : 1e-6));
    const axes = principalAxes({ rows, count, stride });
    assert.equal(axes.count, 7);
    for (let c = 0; c < 7; c++) {
      const axis = axes.rows.subarray(c * stride, (c + 1) * stride);
      const inside = axis.subarray(3, 10).reduce((sum, x) => sum + x * x, 0);
      assert.ok(inside > 0.999999, `axis ${c} lies within the columns that hold something`);
    }
    const first = axes.rows.subarray(0, stride);
    assert.ok(Math.abs(first[3]) > 0.95, "the longest comes first");
  });

  it("says how far from orthonormal its rows are", () => {
    const random = Random.seeded(2);
    const rows = rowsOf(count, stride, (_, j) => random.normal() * 0.7 ** j);
    const { count: axisCount, rows: axes, error } = principalAxes({ rows, count, stride });
    assert.ok(axisCount > 0);
    let squares = 0;
    for (let a = 0; a < axisCount; a++) {
      for (let b = 0; b < axisCount; b++) {
        let dot = 0;
        for (let j = 0; j < stride; j++) dot += axes[a * stride + j] * axes[b * stride + j];
        squares += (dot - (a === b ? 1 : 0)) ** 2;
      }
    }
    assert.ok(Math.abs(error - Math.sqrt(squares)) < 1e-12 && error < 1e-5);
  });

  it("gives none where all directions are alike, rows are short, empty or have no length", () => {
    const random = Random.seeded(3), none = 0;
    assert.equal(
      principalAxes({ rows: rowsOf(count, stride, () => random.normal()), count, stride }).count,
      none,
    );
    assert.equal(
      principalAxes({ rows: rowsOf(count, 8, (_, j) => j === 0 ? 1 : 0), count, stride: 8 }).count,
      none,
    );
    assert.equal(principalAxes({ rows: new Float32Array(0), count: 0, stride }).count, none);
    assert.equal(principalAxes({ rows: new Float32Array(count * stride), count, stride }).count, none);
  });
});
