/** What `foz doctor` looks at where topics are configured. */
import { topicsOf } from "../bridge/run_bridge.ts";
import type { Topics } from "../ports/topic.ts";
import type { Finding } from "./doctor.ts";
import { openTopics } from "./open_topics.ts";
import { bridgeNames, type BridgeSettings } from "./start_bridge.ts";

/** A broker that is not there is not asked twice. */
const RETRIES = 1;

/** One finding for the broker, and one for each topic of the bridge. None where no topics are configured. */
export async function checkTopics(settings: BridgeSettings): Promise<Finding[]> {
  if (settings.kafka === "") return [];
  let topics: Topics | undefined;
  try {
    const problem = await brokerProblemOf(settings.kafka);
    if (problem !== undefined) return [broken(problem, "point --kafka or FOZ_KAFKA at another broker")];
    topics = await open(settings.kafka);
    const findings: Finding[] = [];
    for (const topic of topicsOf(bridgeNames(settings))) findings.push(await checkTopic(topics, topic));
    return [{ check: "kafka", ok: true, found: "the topics can be reached", advice: "" }, ...findings];
  } catch (error) {
    return [broken(reason(error), adviceOf(error))];
  } finally {
    await topics?.close();
  }
}

const broken = (found: string, advice: string): Finding => ({ check: "kafka", ok: false, found, advice });

function adviceOf(error: unknown): string {
  return error instanceof Error && /refuses this user/.test(error.message)
    ? "correct --kafka or FOZ_KAFKA: kafkas://USER:PASSWORD@HOST:PORT?mechanism=scram-sha-256"
    : "start the broker, or set --kafka or FOZ_KAFKA; `deno task services` starts one to try";
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && !error.message.includes(error.cause.message)
    ? `${error.message}: ${error.cause.message}`
    : error.message;
}

async function brokerProblemOf(url: string): Promise<string | undefined> {
  if (!/^kafkas?:/.test(url)) return undefined;
  const { brokerProblem } = await import("../adapters/kafka/broker_version.ts");
  return await brokerProblem(url);
}

async function open(url: string): Promise<Topics> {
  if (!/^kafkas?:/.test(url)) return openTopics(url);
  const { KafkaTopics } = await import("../adapters/kafka/topics.ts");
  return new KafkaTopics(url, { retries: RETRIES });
}

async function checkTopic(topics: Topics, topic: string): Promise<Finding> {
  const check = `topic ${topic}`, places = await topics.places(topic);
  if (places !== undefined) {
    const count = places.reduce((sum, { endOffset }) => sum + endOffset, 0);
    return { check, ok: true, found: `${places.length} partitions, ${count} messages so far`, advice: "" };
  }
  const advice =
    `\`foz bridge\` makes it when it starts; by hand: kafka-topics.sh --create --topic ${topic} --partitions 4`;
  return { check, ok: false, found: "it does not exist", advice };
}
