/** The protocol of Vinagre et al. (2014) on MovieLens 100K, through what the learner runs (MATHS.md 2). */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { existsSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { readFileSync } from "node:fs";
import type { LoggedEventColumns } from "../../src/domain/event.ts";
import { Progress } from "../../src/stream/progress.ts";
import { learnerOf, logOf, parametersOf, part, type Stream, trainOn } from "./planted_stream.ts";

const FILE = new URL("../../../shared/data/movielens-100k/u.data.gz", import.meta.url);
const skip = existsSync(FILE) ? false : "../shared/data/movielens-100k is not here";

/** Chosen by the same protocol on the training part alone: trained on its first half, run over its second. */
const PARAMETERS = { unobservedWeight: 0.2, regularization: 0.05, popularityExponent: 0 };
const FACTORS = 16, EPOCHS = 10;

/** Ratings of 5 in order of time. */
function readFives(): LoggedEventColumns {
  const lines = gunzipSync(readFileSync(FILE)).toString().split("\n").filter((line) => line !== "");
  const rows = lines.map((line) => line.split("\t").map(Number)).filter(([, , rating]) => rating === 5);
  rows.sort((a, b) => a[3] - b[3]);
  return logOf({
    users: rows.map(([user]) => user),
    items: rows.map(([, item]) => item),
    values: rows.map(() => 1),
    timesMs: rows.map(([, , , seconds]) => 1000 * seconds),
  });
}

function run(stream: Stream, from: number) {
  const progress = new Progress({ every: 1, windowCount: 1000 });
  learnerOf(stream).apply(part(stream.log, from, stream.log.count), progress);
  return progress.total;
}

describe("MovieLens 100K, event after event", () => {
  it("finds the next item among ten of 100 times in 15, what is popular in 11", { skip }, async () => {
    const log = readFives(), trained = Math.floor(log.count / 5);
    assert.equal(log.count, 21_201);
    const stream = await trainOn(log, trained, parametersOf("implicit", FACTORS, PARAMETERS), EPOCHS);
    const { recallAt10, popularRecallAt10 } = run(stream, trained);
    assert.ok(recallAt10! >= 0.15, `recall@10 ${recallAt10}`);
    assert.ok(Math.abs(popularRecallAt10! - 0.1085) < 5e-4, `of what is popular ${popularRecallAt10}`);
  });
});
