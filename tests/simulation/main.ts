/** `deno task simulate --minutes N`: one seed after the other until the time is over or a promise is broken. */
import { parseArgs } from "node:util";
import { simulate } from "./simulation.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "1" },
    seed: { type: "string" },
    store: { type: "string" },
    actions: { type: "string", default: "60" },
    trace: { type: "boolean", default: false },
  },
});

const first = Number(values.seed ?? Date.now() % 1_000_000), actionCount = Number(values.actions);
const endMs = performance.now() + 60_000 * Number(values.minutes);
const stores = values.store === undefined
  ? ["memory", "sqlite"] as const
  : [values.store as "memory" | "sqlite"];
let runs = 0, crashes = 0, restored = 0;
for (let seed = first; runs === 0 || (values.seed === undefined && performance.now() < endMs); seed++) {
  for (const store of stores) {
    const result = await simulate({ seed, store, actionCount });
    if (values.trace) console.log(result.trace.join("\n"));
    runs++, crashes += result.crashes, restored += result.restored;
  }
}
console.log(
  `${runs} runs of ${actionCount} actions from seed ${first} on, ${crashes} crashes, ${restored} restored learners: every promise was kept`,
);
