/** Ports that behave otherwise than the plain ones, and still as promised. */
import type { EventLog } from "../../src/ports/event_log.ts";
import type { UpdateFeed } from "../../src/ports/update_feed.ts";
import type { Random } from "../../src/synthesize/random.ts";

/** The log, read in batches of this size whatever is asked for. */
export function readingBy(log: EventLog, batchCount: number): EventLog {
  return new Proxy(log, {
    get: (target, key) => {
      const member = Reflect.get(target, key, target);
      if (key === "read") return (options: object) => target.read({ ...options, batchCount });
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

/** The feed without what a learner tells. */
export function activationsOf(feed: UpdateFeed): UpdateFeed {
  return {
    ...feed,
    follow: async function* (sequence, signal) {
      for await (const update of feed.follow(sequence, signal)) {
        if (update.update.kind === "generationActivated") yield update;
      }
    },
  };
}

/** A feed that now and then gives an update again, also after later ones. */
export function repeatingFeed(feed: UpdateFeed, random: Random): UpdateFeed {
  return {
    publish: (update, fence) => feed.publish(update, fence),
    latest: () => feed.latest(),
    trim: (sequence, fence) => feed.trim(sequence, fence),
    follow: async function* (sequence, signal) {
      const given = [];
      for await (const update of feed.follow(sequence, signal)) {
        given.push(update);
        yield update;
        while (random.below(2) === 0) yield given[random.below(given.length)];
      }
    },
  };
}
