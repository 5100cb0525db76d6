/** `deno task bench:online [--peers]`: online models, events a second, alone or beside River. How to read it: README.md. */
import { Command } from "commander";
import { loadKernel } from "../../src/commands/kernel_builds.ts";
import { type BenchContext, type BenchSettings, withContext } from "./context.ts";
import { defaultDataFolder } from "./data_sets.ts";
import { type Figure, figuresTable, perSecond, shortNumber, shortSpread } from "./figures.ts";
import { describeMachine, loadBefore, machineLine } from "./machine.ts";
import { alternate, repeat, spreadOf } from "./measure.ts";
import { type StreamFile, writeRatings, writeTable } from "./online/data.ts";
import { makerOf, type OnlineWork, type RunResult, WORKS } from "./online/works.ts";
import type { PairRow } from "./pairs/pair.ts";
import { rowOf } from "./pairs/pair.ts";
import { pairsTable } from "./peers.ts";
import { preparePython, REQUIREMENTS } from "./peers/environment.ts";
import { PeerProcess } from "./peers/peer_process.ts";

/** A work whose data is there and whose own side can be run. */
interface Prepared {
  readonly work: OnlineWork;
  readonly file: StreamFile;
  readonly run: () => Promise<RunResult>;
}

async function prepareAll(
  context: BenchContext,
  { dataFolder, tiny }: BenchSettings,
  only: readonly string[],
): Promise<Prepared[]> {
  const files = {
    table: await writeTable(context.scratch, tiny),
    ratings: await writeRatings(context.scratch, dataFolder, tiny),
  };
  const { module } = await loadKernel("portable");
  const chosen = WORKS.filter(({ name }) => only.length === 0 || only.includes(name));
  return await Promise.all(chosen.map(async (work) => {
    const file = files[work.stream];
    return { work, file, run: await work.prepare(file, makerOf(work, module)) };
  }));
}

/** Events a second of ours alone. */
export function measureOurs(settings: BenchSettings, only: readonly string[] = []): Promise<Figure[]> {
  return withContext(settings, async (context) => {
    const figures: Figure[] = [];
    for (const { work, file, run } of await prepareAll(context, settings, only)) {
      let mae = NaN;
      const side = async () => {
        const result = await run();
        mae = result.mae;
        return result.seconds;
      };
      const seconds = await repeat(side, context.short);
      figures.push({
        work: work.work,
        data: file.source,
        unit: "per s",
        value: perSecond(spreadOf(seconds), file.count),
        note: `MAE ${shortNumber(mae)}`,
      });
    }
    return figures;
  });
}

/** Each work by us and by River in turns, on the same file. Throws where the errors of both are not what they must be. */
export async function measurePairs(
  settings: BenchSettings,
  only: readonly string[] = [],
): Promise<PairRow[]> {
  const python = await preparePython(["river"]);
  return await withContext(settings, async (context) => {
    const peer = PeerProcess.start(python, 1, 1, "river_worker.py");
    try {
      const rows: PairRow[] = [];
      const prepared = await prepareAll(context, settings, only);
      for (const path of new Set(prepared.map(({ file }) => file.path))) {
        await peer.request("load", { file: path });
      }
      for (const one of prepared) {
        console.error(`${one.work.name}: ${one.work.work} ...`);
        const row = await pairOf(one, peer, context);
        console.error(`  ${shortSpread(row.ratio)} times faster`);
        rows.push(row);
      }
      return rows;
    } finally {
      await peer.close();
    }
  });
}

async function pairOf({ work, file, run }: Prepared, peer: PeerProcess, context: BenchContext) {
  const maes = { ours: NaN, theirs: NaN };
  const samples = await alternate([
    async () => {
      const { seconds, mae } = await run();
      maes.ours = mae;
      return seconds;
    },
    async () => {
      const answer = await peer.request(work.path, { file: file.path, model: work.peerModel });
      maes.theirs = Number(answer.mae);
      return Number(answer.seconds);
    },
  ], context.long);
  const apart = Math.abs(maes.ours - maes.theirs) / maes.theirs;
  // With very little data random factors and thrown away candidates weigh more.
  if (!context.tiny && !(apart <= work.tolerance)) {
    throw new Error(`${work.name}: our mean absolute error is ${maes.ours}, River's is ${maes.theirs}`);
  }
  const eventsPerSecond = shortNumber(perSecond(spreadOf(samples[0]), file.count).median);
  return rowOf({
    work: work.work,
    data: file.source,
    peer: "River 0.26.1",
    goal: work.goal,
    note: `${eventsPerSecond} events/s, MAE ${shortNumber(maes.ours)}; River ${shortNumber(maes.theirs)}`,
  }, samples);
}

function command(): Command {
  const list = WORKS.map(({ name, work, goal }) => `  ${name.padEnd(16)} ${work} (goal ${goal}x)`).join("\n");
  return new Command("bench:online").description("online models: events a second, alone or beside River")
    .option("--peers", `beside ${REQUIREMENTS.river.join(" ")}, in turns`, false)
    .option("--only <name...>", "works by name")
    .option("--tiny", "very small input: does it work?", false)
    .option("--data <folder>", "where movielens-100k/ is; planted ratings without", defaultDataFolder())
    .option("--json <file>", "write the figures there too")
    .addHelpText("after", `\nWorks:\n${list}`);
}

async function main(): Promise<void> {
  const { peers, only = [], tiny, data, json } = command().parse(Deno.args, { from: "user" }).opts();
  const strange = only.filter((name: string) => !WORKS.some((work) => work.name === name));
  if (strange.length > 0) {
    throw new RangeError(
      `there is no work "${strange.join('", "')}"; there are ${WORKS.map(({ name }) => name)}`,
    );
  }
  const machine = describeMachine(), load = loadBefore(), at = new Date().toISOString();
  const settings: BenchSettings = { tiny, threads: 1, dataFolder: data };
  console.log(`${machineLine(machine)}; load before ${load}; ${at}`);
  const facts = { at, machine, loadBefore: load, tiny };
  if (peers) {
    const rows = await measurePairs(settings, only);
    console.log(pairsTable(rows));
    if (json !== undefined) await Deno.writeTextFile(json, JSON.stringify({ ...facts, rows }, null, 2));
  } else {
    const figures = await measureOurs(settings, only);
    console.log(figuresTable([{ name: "online", figures, hash: "" }]).split("\nSHA-256")[0]);
    if (json !== undefined) await Deno.writeTextFile(json, JSON.stringify({ ...facts, figures }, null, 2));
  }
}

if (import.meta.main) await main();
