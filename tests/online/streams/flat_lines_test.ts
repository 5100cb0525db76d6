import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { Observation } from "../../../src/domain/observation.ts";
import { FlatLines } from "../../../src/online/streams/flat_lines.ts";
import type { ObservationFormat } from "../../../src/online/streams/observation_format.ts";

const FORMAT: ObservationFormat = { target: "y", time: "at", without: ["id"] };

function read(like: string, line: string, format = FORMAT): Observation | undefined {
  const bytes = new TextEncoder().encode(`??${line}\n{"more`);
  const lines = FlatLines.like(like, format)!, observation = lines.read(bytes, 2);
  if (observation !== undefined) assert.equal(bytes[lines.end], 10);
  return observation;
}

describe("FlatLines", () => {
  const like = '{"a":1,"b":2,"y":3,"at":4,"id":5}';

  it("reads a line that looks like the other, each field to its place", () => {
    assert.deepEqual(read(like, '{"a":-1.5,"b":0,"y":7.25,"at":1700000000000,"id":9}'), {
      features: { a: -1.5, b: 0 },
      target: 7.25,
      timeMs: 1_700_000_000_000,
    });
  });

  it("wants blanks and names where they were", () => {
    const spaced = '  { "ä\\"," : 1 , "y" : 2 }  \r';
    assert.deepEqual(read(spaced, '  { "ä\\"," : 0.25 , "y" : 12 }  \r', { target: "y" })?.features, {
      'ä",': 0.25,
    });
    assert.equal(read(spaced, '{ "ä\\"," : 0.25 , "y" : 12 }  \r', { target: "y" }), undefined);
  });

  const others = [
    '{"a":1,"b":2,"y":3,"at":4,"id":5',
    '{"a":1,"b":2,"y":3,"at":4,"id":5}}',
    '{"a":1,"b":2,"y":3,"at":4,"id":5} ',
    '{"a":1,"b":2,"y":3,"at":4}',
    '{"b":1,"a":2,"y":3,"at":4,"id":5}',
    '{"a":null,"b":2,"y":3,"at":4,"id":5}',
    '{"a":"1","b":2,"y":3,"at":4,"id":5}',
    '{"a":01,"b":2,"y":3,"at":4,"id":5}',
    '{"a":1e5,"b":2,"y":3,"at":4,"id":5}',
    "",
  ];
  for (const line of others) {
    it(`leaves '${line}' to the parser`, () => assert.equal(read(like, line), undefined));
  }

  const unusable: [string, ObservationFormat][] = [
    ['{"a":1}', { target: "y" }],
    ['{"a":1,"y":2}', { target: "y", time: "at" }],
    ['{"a":"x","y":2}', { target: "y" }],
    ['{"a":[1],"y":2}', { target: "y" }],
    ['{"a":1,"a":2,"y":2}', { target: "y" }],
    ['{"__proto__":1,"y":2}', { target: "y" }],
    ['{"features":{"a":1},"target":2}', { target: "target" }],
    ["a,y", { target: "y" }],
    ["{}", { target: "y" }],
    ['{"a":1,"y":2', { target: "y" }],
    ['{"a":1,"y":2},{"a":1,"y":2}', { target: "y" }],
  ];
  for (const [line, format] of unusable) {
    it(`is not made like '${line}'`, () => assert.equal(FlatLines.like(line, format), undefined));
  }
});
