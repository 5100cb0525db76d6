/** The planted world of the demo: its files, its truth, and the events that come while it is up. */
import { systemClock } from "../../adapters/deno/system_clock.ts";
import type { Interaction } from "../../domain/event.ts";
import type { GenerationContent } from "../../domain/generation.ts";
import { type Recovery, recoveryOf, scoreByModel } from "../../evaluate/recovery.ts";
import { interactionsOf } from "../../synthesize/event_batches.ts";
import { indexOfId, itemIdOf, type PlantedWorld, plantWorld } from "../../synthesize/planted_world.ts";
import { Random } from "../../synthesize/random.ts";
import { truePreference } from "../../synthesize/tastes.ts";
import { plantTitles } from "../../synthesize/titles.ts";

export interface DemoWorld {
  readonly planted: PlantedWorld;
  readonly ratingsFile: string;
  readonly itemsFile: string;
  /** Events that are not in the file: they happen after it was written. */
  readonly later: readonly Interaction[];
}

/** Share of the events that is imported; the rest streams in while the demo is up. */
const IMPORTED_SHARE = 0.98;

/** Events a second that stream in. */
const EVENTS_PER_SECOND = 5;

/** Plants a world of 3,000 users and 2,000 items and writes what an import finds. */
export async function plantDemoWorld(folder: string, seed: number): Promise<DemoWorld> {
  const planted = plantWorld({ seed });
  const events = [...interactionsOf(planted)];
  const imported = Math.floor(events.length * IMPORTED_SHARE);
  const ratingsFile = `${folder}/ratings.csv`, itemsFile = `${folder}/items.csv`;
  const rows = events.slice(0, imported).map(({ userId, itemId, value, timeMs }) =>
    `${userId},${itemId},${value},${timeMs / 1000}\n`
  );
  await Deno.writeTextFile(ratingsFile, `userId,itemId,rating,timestamp\n${rows.join("")}`);
  const titles = plantTitles(planted.truth).map((title, item) => `${itemIdOf(item)},"${title}"\n`);
  await Deno.writeTextFile(itemsFile, `itemId,title\n${titles.join("")}`);
  const { userCount, itemCount, tasteCount } = planted.options;
  console.log(`   ${userCount} users, ${itemCount} items, ${tasteCount} tastes, ${events.length} ratings`);
  return { planted, ratingsFile, itemsFile, later: events.slice(imported) };
}

/** How well the fit found the planted tastes, over items that the users have not rated. */
export function recoveryInDemo({ planted }: DemoWorld, content: GenerationContent): Recovery {
  const { truth, events, options } = planted;
  const rowsOf = (ids: readonly string[], count: number) => {
    const rows = new Int32Array(count).fill(-1);
    ids.forEach((id, row) => rows[indexOfId(id)] = row);
    return rows;
  };
  const score = scoreByModel(
    content.model,
    rowsOf(content.userIds, truth.userCount),
    rowsOf(content.itemIds, truth.itemCount),
  );
  const preferences = {
    userCount: truth.userCount,
    itemCount: truth.itemCount,
    preference: (user: number, item: number) => truePreference(truth, user, item),
  };
  const random = Random.seeded(options.seed, 99);
  return recoveryOf(preferences, score, { seen: events, below: (count) => random.below(count) });
}

/** Posts the later events, some a second, until `signal` aborts or they have all happened. */
export async function streamEvents(url: string, { later }: DemoWorld, signal: AbortSignal): Promise<void> {
  for (const event of later) {
    if (signal.aborted) return;
    const response = await fetch(`${url}/v1/events`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...event, timeMs: undefined, time: event.timeMs }),
    });
    await response.body?.cancel();
    await systemClock.sleep(1000 / EVENTS_PER_SECOND, signal);
  }
}
