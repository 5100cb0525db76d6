import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { MemoryItemCatalog } from "../../src/adapters/memory/item_catalog.ts";
import { ItemTexts } from "../../src/serve/item_texts.ts";

describe("ItemTexts", () => {
  const ids = ["1", 'quo"ted', "🍕", "\\", "unknown"];
  const titles = new Map([["1", 'Tom & "Jerry"'], ["🍕", "Pizza\n"]]);
  const texts = new ItemTexts(ids.slice(0, 4), titles);

  it("writes what JSON.stringify would", () => {
    const items = ids.map((itemId, i) => ({
      itemId,
      score: [1.5, -0.1, 4.123456954956055, 1e-7, 3][i],
      rank: i + 1,
    }));
    const expected = items.map(({ itemId, score, rank }) => {
      const title = titles.get(itemId);
      return title === undefined ? { itemId, score, rank } : { itemId, title, score, rank };
    });
    assert.equal(texts.listJson(items), JSON.stringify(expected));
    assert.equal(texts.listJson([]), "[]");
  });

  it("asks the catalogue for every title, in portions", async () => {
    const catalog = new MemoryItemCatalog();
    const many = Array.from({ length: 12_000 }, (_, i) => `item ${i}`);
    await catalog.put(many.map((itemId) => ({ itemId, title: itemId.toUpperCase() })));
    const all = await ItemTexts.of(many, catalog);
    assert.ok(many.every((itemId) => all.titleOf(itemId) === itemId.toUpperCase()));
  });
});
