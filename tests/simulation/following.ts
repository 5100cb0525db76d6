/** A server that follows a learner of another process, and what it must answer. */
import assert from "node:assert/strict";
import { MemoryMetrics } from "../../src/adapters/memory/metrics.ts";
import { storedLearner } from "../../src/commands/learner_connection.ts";
import type { LoggedEvent } from "../../src/domain/event.ts";
import type { FactorModel } from "../../src/domain/factor_model.ts";
import type { GenerationContent } from "../../src/domain/generation.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { EventLog } from "../../src/ports/event_log.ts";
import { Recommender } from "../../src/recommend/recommender.ts";
import { ServingModel, type ServingNote } from "../../src/serve/serving_model.ts";
import type { Ports } from "./disk.ts";

/** As `foz serve` beside `foz learn`. */
export function followingServer(
  kernelModule: WebAssembly.Module,
  ports: Ports,
  clock: Clock,
  onNote: (note: ServingNote) => void,
): ServingModel {
  const connection = storedLearner(ports, clock);
  const model = new ServingModel({
    ...{ ...ports, kernelModule, clock, onNote },
    metrics: new MemoryMetrics(),
    learner: connection.link,
  });
  connection.listen(model);
  return model;
}

/** Who knows these rows, and has seen these events. */
async function plainRecommender(
  kernelModule: WebAssembly.Module,
  log: EventLog,
  content: GenerationContent,
  rows: FactorModel,
  events: readonly LoggedEvent[],
  unseen: readonly LoggedEvent[],
): Promise<Recommender> {
  const recommender = new Recommender(kernelModule, content);
  recommender.addIds("user", (await log.userIds()).slice(content.userIds.length, rows.userCount));
  recommender.addIds("item", (await log.itemIds()).slice(content.itemIds.length, rows.itemCount));
  for (const [side, factors] of [["user", rows.userFactors], ["item", rows.itemFactors]] as const) {
    const indexes = Uint32Array.from({ length: factors.length / rows.stride }, (_, index) => index);
    const { generation } = content.generation;
    recommender.applyRows({
      kind: "rowsChanged",
      generation,
      appliedOffset: 0,
      side,
      indexes,
      rows: factors,
    });
  }
  for (const { userId, itemId } of events) recommender.addSeen(userId, itemId);
  for (const { userId, itemId } of unseen) recommender.removeSeen(userId, itemId);
  const end = await log.end();
  recommender.advance(end), recommender.advanceLearned(end);
  return recommender;
}

/** DESIGN.md 4.4 to 4.6, of a server that shows what the learner of another process learned. */
export async function checkFollower(
  model: ServingModel,
  kernelModule: WebAssembly.Module,
  log: EventLog,
  content: GenerationContent,
  rows: FactorModel,
  events: readonly LoggedEvent[],
  unseen: readonly LoggedEvent[],
  userIds: readonly string[],
): Promise<void> {
  const answering = model.current?.recommender;
  assert.ok(answering !== undefined, "the server beside a learner has no generation");
  assert.equal(answering.appliedOffset, await log.end(), "something that is learned is not shown");
  const plain = await plainRecommender(kernelModule, log, content, rows, events, unseen);
  for (const userId of userIds) {
    assert.deepEqual(
      answering.recommend(userId, { n: 5 }),
      plain.recommend(userId, { n: 5 }),
      `of ${userId}`,
    );
  }
}
