import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { OutsideFailure } from "../../src/domain/failure.ts";
import type { GenerationContent } from "../../src/domain/generation.ts";
import { contentOf, SECTION_NAMES, sectionsOf } from "../../src/domain/generation_sections.ts";
import { plantedContent } from "../contracts/planted_content.ts";

/** With item weights, so that no section is empty. */
function weightedContent(): GenerationContent {
  const content = plantedContent("g000001");
  return { ...content, model: { ...content.model, itemWeights: Float32Array.of(0.5, 1, 1.25, 1.25) } };
}

function sectionMap(sections = sectionsOf(weightedContent())): Map<string, Uint8Array> {
  return new Map(sections.map(({ name, bytes }) => [name, bytes.slice()]));
}

describe("sectionsOf", () => {
  it("names every section once, in order", () => {
    assert.deepEqual(sectionsOf(plantedContent("g000001")).map(({ name }) => name), [...SECTION_NAMES]);
  });

  it("writes numbers little-endian", () => {
    const content = plantedContent("g000001");
    const factors = sectionMap(sectionsOf(content)).get("userFactors")!;
    const view = new DataView(factors.buffer);
    content.model.userFactors.forEach((factor, i) => assert.equal(view.getFloat32(4 * i, true), factor));
  });
});

describe("contentOf", () => {
  it("gives back what went in", () => {
    const content = plantedContent("g000042");
    assert.deepEqual(contentOf(sectionMap(sectionsOf(content))), content);
  });

  it("gives back item weights", () => {
    assert.deepEqual(contentOf(sectionMap()), weightedContent());
  });

  it("keeps numbers that JSON does not know", () => {
    const content = plantedContent("g000001");
    const odd = {
      ...content,
      generation: { ...content.generation, metrics: { rmse: NaN, worst: Infinity, zero: -0 } },
      model: { ...content.model, minRating: -Infinity },
    };
    const read = contentOf(sectionMap(sectionsOf(odd)));
    assert.deepEqual(read.generation.metrics, { rmse: NaN, worst: Infinity, zero: -0 });
    assert.equal(read.model.minRating, -Infinity);
  });

  it("reads sections that do not lie on a multiple of 4", () => {
    const content = plantedContent("g000001");
    const shifted = new Map<string, Uint8Array>();
    for (const [name, bytes] of sectionMap(sectionsOf(content))) {
      const room = new Uint8Array(bytes.length + 1);
      room.set(bytes, 1);
      shifted.set(name, room.subarray(1));
    }
    assert.deepEqual(contentOf(shifted), content);
  });

  for (const name of SECTION_NAMES) {
    it(`refuses a missing or shortened ${name}`, () => {
      const missing = sectionMap();
      missing.delete(name);
      assert.throws(() => contentOf(missing), new RegExp(name));
      const short = sectionMap();
      short.set(name, short.get(name)!.slice(0, -1));
      assert.throws(() => contentOf(short), OutsideFailure);
    });
  }

  it("refuses another format by its number", () => {
    const sections = sectionMap();
    sections.set("manifest", new TextEncoder().encode('{"format": 9}'));
    assert.throws(() => contentOf(sections), /format 9.*reads format 1/);
  });
});
