/** What src/ports/item_catalog.ts says, for every adapter. */
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { ItemCatalog } from "../../src/ports/item_catalog.ts";
import type { Opened } from "./generation_store.ts";

export function describeItemCatalog(
  name: string,
  open: () => Opened<ItemCatalog> | Promise<Opened<ItemCatalog>>,
): void {
  describe(`item catalog: ${name}`, () => {
    let opened: Opened<ItemCatalog>;
    let catalog: ItemCatalog;
    beforeEach(async () => {
      opened = await open();
      catalog = opened.port;
    });
    afterEach(() => opened.close());

    it("begins empty", async () => {
      assert.equal(await catalog.count(), 0);
      assert.deepEqual(await catalog.titles(["1"]), new Map());
    });

    it("gives the titles of those that are known", async () => {
      await catalog.put([{ itemId: "1", title: "Toy Story (1995)" }, { itemId: "2", title: "Jumanji" }]);
      await catalog.put([]);
      assert.deepEqual(
        await catalog.titles(["2", "3", "1", "2"]),
        new Map([["2", "Jumanji"], ["1", "Toy Story (1995)"]]),
      );
      assert.deepEqual(await catalog.titles([]), new Map());
      assert.equal(await catalog.count(), 2);
    });

    it("replaces a title, also within one call", async () => {
      await catalog.put([{ itemId: "1", title: "old" }]);
      await catalog.put([{ itemId: "1", title: "newer" }, { itemId: "1", title: "newest" }]);
      assert.deepEqual(await catalog.titles(["1"]), new Map([["1", "newest"]]));
      assert.equal(await catalog.count(), 1);
    });

    it("keeps every character", async () => {
      const items = ['Amélie, "quoted"', "七人の侍", "😀\0end", "", "\ufeffmarked"].map((text) => ({
        itemId: `id ${text}`,
        title: text,
      }));
      await catalog.put(items);
      const titles = await catalog.titles(items.map(({ itemId }) => itemId));
      assert.deepEqual(titles, new Map(items.map(({ itemId, title }) => [itemId, title])));
    });

    it("takes many at once", async () => {
      const items = Array.from({ length: 45_000 }, (_, i) => ({ itemId: `i${i}`, title: `title ${i}` }));
      await catalog.put(items);
      assert.equal(await catalog.count(), items.length);
      assert.equal((await catalog.titles(["i44999"])).get("i44999"), "title 44999");
    });
  });
}
