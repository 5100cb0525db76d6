/** How long an event takes from its topic to the next list, by the times that `foz up` itself keeps of it. */
import type { BridgeBench } from "../bridge.ts";
import { Asker } from "./asker.ts";
import { startWatched } from "./bridge_process.ts";

const EVERY_MS = 50;
const encoder = new TextEncoder();
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Milliseconds of each event from the call of `send` to being visible: /v1/events/ID/trace. Both clocks are the machine's. */
export async function visibleAfterMs(bench: BridgeBench, count: number): Promise<number[]> {
  const { kafka, store, users } = bench, asker = await Asker.open(kafka, users);
  const command = ["up", "--store", store, "--train-every", "0", "--port", "0"];
  const server = await startWatched(command, kafka, asker.names), { url } = server.said;
  try {
    // The learner, the log and the kernels are warm after some.
    const send = async (id: string, n: number) => {
      const userId = String(1 + n % users), sentMs = Date.now();
      const event = { eventId: id, userId, itemId: String(1 + (7 * n) % 100), value: 1 + n % 5 };
      await asker.topics.send(asker.names.events, [{
        key: encoder.encode(userId),
        value: encoder.encode(JSON.stringify(event)),
      }]);
      return sentMs;
    };
    const warmUps = Math.ceil(count / 5), sentMs: number[] = [], ms: number[] = [];
    for (let n = 0; n < warmUps + count; n++) {
      const at = await send(`${asker.names.group}-${n}`, n);
      if (n >= warmUps) sentMs.push(at);
      await pause(EVERY_MS);
    }
    for (const [i, at] of sentMs.entries()) {
      ms.push(await visibleMs(`${url}/v1/events/${asker.names.group}-${warmUps + i}/trace`) - at);
    }
    return ms;
  } finally {
    await server.stop();
    await asker.close();
  }
}

async function visibleMs(url: string): Promise<number> {
  for (;;) {
    const response = await fetch(url), { visible } = await response.json();
    if (visible !== undefined) return Date.parse(visible);
    await pause(20);
  }
}
