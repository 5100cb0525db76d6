/**
 * A program that talks to Foz by topics alone, as any Kafka client could: it asks for recommendations of some users on
 * `foz.requests`, writes what they think of the first to `foz.events`, asks again, and prints what comes back on
 * `foz.recommendations`.
 */
import { openTopics } from "../../src/commands/open_topics.ts";

const USER_COUNT = 12;
/** As the bridge has them: FOZ_KAFKA_EVENTS and so on rename them. */
const topicOf = (what: string) => Deno.env.get(`FOZ_KAFKA_${what.toUpperCase()}`) ?? `foz.${what}`;
const EVENTS = topicOf("events"), REQUESTS = topicOf("requests"), ANSWERS = topicOf("recommendations");
/** How long to wait for an answer: Foz may be learning the rating still. */
const PATIENCE_MS = 15_000;

interface Answer {
  readonly requestId: string;
  readonly generation: string;
  readonly appliedOffset: number;
  readonly basis: string;
  readonly items: readonly { readonly itemId: string; readonly score: number }[];
}

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const decode = (value: Uint8Array | undefined) => JSON.parse(new TextDecoder().decode(value));

const topics = await openTopics(Deno.env.get("FOZ_KAFKA")!);
const titles = await readTitles("data/titles.csv");
for (const topic of [EVENTS, REQUESTS, ANSWERS]) await topics.create(topic, 3);

const stop = new AbortController(), asked = new Map<string, (answer: Answer) => void>();
const reading = Promise.withResolvers<void>();
const answers = topics.consume({
  topics: [ANSWERS],
  group: `example-${crypto.randomUUID()}`,
  from: "end",
  onAssigned: () => reading.resolve(),
}, async ({ messages }) => {
  for (const { value } of messages) {
    const answer: Answer = decode(value);
    asked.get(answer.requestId)?.(answer);
    asked.delete(answer.requestId);
  }
}, stop.signal);
await reading.promise;

for (let i = 0; i < USER_COUNT; i++) {
  const userId = `u${1 + 7 * i}`, before = await ask(userId), { itemId } = before.items[0];
  await topics.send(EVENTS, [{
    key: new TextEncoder().encode(userId),
    value: encode({ userId, itemId, value: 1 }),
  }]);
  const after = await ask(userId);
  console.log(`${userId} is recommended (${before.basis}): ${names(before)}`);
  console.log(`   does not like the first at all, and then: ${names(after)}`);
}
stop.abort();
await answers;
await topics.close();

/** Keyed as the user's events: what stands before a request in its partition is known to the answer (`afterEvents`). */
async function ask(userId: string): Promise<Answer> {
  const requestId = crypto.randomUUID(), answered = Promise.withResolvers<Answer>();
  asked.set(requestId, answered.resolve);
  await topics.send(REQUESTS, [{
    key: new TextEncoder().encode(userId),
    value: encode({ userId, limit: 3, requestId, afterEvents: true }),
  }]);
  const timer = setTimeout(
    () => answered.reject(new Error(`no answer for ${userId} within ${PATIENCE_MS / 1000} s`)),
    PATIENCE_MS,
  );
  const answer = await answered.promise;
  clearTimeout(timer);
  return answer;
}

function names({ items }: Answer): string {
  return items.map(({ itemId, score }) => `${titles.get(itemId) ?? itemId} ${score.toFixed(2)}`).join(", ");
}

async function readTitles(path: string): Promise<Map<string, string>> {
  const [, ...lines] = (await Deno.readTextFile(path)).trim().split("\n");
  return new Map(lines.map((line) => {
    const comma = line.indexOf(",");
    return [line.slice(0, comma), line.slice(comma + 1).replaceAll('"', "")];
  }));
}
