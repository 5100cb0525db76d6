/** `foz generations`: list, roll forward or back, recompute the hash. */
import { Command } from "commander";
import { systemClock } from "../adapters/deno/system_clock.ts";
import { BadInput } from "../domain/failure.ts";
import type { ActivePointer, Generation } from "../domain/generation.ts";
import { activateGeneration } from "../serve/activate_generation.ts";
import { openStore, type Store } from "./open_store.ts";
import { addSettings, readSettings } from "./settings.ts";
import { plainTable } from "./plain_table.ts";

const EXAMPLES = `
Examples:
  foz generations                     list them, the active one marked
  foz generations activate g000003    roll back (or forward) to it: one atomic swap
  foz generations verify g000003      recompute the hash of its factors and compare`;

/** The command with its three verbs; `list` is the default. */
export function generationsCommand(): Command {
  const command = new Command("generations").description("list, activate, verify generations").addHelpText(
    "after",
    EXAMPLES,
  );
  const list = new Command("list").description("list them, oldest first (the default)");
  const roll = new Command("activate").description("make a generation the active one").argument(
    "<generation>",
  );
  const verify = new Command("verify").description("recompute the hash of the factors").argument(
    "<generation>",
  );
  for (const sub of [list, roll, verify]) addSettings(sub, ["store", "json"]);
  command.addCommand(list, { isDefault: true }).addCommand(roll).addCommand(verify);
  list.action(() => withStore(list, listGenerations));
  roll.action((id: string) => withStore(roll, (store, json) => activate(store, id, json)));
  verify.action((id: string) => withStore(verify, (store, json) => verifyGeneration(store, id, json)));
  return command;
}

async function withStore(
  command: Command,
  run: (store: Store, json: boolean) => Promise<void>,
): Promise<void> {
  const settings = readSettings(command, ["store", "json"]);
  const store = await openStore(settings.store);
  try {
    await run(store, settings.json);
  } finally {
    await store.close();
  }
}

async function listGenerations(store: Store, json: boolean): Promise<void> {
  const [generations, active] = await Promise.all([store.generations.list(), store.generations.active()]);
  if (json) console.log(JSON.stringify(listDocument(generations, active)));
  else if (generations.length === 0) {
    console.log("There is no generation yet. `foz train` makes one from the log.");
  } else console.log(listTable(generations, active));
}

/** The answer of `generations --json` and of nothing else. */
function listDocument(generations: readonly Generation[], active?: ActivePointer): Record<string, unknown> {
  return {
    active: active?.generation ?? null,
    generations: generations.map(({ generation, createdAtMs, offset, metrics, sha256, verifiable }) => ({
      generation,
      at: new Date(createdAtMs).toISOString(),
      offset,
      metrics,
      sha256,
      ...(verifiable === false ? { verifiable } : {}),
    })),
  };
}

function listTable(generations: readonly Generation[], active?: ActivePointer): string {
  const table = plainTable(["", "generation", "made", "offset", "factors", "metrics", "sha256"]);
  for (const one of generations) {
    const metrics = Object.entries(one.metrics).slice(0, 3).map(([name, value]) =>
      `${name} ${value.toFixed(4)}`
    );
    table.push([
      one.generation === active?.generation ? "active" : "",
      one.generation,
      new Date(one.createdAtMs).toISOString().slice(0, 19) + "Z",
      one.offset,
      one.parameters.factorCount,
      metrics.join(", "),
      one.sha256.slice(0, 12),
    ]);
  }
  return table.toString();
}

async function activate(store: Store, id: string, json: boolean): Promise<void> {
  const before = (await store.generations.active())?.generation;
  if (await activateGeneration(store, id, systemClock.nowMs()) === undefined) {
    const known = (await store.generations.list()).map((one) => one.generation).join(", ");
    throw new BadInput(`activating "${id}": there is no such generation; there are ${known || "none yet"}`);
  }
  if (json) console.log(JSON.stringify({ active: id, before: before ?? null }));
  else {console.log(
      before === id ? `${id} is active already` : `${id} is active; before: ${before ?? "none"}`,
    );}
}

/** `load` recomputes the hash and throws when it differs. */
async function verifyGeneration(store: Store, id: string, json: boolean): Promise<void> {
  const { generation } = await store.generations.load(id);
  if (generation.verifiable === false) return sayUnverifiable(generation, json);
  if (json) console.log(JSON.stringify({ generation: id, sha256: generation.sha256, verified: true }));
  else console.log(`${id}: the factors have the SHA-256 they were published with, ${generation.sha256}`);
}

/** Nothing is wrong with it: it is what it has to be. */
function sayUnverifiable({ generation, sha256 }: Generation, json: boolean): void {
  if (json) console.log(JSON.stringify({ generation, sha256, verified: false, verifiable: false }));
  else {
    console.log(
      `${generation} cannot be verified: a user was erased from it, so its factors are not those whose SHA-256 was ` +
        `${sha256} any more; the next training makes a generation that can`,
    );
  }
}
