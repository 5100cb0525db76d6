/** `deno task bench:peers`: the same work by us and by others, in turns. How to read it: README.md. */
import { Command } from "commander";
import { openCompute } from "../../src/commands/open_compute.ts";
import { plainTable } from "../../src/commands/plain_table.ts";
import { type BenchSettings, withContext } from "./context.ts";
import { defaultDataFolder } from "./data_sets.ts";
import { shortNumber, shortSpread } from "./figures.ts";
import { describeMachine, loadBefore, machineLine } from "./machine.ts";
import { coldMovieLens, coldSpark, coldTenMillion } from "./pairs/cold.ts";
import { epochsMovieLens, epochsTenMillion } from "./pairs/epochs.ts";
import type { Pair, PairContext, PairRow } from "./pairs/pair.ts";
import { qualityGowalla, qualityMovieLens } from "./pairs/quality.ts";
import { topNPair } from "./pairs/top_n.ts";
import { preparePython, REQUIREMENTS, type RequirementSet } from "./peers/environment.ts";
import { PeerProcess } from "./peers/peer_process.ts";

export const PAIRS: readonly Pair[] = [
  epochsMovieLens,
  epochsTenMillion,
  qualityMovieLens,
  qualityGowalla,
  topNPair,
  coldMovieLens,
  coldTenMillion,
  coldSpark,
];

export interface PeerSettings extends BenchSettings {
  /** Names, or what names begin with; all if empty. */
  readonly only: readonly string[];
  readonly spark: boolean;
  readonly faiss: boolean;
}

/** Runs the chosen pairs one after the other and gives their rows; `tell` hears all rows so far after each. */
export async function runPairs(
  settings: PeerSettings,
  tell: (rows: readonly PairRow[]) => void = () => {},
): Promise<PairRow[]> {
  const pairs = chosenPairs(settings);
  const extra: RequirementSet[] = [
    ...settings.spark ? ["spark" as const] : [],
    ...settings.faiss ? ["faiss" as const] : [],
  ];
  const python = await preparePython(["base", ...extra]);
  return await withContext(settings, async (context) => {
    const peer = PeerProcess.start(python, settings.threads);
    const compute = await openCompute(settings.threads);
    try {
      const rows: PairRow[] = [];
      for (const pair of pairs) {
        console.error(`${pair.name}: ${pair.help} ...`);
        const paired: PairContext = { ...context, compute, peer, python, withFaiss: settings.faiss };
        for await (const row of pair.run(paired)) {
          console.error(`  ${row.work}, ${row.peer}: ${shortSpread(row.ratio)} times faster`);
          rows.push(row);
          tell(rows);
        }
      }
      return rows;
    } finally {
      await compute.close();
      await peer.close();
    }
  });
}

function chosenPairs({ only, spark }: PeerSettings): Pair[] {
  const strange = only.filter((name) => !PAIRS.some((pair) => pair.name.startsWith(name)));
  if (strange.length > 0) {
    const known = PAIRS.map(({ name }) => name).join(", ");
    throw new RangeError(`there is no pair "${strange.join('", "')}"; there are ${known}`);
  }
  const named = PAIRS.filter(({ name }) => only.length === 0 || only.some((start) => name.startsWith(start)));
  return named.filter(({ needs }) => needs !== "spark" || spark);
}

/** Seconds in the unit that reads best. */
function shortTime(row: PairRow["ours"]): string {
  const isShort = row.median < 1;
  const factor = isShort ? 1000 : 1;
  const { median, min, max, count } = row;
  const text = shortSpread({ median: median * factor, min: min * factor, max: max * factor, count });
  return `${text} ${isShort ? "ms" : "s"}`;
}

export function pairsTable(rows: readonly PairRow[]): string {
  const table = plainTable([
    "work",
    "data",
    "peer",
    "peer's time (min .. max)",
    "ours",
    "times faster",
    "goal",
  ]);
  for (const { work, data, peer, theirs, ours, ratio, goal } of rows) {
    const goalText = goal === undefined ? "" : `${goal} ${ratio.median >= goal ? "reached" : "MISSED"}`;
    table.push([work, data, peer, shortTime(theirs), shortTime(ours), shortSpread(ratio), goalText]);
  }
  const notes = rows.filter(({ note }) => note !== undefined).map((row) =>
    `- ${row.work}, ${row.peer}: ${row.note}`
  );
  return `${table.toString()}\n${notes.join("\n")}`;
}

function command(): Command {
  const list = PAIRS.map(({ name, help }) => `  ${name.padEnd(16)} ${help}`).join("\n");
  return new Command("bench:peers").description("the same work by this program and by others, in turns")
    .option("--only <name...>", "pairs by name, or by how names begin")
    .option("--spark", `also ${REQUIREMENTS.spark.join(" ")} (needs Java 17)`, false)
    .option("--faiss", `also ${REQUIREMENTS.faiss.join(" ")}`, false)
    .option("--tiny", "very small input: does it work?", false)
    .option("--threads <n>", "threads of each side", Number, 2)
    .option("--data <folder>", "where movielens-1m/ is", defaultDataFolder())
    .option("--json <file>", "write the rows there too")
    .addHelpText("after", `\nPairs:\n${list}`);
}

async function main(): Promise<void> {
  const { json, data, only = [], ...options } = command().parse(Deno.args, { from: "user" }).opts();
  const machine = describeMachine(), load = loadBefore(), at = new Date().toISOString();
  const { threads } = options;
  console.log(`${machineLine(machine)}; load before ${shortNumber(load)}; ${threads} threads each; ${at}`);
  const facts = { at, machine, loadBefore: load, ...options, requirements: REQUIREMENTS };
  // After every row: a run takes many minutes, and what is measured should survive its end.
  const tell = (rows: readonly PairRow[]) => {
    if (json !== undefined) Deno.writeTextFileSync(json, JSON.stringify({ ...facts, rows }, null, 2));
  };
  console.log(pairsTable(await runPairs({ ...options, only, dataFolder: data } as PeerSettings, tell)));
}

if (import.meta.main) await main();
