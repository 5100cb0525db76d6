/** A process that appends to the log of the store at Deno.args[0] and prints what was acknowledged, until it is killed. */
import { openStore } from "../../src/commands/open_store.ts";
import { newColumns } from "../contracts/new_columns.ts";

const [url, logThread] = Deno.args;
const { eventLog } = await openStore(url, { logThread: logThread as "same" | "worker" });
const start = await eventLog.end();
for (let step = start;; step++) {
  const event = { eventId: `e${step}`, userId: `u${step % 7}`, itemId: "i", value: step, timeMs: step };
  const rows = Array.from({ length: 20 }, (_, i) => ({ ...event, key: [step, i, 0, 0] }));
  await Promise.all([
    eventLog.append([event]).then(() => console.log(`event ${step}`)),
    eventLog.appendColumns(newColumns(rows)).then(() => console.log(`rows ${step}`)),
  ]);
}
