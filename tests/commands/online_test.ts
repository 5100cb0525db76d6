import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { runOnline } from "../../src/commands/online.ts";
import type { OnlineFlags } from "../../src/commands/online/online_flags.ts";
import { BadInput, OutsideFailure } from "../../src/domain/failure.ts";
import { sparseStream } from "../online/random_stream.ts";

let folder = "";
beforeAll(async () => {
  folder = await Deno.makeTempDir();
});
afterAll(() => Deno.remove(folder, { recursive: true }));

async function write(name: string, content: string): Promise<string> {
  await Deno.writeTextFile(`${folder}/${name}`, content);
  return `${folder}/${name}`;
}

/** 600 observations; after 300 the function turns round. */
function ndjson(): string {
  return sparseStream(600, 8).map(({ features, target }, k) =>
    JSON.stringify({ ...features, y: k < 300 ? target : 20 - (target as number) })
  ).join("\n");
}

async function run(flags: Partial<OnlineFlags>, signal = new AbortController().signal) {
  const printed: string[] = [], warned: string[] = [];
  await runOnline({ target: "y", checkpointEvery: "100", ...flags }, {
    seed: 1,
    json: true,
    signal,
    print: (line) => void printed.push(line),
    warn: (line) => void warned.push(line),
  });
  return { document: JSON.parse(printed.at(-1)!), printed, warned };
}

describe("foz online", () => {
  it("prints the document of the interface", async () => {
    const stream = await write("stream.ndjson", ndjson());
    const { document, warned } = await run({
      model: "scale | linear",
      stream,
      detector: "adwin; page-hinkley",
    });
    assert.deepEqual(Object.keys(document), [
      "model",
      "events",
      "metrics",
      "drifts",
      "eventsPerSecond",
      "refused",
      "stateBytes",
    ]);
    assert.equal(document.events, 600);
    assert.deepEqual(Object.keys(document.metrics), ["mae", "rmse", "r2"]);
    assert.ok(document.drifts.length > 0 && warned[0].startsWith("drift at "));
  });

  it("goes on from its checkpoint as if it had never stopped: the same bytes", async () => {
    const stream = await write("stream.ndjson", ndjson());
    for (const delay of [undefined, "15"]) {
      const model = "scale | linear(optimizer=adam)",
        [whole, parts] = [`${folder}/w${delay}`, `${folder}/p${delay}`];
      await run({ model, stream, delay, detector: "adwin", checkpoint: whole });
      for (const limit of ["7", "333", undefined]) {
        await run({ model, stream, delay, detector: "adwin", checkpoint: parts, limit });
      }
      assert.deepEqual(await Deno.readFile(parts), await Deno.readFile(whole));
    }
  });

  it("takes in what a file has grown by", async () => {
    const lines = ndjson().split("\n"), checkpoint = `${folder}/grown.state`;
    const stream = await write("grown.ndjson", lines.slice(0, 200).join("\n") + "\n");
    await run({ model: "scale | pa", stream, checkpoint });
    await write("grown.ndjson", lines.join("\n"));
    const { document } = await run({ model: "scale | pa", stream, checkpoint });
    assert.equal(document.events, 600);
    const { document: whole } = await run({ model: "scale | pa", stream });
    assert.deepEqual(document.metrics, whole.metrics);
  });

  it("refuses the checkpoint of another run", async () => {
    const stream = await write("stream.ndjson", ndjson()), checkpoint = `${folder}/other.state`;
    await run({ model: "mean", stream, checkpoint });
    await assert.rejects(run({ model: "last", stream, checkpoint }), BadInput);
    await assert.rejects(run({ model: "mean", stream, checkpoint, delay: "5" }), BadInput);
  });

  it("reads CSV by names that are given, and counts lines that cannot be learnt", async () => {
    const stream = await write("ratings.tsv", "1\t10\t4\t9\n1\t11\t5\t9\nbad\n2\t10\tx\t9\n2\t11\t3\t9\n");
    const { document, warned } = await run({
      model: "baseline | clip(min=1, max=5)",
      stream,
      names: "user,item,y,time",
      texts: "user,item",
      time: "time",
    });
    assert.equal(document.events, 3);
    assert.equal(document.refused, 2);
    assert.match(warned[0], /^line 3: reading a record of 1 fields/);
    assert.match(warned[1], /^line 4: learning the target "x"/);
  });

  it("prints lines while it runs, and measures what it is told to", async () => {
    const stream = await write("labels.csv", "a,y\n" + "1,up\n-1,down\n".repeat(500));
    const { printed } = await run({
      model: "logistic",
      stream,
      metric: "accuracy,logLoss,rocAuc",
      rolling: "100",
      every: "500",
    });
    const [first, last] = [printed[0], printed.at(-1)!].map((line) => JSON.parse(line));
    assert.ok(first.event >= 500 && first.metrics.accuracy === 1);
    assert.deepEqual(Object.keys(last.metrics), ["accuracy", "logLoss", "rocAuc"]);
    assert.equal(last.metrics.rocAuc, 1);
  });

  it("ends cleanly when it is stopped", async () => {
    const stream = await write("stream.ndjson", ndjson()), stopped = new AbortController();
    stopped.abort();
    const { document } = await run(
      { model: "mean", stream, checkpoint: `${folder}/stopped.state` },
      stopped.signal,
    );
    assert.ok(document.events <= 600);
  });

  it("says what is wrong with its flags", async () => {
    const stream = await write("one.csv", "a,y\n1,2\n");
    const wrong: [Partial<OnlineFlags>, RegExp][] = [
      [{ model: "mean" }, /needs --model and --stream/],
      [{ model: "mean", stream, metric: "accuracy" }, /"accuracy" of a regression/],
      [{ model: "mean", stream, delay: "soon" }, /--delay was given "soon"/],
      [{ model: "mean", stream, limit: "0" }, /--limit was given "0"/],
      [{ model: "mean", stream, rolling: "5", fading: "0.9" }, /both given/],
      [{ model: "mean", stream, fading: "2" }, /keeps 2 of the past/],
      [{ model: "mean", stream, format: "xml" }, /csv or ndjson/],
      [{ model: "mean", stream, detector: "magic" }, /drift detector 'magic'/],
      [{ model: "mean", stream: `${folder}/none.csv` }, /no such file/],
    ];
    for (const [flags, message] of wrong) await assert.rejects(run(flags), message);
    await assert.rejects(run({ model: "mean", stream, target: "z" }), /target "z" in the header/);
    const labels = await write("labels_only.csv", "a,y\n1,up\n");
    await assert.rejects(run({ model: "mean", stream: labels }), OutsideFailure);
  });
});
