import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { Random } from "../../src/synthesize/random.ts";
import { plantTastes } from "../../src/synthesize/tastes.ts";
import { favouriteTastes, plantTitles, tasteName } from "../../src/synthesize/titles.ts";

describe("plantTitles", () => {
  it("gives every item a title of its own", () => {
    for (const tasteCount of [1, 8, 30]) {
      const titles = plantTitles(plantTastes(1, 4000, tasteCount, Random.seeded(1)));
      assert.equal(new Set(titles).size, 4000);
    }
  });

  it("names the item's tastes", () => {
    const tastes = plantTastes(1, 50, 8, Random.seeded(2));
    plantTitles(tastes).forEach((title, item) => {
      const main = tasteName(tastes.mainTastes[item]), second = tasteName(tastes.secondTastes[item]);
      assert.ok(title.endsWith(main === second ? `(${main})` : `(${main}, ${second})`), title);
    });
  });

  it("names tastes differently, beyond the list too", () => {
    assert.equal(new Set(Array.from({ length: 64 }, (_, taste) => tasteName(taste))).size, 64);
  });
});

describe("favouriteTastes", () => {
  it("lists the greatest dimensions of a user, best first", () => {
    const tastes = {
      tasteCount: 3,
      userTastes: Float32Array.of(9, 9, 9, -1, 2, 0.5),
      itemTastes: new Float32Array(0),
      mainTastes: new Uint16Array(0),
      secondTastes: new Uint16Array(0),
    };
    assert.deepEqual(favouriteTastes(tastes, 1, 2), [tasteName(1), tasteName(2)]);
  });
});
