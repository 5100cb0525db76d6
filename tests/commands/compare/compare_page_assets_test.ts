import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { PAGE_SCRIPT, PAGE_STYLE } from "../../../src/commands/compare/compare_page_assets.ts";

interface Made {
  readonly options: {
    readonly width: number;
    readonly series: readonly { readonly label: string; value(u: unknown, v: number | null): string }[];
    readonly axes: readonly { readonly stroke: string }[];
    readonly hooks: { readonly init: ((plot: object) => void)[]; readonly draw: ((plot: object) => void)[] };
  };
  readonly data: readonly unknown[];
}

/** Runs the script with just enough of a browser around it; gives what was drawn, and who listens. */
function run(isDark: boolean) {
  const made: Made[] = [], listeners = new Map<string, () => void>();
  class Plot {
    constructor(options: Made["options"], data: Made["data"]) {
      made.push({ options, data });
    }
    destroy() {}
  }
  const data = {
    metric: "mae",
    labels: ["a", "b"],
    ends: [10, 20],
    values: [[1, null], [2, 3]],
    changes: [{ event: 15, concept: "storm" }],
  };
  const host = { clientWidth: 900 },
    elements: Record<string, unknown> = { data: { textContent: JSON.stringify(data) }, chart: host };
  const names = ["document", "matchMedia", "uPlot", "addEventListener", "devicePixelRatio"];
  new Function(...names, PAGE_SCRIPT)(
    { getElementById: (id: string) => elements[id] },
    () => ({
      matches: isDark,
      addEventListener: (_: string, listener: () => void) => listeners.set("scheme", listener),
    }),
    Plot,
    (name: string, listener: () => void) => listeners.set(name, listener),
    1,
  );
  return { made, listeners };
}

describe("PAGE_SCRIPT", () => {
  it("draws a curve for each model, and a line where the concept changes", () => {
    const { made: [{ options, data }] } = run(false);
    assert.deepEqual(data, [[10, 20], [1, null], [2, 3]]);
    assert.deepEqual(options.series.map(({ label }) => label), ["event", "a", "b"]);
    assert.equal(options.series[1].value(null, null), "-");
    const calls: unknown[] = [];
    const ctx = new Proxy({}, {
      get: (_, name) => (...args: unknown[]) => calls.push([name, ...args]),
      set: () => true,
    });
    const plot = { ctx, bbox: { left: 0, top: 0, width: 100, height: 50 }, valToPos: () => 40 };
    options.hooks.init[0](plot);
    options.hooks.draw[0](plot);
    assert.ok(JSON.stringify(calls).includes('["moveTo",40,0],["lineTo",40,50],["stroke"]'));
    assert.ok(JSON.stringify(calls).includes('"storm"'));
  });

  it("draws anew in the dark, in another width, and in ink for print", () => {
    const { made, listeners } = run(true);
    const [dark] = made, light = run(false).made[0];
    assert.notEqual(dark.options.axes[0].stroke, light.options.axes[0].stroke);
    for (const name of ["resize", "scheme", "beforeprint", "afterprint"]) listeners.get(name)!();
    assert.equal(made.length, 5);
    assert.equal(made[3].options.axes[0].stroke, light.options.axes[0].stroke);
    assert.equal(made[4].options.axes[0].stroke, dark.options.axes[0].stroke);
  });
});

describe("PAGE_STYLE", () => {
  it("has both schemes, and paper", () => {
    assert.match(PAGE_STYLE, /color-scheme: light dark/);
    assert.match(PAGE_STYLE, /@media print/);
  });
});
