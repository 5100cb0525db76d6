/** `foz recommend USER`: the list of a user, from the active generation. */
import { Command } from "commander";
import { BadInput } from "../domain/failure.ts";
import type { RecommendationList } from "../domain/recommendation.ts";
import { Recommender } from "../recommend/recommender.ts";
import { loadKernel } from "./kernel_builds.ts";
import { openStore, type Store } from "./open_store.ts";
import { addSettings, readSettings } from "./settings.ts";
import { plainTable } from "./plain_table.ts";

const EXAMPLES = `
Examples:
  foz recommend 42
  foz recommend "anna müller" --limit 20 --json`;

/** The command. */
export function recommendCommand(): Command {
  const command = new Command("recommend").description("the list of a user, with titles where they are known")
    .argument("<user>", "the user's id").option("--limit <n>", "how many", "10").addHelpText(
      "after",
      EXAMPLES,
    );
  addSettings(command, ["store", "json"]);
  return command.action(async (userId: string, { limit }: { limit: string }) => {
    const settings = readSettings(command, ["store", "json"]);
    const n = Number(limit);
    if (!Number.isInteger(n) || n < 1 || n > 1000) {
      throw new BadInput(`--limit was given "${limit}"; accepted is a whole number from 1 to 1000`);
    }
    const store = await openStore(settings.store);
    try {
      const list = await listOf(store, userId, n);
      const titles = await store.catalog.titles(list.items.map((item) => item.itemId));
      if (settings.json) console.log(JSON.stringify(withTitles(list, titles)));
      else console.log(tableOf(list, titles));
    } finally {
      await store.close();
    }
  });
}

/** The list over what the generation knows and what the log has seen since. */
async function listOf(store: Store, userId: string, n: number): Promise<RecommendationList> {
  const active = await store.generations.active();
  if (active === undefined) {
    throw new BadInput(`recommending for "${userId}": no generation is active yet; \`foz train\` makes one`);
  }
  const content = await store.generations.load(active.generation);
  const { module } = await loadKernel("portable");
  const recommender = new Recommender(module, content);
  const events = await store.eventLog.eventsOfUser(userId, { limit: 100_000 });
  for (const event of events) recommender.addSeen(userId, event.itemId);
  return recommender.recommend(userId, { n });
}

function withTitles(list: RecommendationList, titles: ReadonlyMap<string, string>): Record<string, unknown> {
  const items = list.items.map((item) => {
    const title = titles.get(item.itemId);
    return title === undefined ? item : { ...item, title };
  });
  return { ...list, items };
}

function tableOf(list: RecommendationList, titles: ReadonlyMap<string, string>): string {
  const table = plainTable(["rank", "item", "score", "title"]);
  for (const { rank, itemId, score } of list.items) {
    table.push([rank, itemId, score.toFixed(4), titles.get(itemId) ?? ""]);
  }
  const origin =
    `basis: ${list.basis}; generation ${list.generation}, events up to offset ${list.appliedOffset}`;
  return `${table.toString()}\n${origin}`;
}
