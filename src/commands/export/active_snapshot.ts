/** What a server would answer from now, in one piece. */
import { BadInput } from "../../domain/failure.ts";
import { withoutEvents } from "../../domain/log_records.ts";
import type { LaterSeen, Snapshot } from "../../domain/snapshot.ts";
import type { EventLog } from "../../ports/event_log.ts";
import type { Store } from "../open_store.ts";

/** Titles are asked for in portions of this many ids. */
const PORTION = 5000;

/** The active generation, titles of its items, and what the log holds since. Throws BadInput when none is active. */
export async function activeSnapshot(
  { generations, eventLog, catalog }: Pick<Store, "generations" | "eventLog" | "catalog">,
): Promise<Snapshot> {
  const active = await generations.active();
  if (active === undefined) {
    throw new BadInput("exporting the active generation: none is active; `foz train` makes one");
  }
  const content = await generations.load(active.generation);
  const titles = new Map<string, string>();
  for (let at = 0; at < content.itemIds.length; at += PORTION) {
    for (const entry of await catalog.titles(content.itemIds.slice(at, at + PORTION))) titles.set(...entry);
  }
  const { offset } = content.generation;
  const appliedOffset = Math.max(offset, await eventLog.end());
  return { content, appliedOffset, titles, later: await laterSeen(eventLog, offset, appliedOffset) };
}

/** Each pair of the log's events in [fromOffset, untilOffset) that count, with only the ids that occur. */
async function laterSeen(eventLog: EventLog, fromOffset: number, untilOffset: number): Promise<LaterSeen> {
  const users = new Map<number, number>(), items = new Map<number, number>();
  const indexOf = (codes: Map<number, number>, code: number) => {
    const index = codes.get(code) ?? codes.size;
    codes.set(code, index);
    return index;
  };
  const pairs: number[] = [];
  const deleted = new Set(await eventLog.deletedOffsets());
  for await (const batch of withoutEvents(eventLog.read({ fromOffset, untilOffset }), deleted)) {
    for (let i = 0; i < batch.count; i++) {
      pairs.push(indexOf(users, batch.users[i]), indexOf(items, batch.items[i]));
    }
  }
  if (pairs.length === 0) return { userIds: [], itemIds: [], pairs: new Uint32Array(0) };
  const [userIds, itemIds] = await Promise.all([eventLog.userIds(), eventLog.itemIds()]);
  return {
    userIds: [...users.keys()].map((code) => userIds[code]),
    itemIds: [...items.keys()].map((code) => itemIds[code]),
    pairs: Uint32Array.from(pairs),
  };
}
