import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { comparePage } from "../../../src/commands/compare/compare_page.ts";
import type { ComparisonResult } from "../../../src/online/compare_run.ts";
import { summarize } from "../../../src/online/compare_summary.ts";
import { comparedResults } from "../compared_results.ts";

const shown = { stream: 'friedman-drift(x="<b>")', metrics: ["mae", "rmse"], seed: 1 } as const;

function pageOf(results: ComparisonResult[]): string {
  return comparePage(summarize(results, "mae"), shown);
}

function dataOf(page: string) {
  return JSON.parse(/<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)![1]);
}

describe("comparePage", () => {
  it("holds the curves, the changes, and their numbers as tables", () => {
    const page = pageOf(comparedResults(1)), data = dataOf(page);
    assert.deepEqual(data.labels, ["good", "./own.ts"]);
    assert.deepEqual(data.ends, Array.from({ length: 12 }, (_, k) => 100 * (k + 1)));
    assert.deepEqual(data.values[0].slice(3, 6), [1, 9, 1]);
    assert.deepEqual(data.changes, [{ event: 400, concept: "b" }, { event: 800, concept: "c" }]);
    for (
      const cell of [
        '<th scope="row">good</th>',
        '<td class="number">30, 40</td>',
        '<th scope="row">1,200</th>',
      ]
    ) {
      assert.ok(page.includes(cell), cell);
    }
    assert.match(page, /role="img" aria-label="mae on/);
    assert.match(page, /<html lang="en">/);
  });

  it("needs nothing from elsewhere, and lets no name become markup", () => {
    const results = comparedResults(1), [{ contestants: [good, own] }] = results;
    const page = pageOf([{
      ...results[0],
      contestants: [{ ...good, label: "</script><script>alert(1)" }, own],
    }]);
    assert.ok(!/<(?:script|link|img)[^>]+(?:src|href)=(?!"data:)/.test(page));
    assert.ok(!/@import|url\(/.test(page));
    assert.ok(!page.includes("<script>alert(1)"));
    assert.equal(dataOf(page).labels[0], "</script><script>alert(1)");
    assert.ok(!page.includes("<b>") && page.includes("&lt;b&gt;"));
  });

  it("writes null where a block had no value, and thins long curves and tables", () => {
    const results = comparedResults(1), [{ contestants: [good, own] }] = results;
    const ends = Array.from({ length: 9000 }, (_, k) => k + 1),
      values = ends.map((_, k) => k === 0 ? NaN : 1);
    const long = { ...good, curve: { ends, values } };
    const page = pageOf([{ ...results[0], contestants: [long, { ...own, curve: { ends, values } }] }]),
      data = dataOf(page);
    assert.ok(data.ends.length <= 2000 && data.ends.length === data.values[0].length);
    assert.equal(data.values[0][0], null);
    const rows = page.split("<tr>").length;
    assert.ok(rows < 60, `${rows} rows`);
  });
});
