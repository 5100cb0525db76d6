import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { eventLines, formatOfFile, titleLines } from "../../../src/commands/generate/generate_lines.ts";
import type { Feedback } from "../../../src/domain/factor_model.ts";
import { readEvents } from "../../../src/ingest/read_events.ts";
import { readItems } from "../../../src/ingest/read_items.ts";
import { plantWorld } from "../../../src/synthesize/planted_world.ts";
import { plantTitles } from "../../../src/synthesize/titles.ts";

const worldOf = (feedback: Feedback) =>
  plantWorld({ feedback, userCount: 80, itemCount: 60, eventCount: 900, startMs: 1_700_000_000_000 });

/** What the importer makes of the text. */
async function readBack(text: string): Promise<string[]> {
  const rows: string[] = [];
  const chunks = (async function* () {
    yield new TextEncoder().encode(text);
  })();
  for await (
    const batch of readEvents({
      chunks,
      sourceName: "s",
      onReject: () => assert.fail("a row was refused"),
    })
  ) {
    assert.equal(batch.kind, "columns");
    if (batch.kind !== "columns") continue;
    const { columns } = batch;
    for (let row = 0; row < columns.count; row++) {
      rows.push(
        [
          columns.userIds[columns.users[row]],
          columns.itemIds[columns.items[row]],
          columns.values[row],
          columns.timesMs[row],
        ].join(),
      );
    }
  }
  return rows;
}

describe("eventLines", () => {
  for (const format of ["csv", "ndjson"] as const) {
    for (const feedback of ["explicit", "implicit"] as const) {
      it(`${format}, ${feedback}: is read back by the importer as the same events`, async () => {
        const world = worldOf(feedback), { events } = world;
        const expected = Array.from(
          events.users,
          (user, row) => `u${user},i${events.items[row]},${events.values[row]},${events.timesMs[row]}`,
        );
        assert.deepEqual(await readBack([...eventLines(world, format)].join("")), expected);
      });
    }
  }

  it("comes in pieces, so that a large world is not one string", () => {
    const world = plantWorld({ userCount: 200, itemCount: 300, eventCount: 9000 });
    const pieces = [...eventLines(world, "csv")];
    assert.ok(pieces.length >= 3);
    assert.equal(pieces.join("").split("\n").length, 9000 + 2);
  });
});

describe("titleLines", () => {
  it("is read back as the same titles", () => {
    const world = worldOf("explicit");
    const { items } = readItems(new TextEncoder().encode([...titleLines(world)].join("")));
    assert.deepEqual(
      items,
      plantTitles(world.truth).map((title, item) => ({ itemId: `i${item}`, title })),
    );
  });
});

describe("formatOfFile", () => {
  it("goes by what was given, then by the name", () => {
    assert.equal(formatOfFile("x.csv", "ndjson"), "ndjson");
    assert.equal(formatOfFile("x.ndjson", undefined), "ndjson");
    assert.equal(formatOfFile("x.JSONL", undefined), "ndjson");
    assert.equal(formatOfFile("-", undefined), "csv");
    assert.throws(() => formatOfFile("x", "xml"), /--format was given "xml"; accepted is one of csv, ndjson/);
  });
});
