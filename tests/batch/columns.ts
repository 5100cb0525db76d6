/** Small interactions for tests of the batch path. */
import { type Interactions, InteractionsBuilder } from "../../src/batch/interactions.ts";

export type Row = readonly [user: number, item: number, value: number, timeMs?: number];

export function interactionsOf(rows: readonly Row[], userCount: number, itemCount: number): Interactions {
  const builder = new InteractionsBuilder(Math.max(1, rows.length));
  builder.add({
    count: rows.length,
    users: Uint32Array.from(rows, ([user]) => user),
    items: Uint32Array.from(rows, ([, item]) => item),
    values: Float64Array.from(rows, ([, , value]) => value),
    timesMs: Float64Array.from(rows, ([, , , timeMs]) => timeMs ?? 0),
  });
  return builder.build(userCount, itemCount);
}

/** Two groups of users, each acting on its own half of the items, with one pair in five left out. */
export function twoGroups(userCount: number, itemCount: number, value: (own: boolean) => number): Row[] {
  const rows: Row[] = [];
  for (let user = 0; user < userCount; user++) {
    for (let item = 0; item < itemCount; item++) {
      const own = user % 2 === item % 2;
      if ((3 * user + item) % 5 !== 0 && value(own) > 0) rows.push([user, item, value(own)]);
    }
  }
  return rows;
}
