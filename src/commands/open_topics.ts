/** Chooses where topics are by their URL. */
import { getLogger } from "@logtape/logtape";
import { systemClock } from "../adapters/deno/system_clock.ts";
import { EmbeddedTopics } from "../adapters/embedded/topics.ts";
import { MemoryTopics } from "../adapters/memory/topics.ts";
import { BadInput } from "../domain/failure.ts";
import type { Topics } from "../ports/topic.ts";

const logger = getLogger(["foz", "kafka"]);

const ACCEPTED =
  "accepted are kafka://HOST:PORT[,...], kafkas://USER:PASSWORD@HOST:PORT, sqlite:PATH[?retention-hours=H&retention-messages=N] and memory:";

/**
 * Opens the topics of the setting `kafka`: a broker's, those of a file of this machine (`sqlite:PATH`, made if absent; messages
 * are kept for a week, and ten million of a partition, unless the URL says otherwise), or of this process (`memory:`).
 * Throws BadInput for another URL, and OutsideFailure when they cannot be reached.
 */
export async function openTopics(url: string): Promise<Topics> {
  if (url === "memory:") return new MemoryTopics(systemClock);
  const file = /^sqlite:([^?]+)(?:\?(.*))?$/s.exec(url);
  if (file !== null) return openFile(file[1], file[2] ?? "");
  if (/^kafkas?:\/\//.test(url)) return await openKafka(url);
  if (url === "") {
    throw new BadInput(`there are no topics: --kafka or FOZ_KAFKA says where they are; ${ACCEPTED}`);
  }
  throw new BadInput(`opening the topics at ${JSON.stringify(withoutPassword(url))}: ${ACCEPTED}`);
}

/** Loaded only where there is a broker. */
async function openKafka(url: string): Promise<Topics> {
  const { KafkaTopics } = await import("../adapters/kafka/topics.ts");
  return new KafkaTopics(url, {
    // What fails for good is thrown to whoever asked; the library's own attempts are not worth a line each.
    onNote: ({ message, details }) =>
      logger.debug(`${message}: {error}`, { error: details.error ?? details.stack ?? "" }),
  });
}

function openFile(path: string, query: string): Topics {
  const given = new URLSearchParams(query);
  const numberOf = (name: string, factor: number) => {
    const text = given.get(name);
    given.delete(name);
    if (text === null) return undefined;
    const value = Number(text);
    if (text.trim() !== "" && value > 0 && Number.isFinite(value)) return value * factor;
    throw new BadInput(
      `opening the topics at "sqlite:${path}": ${name} was given "${text}"; a number above 0 is accepted`,
    );
  };
  const retentionMs = numberOf("retention-hours", 3_600_000);
  const retentionCount = numberOf("retention-messages", 1);
  const [unknown] = given.keys();
  if (unknown !== undefined) {
    throw new BadInput(`opening the topics at "sqlite:${path}": there is no "${unknown}"; ${ACCEPTED}`);
  }
  const newMember = () => `${Deno.pid}.${crypto.randomUUID()}`;
  return new EmbeddedTopics(path, { clock: systemClock, newMember, retentionMs, retentionCount });
}

/** Error messages end up in logs. */
function withoutPassword(url: string): string {
  return url.replace(/\/\/[^/]*@/, "//...@");
}
