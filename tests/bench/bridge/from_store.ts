/** Answers from documents in MongoDB, beside the least that any program would do: a loop of `find` with `$in`. */
import { MongoClient } from "mongodb";
import { alternate } from "../measure.ts";
import type { Repetitions } from "../measure.ts";
import { Asker } from "./asker.ts";
import { startWatched } from "./bridge_process.ts";

/** As many as the bridge asks for at once. */
const AT_ONCE = 500;

/** The collection is `recommendations`, with an index of generation and user. */
async function bareLoop(url: string, generation: string, users: number, count: number): Promise<number> {
  const client = await MongoClient.connect(url), collection = client.db().collection("recommendations");
  const startMs = performance.now();
  for (let read = 0; read < count; read += AT_ONCE) {
    const userIds = Array.from({ length: AT_ONCE }, (_, i) => String(1 + (read + i) % users));
    const found = await collection.find({ generation, userId: { $in: userIds } }).toArray();
    // A user without ratings has no document.
    if (found.length < 0.9 * Math.min(AT_ONCE, users)) {
      throw new Error(`only ${found.length} of ${AT_ONCE} documents were found`);
    }
  }
  const seconds = (performance.now() - startMs) / 1000;
  await client.close();
  return seconds;
}

/** Seconds of the bridge and of the bare loop for `count` lists, in turns. The store must have an active generation. */
export async function besideBareLoop(
  kafka: string,
  url: string,
  generation: string,
  users: number,
  count: number,
  repetitions: Repetitions,
): Promise<number[][]> {
  const asker = await Asker.open(kafka, users);
  const bridge = await startWatched(["bridge", "--answers", "store", "--store", url], kafka, asker.names);
  try {
    const sides = [() => asker.burst(count), () => bareLoop(url, generation, users, count)];
    return await alternate(sides, repetitions);
  } finally {
    await bridge.stop();
    await asker.close();
  }
}
