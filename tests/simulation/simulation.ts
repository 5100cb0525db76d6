/**
 * A day of the system from one seed: clients send events, files are imported, generations trained, activated and rolled
 * back, lists are asked for, and processes die at any of their writes. After each action the promises of DESIGN.md 4
 * are checked against what was sent and against plain recomputation.
 */
import assert from "node:assert/strict";
import { MemoryMetrics } from "../../src/adapters/memory/metrics.ts";
import { type GenerationOptions, runGeneration } from "../../src/batch/run_generation.ts";
import { logSource } from "../../src/batch/training_source.ts";
import { loadKernel } from "../../src/commands/kernel_builds.ts";
import type { LoggedEvent } from "../../src/domain/event.ts";
import type { FactorModel } from "../../src/domain/factor_model.ts";
import { BadInput, LeaseLost, OutsideFailure } from "../../src/domain/failure.ts";
import type { GenerationContent } from "../../src/domain/generation.ts";
import { acceptEvents } from "../../src/ingest/accept_events.ts";
import { InlinePool } from "../kernels/inline_pool.ts";
import { instantiateKernels } from "../../src/kernels/kernel_module.ts";
import { Recommender } from "../../src/recommend/recommender.ts";
import { activateGeneration } from "../../src/serve/activate_generation.ts";
import { ServingModel, type ServingNote } from "../../src/serve/serving_model.ts";
import { eraseUser, finishErasures } from "../../src/stream/erase_user.ts";
import { Random } from "../../src/synthesize/random.ts";
import { Client } from "./client.ts";
import { LearnerProcess, undisturbedLearner } from "./learning.ts";
import { type Disk, openDisk, type Ports, type StoreKind } from "./disk.ts";
import { checkFollower, followingServer } from "./following.ts";
import { activationsOf, readingBy, repeatingFeed } from "./ports.ts";
import { type ArmedFault, type Fault, SimulatedProcess } from "./simulated_process.ts";
import { settled, VirtualClock } from "./virtual_clock.ts";

export interface SimulationOptions {
  readonly seed: number;
  readonly store: StoreKind;
  readonly actionCount: number;
  /** Makes the ports of a process worse than they are, to see whether it is found. */
  readonly spoil?: (ports: Ports) => Ports;
}

/** What was done and what came of it, a line for each action: the same for the same options. */
export interface SimulationResult {
  readonly trace: readonly string[];
  readonly crashes: number;
  /** Learners that came from a checkpoint. */
  readonly restored: number;
}

const { module: kernelModule } = await loadKernel("portable");
const kernels = instantiateKernels(kernelModule), pool = new InlinePool(kernels);

const GENERATION: Omit<GenerationOptions, "seed"> = {
  fit: { feedback: "auto", factorCount: 4, unobservedWeight: 0.5, popularityExponent: 0, epochCount: 2 },
  kernel: { build: "portable", sha256: "simulated" },
  holdout: 0,
  splitBy: "auto",
  listLength: 3,
  activate: true,
  force: true,
  keep: 2,
};

/** About as many SQL statements has a write. */
const STATEMENTS = 6;

interface Running {
  readonly process: SimulatedProcess;
  readonly ports: Ports;
}

interface Server extends Running {
  readonly model: ServingModel;
}

interface Learning extends Running {
  readonly learning: LearnerProcess;
}

type Outcome = "done" | "crashed" | "failed" | "refused";

export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const simulation = new Simulation(options);
  try {
    for (let action = 0; action < options.actionCount; action++) await simulation.act();
  } finally {
    await simulation.end();
  }
  return simulation.result;
}

class Simulation {
  readonly #options: SimulationOptions;
  readonly #random: Random;
  readonly #processes: SimulatedProcess[] = [];
  readonly #isBusy = () => this.#processes.some((process) => process.isBusy);
  readonly #clock = new VirtualClock(this.#isBusy);
  readonly #disk: Disk;
  readonly #client: Client;
  readonly #trace: string[] = [];
  #crashes = 0;
  #server: Server | undefined;
  #learner: Learning | undefined;
  /** Beside the learner's process; shows what that learns. */
  #follower: Server | undefined;
  /** What the learner has, as somebody undisturbed has made it. */
  #learned: FactorModel | undefined;
  #restored = 0;
  /** The greatest offset that a client was told. */
  #lastOffset = -1;
  #what = "start";
  /** What the server could not do. Nothing fails when it reads. */
  readonly #complaints: ServingNote[] = [];
  /** One that sees the store without faults, as somebody who looks at it from outside. */
  readonly #observing = new SimulatedProcess();
  readonly #observer: Ports;

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#random = Random.seeded(options.seed, 1);
    this.#disk = openDisk(options.store, this.#clock);
    this.#client = new Client(options.seed, Random.seeded(options.seed, 2));
    this.#observer = this.#disk.open(this.#observing);
  }

  async act(): Promise<void> {
    const actions = [
      ...Array(6).fill(() => this.#post()),
      ...Array(2).fill(() => this.#import()),
      ...Array(3).fill(() => this.#train()),
      ...Array(2).fill(() => this.#rollBack()),
      ...Array(5).fill(() => this.#learn()),
      ...Array(2).fill(() => this.#deleteEvent()),
      ...Array(2).fill(() => this.#erase()),
      () => this.#stopLearner(),
      () => this.#tearCheckpoint(),
      () => this.#restart(),
      () => this.#wait(),
    ];
    try {
      this.#trace.push(await actions[this.#random.below(actions.length)]());
      await this.#check();
    } catch (error) {
      throw this.#explained(error);
    }
  }

  get result(): SimulationResult {
    return { trace: this.#trace, crashes: this.#crashes, restored: this.#restored };
  }

  async end(): Promise<void> {
    await this.#restart();
    this.#learner?.process.kill();
    this.#follower?.process.kill();
    await settled(this.#isBusy);
    this.#observing.kill();
    this.#disk.remove();
  }

  #open(process: SimulatedProcess): Ports {
    this.#processes.push(process);
    const ports = this.#disk.open(process);
    return this.#options.spoil?.(ports) ?? ports;
  }

  async #post(): Promise<string> {
    const server = await this.#running(), events = this.#client.batch();
    const door = {
      log: server.ports.eventLog,
      clock: this.#clock,
      newEventId: () => assert.fail("all have ids"),
    };
    const said = await this.#attempt(`post ${events.length}`, 1, server, async () => {
      const candidates = events.map(({ timeMs, ...event }) => ({
        ...event,
        time: new Date(timeMs).toISOString(),
      }));
      const accepted = await acceptEvents(candidates, door);
      this.#client.answered(events, accepted);
      this.#lastOffset = Math.max(this.#lastOffset, accepted.lastOffset ?? -1);
      server.model.accepted(
        events.map((event, i) => ({ ...event, offset: accepted.results[i].offset! }))
          .filter((_, i) => accepted.results[i].status === "created"),
      );
    });
    if (!server.process.isDead) await this.#checkReadYourWrites(server);
    return said;
  }

  #import(): Promise<string> {
    const columns = this.#client.columns();
    if (columns.count === 0) return Promise.resolve("import nothing");
    return this.#shortProcess(`import ${columns.count}`, 1, async ({ ports }) => {
      const { end } = await ports.eventLog.appendColumns(columns);
      this.#client.columnsAnswered();
      this.#lastOffset = Math.max(this.#lastOffset, end - 1);
    });
  }

  /** As `foz train`: a process of its own. */
  #train(): Promise<string> {
    const seed = this.#random.below(100), batchCount = 1 + this.#random.below(300);
    return this.#shortProcess(`train seed ${seed}`, 9, async ({ ports, process }) => {
      const compute = { kernels, pool, clock: process.clock(this.#clock) };
      const source = logSource(readingBy(ports.eventLog, batchCount));
      const { content } = await runGeneration(source, ports, compute, { ...GENERATION, seed }, () => {});
      await this.#checkReplay(content);
      await this.#finishErasures(ports);
    });
  }

  /** Of a client who takes an event back. */
  #deleteEvent(): Promise<string> {
    const event = this.#client.someEvent();
    if (event === undefined) return Promise.resolve("delete nothing");
    const { userId, eventId } = event;
    return this.#shortProcess(`delete ${eventId}`, 1, async ({ ports }) => {
      this.#client.perhapsDeleted.add(eventId);
      const offset = await ports.eventLog.deleteEvent(userId, eventId, this.#clock.nowMs());
      if (offset === undefined) {
        return assert.ok(this.#client.erased.has(userId) || this.#client.perhapsErased.has(userId));
      }
      this.#client.deleted.add(eventId);
      this.#lastOffset = Math.max(this.#lastOffset, offset);
    });
  }

  /** As DELETE /v1/users/{u}; what a process that dies leaves undone is finished by the next that starts. */
  async #erase(): Promise<string> {
    const userId = this.#client.someUser();
    const said = await this.#shortProcess(`erase ${userId}`, 6, async ({ ports }) => {
      this.#client.perhapsErased.add(userId);
      const erased = await eraseUser(
        { ...ports, isLearning: () => this.#isLearning(ports) },
        userId,
        this.#clock.nowMs(),
      );
      this.#client.erased.add(userId);
      this.#lastOffset = Math.max(this.#lastOffset, erased?.offset ?? -1);
    });
    await this.#finishErasures(this.#observer);
    return said;
  }

  async #isLearning({ leases }: Ports): Promise<boolean> {
    return await leases.current("learner") !== undefined;
  }

  async #finishErasures(ports: Ports): Promise<void> {
    await finishErasures({ ...ports, isLearning: () => this.#isLearning(ports) });
  }

  #rollBack(): Promise<string> {
    const pick = this.#random.uniform();
    return this.#shortProcess("activate", 3, async ({ ports }) => {
      const known = await ports.generations.list();
      if (known.length === 0) return;
      const { generation } = known[Math.floor(pick * known.length)];
      await activateGeneration(ports, generation, this.#clock.nowMs());
    });
  }

  /** As `foz learn`: it runs, or one is started. It dies, or fails, at one of its next writes, whenever that comes. */
  async #learn(): Promise<string> {
    const { process } = this.#learner = this.#runningLearner();
    const drawn = this.#drawFault(4), ms = this.#random.below(4000);
    // Most of its writes are renewals.
    const port = this.#random.below(3) > 0 ? "checkpoints" : "";
    const armed = drawn === undefined || port === "" ? drawn : { ...drawn, at: 1 + drawn.at % 2, port };
    this.#what = `learn for ${ms} ms${armed === undefined ? "" : `, ${armed.fault} ${armed.at}`}`;
    process.arm(armed);
    await this.#clock.advance(ms);
    return this.#what;
  }

  #runningLearner(): Learning {
    if (this.#learner !== undefined && !this.#learner.process.isDead) return this.#learner;
    return this.#startLearner();
  }

  #startLearner(): Learning {
    const process = new SimulatedProcess(), ports = this.#open(process);
    const checkpoints = new Proxy(ports.checkpoints, {
      get: (target, key) => {
        if (key !== "latest") return Reflect.get(target, key);
        return async (generation: string) => {
          const checkpoint = await target.latest(generation);
          if (checkpoint !== undefined) this.#restored++;
          return checkpoint;
        };
      },
    });
    const batchCount = 1 + this.#random.below(100), clock = process.clock(this.#clock);
    const learning = new LearnerProcess(kernelModule, { ...ports, checkpoints }, clock, batchCount);
    return { process, ports, learning };
  }

  /** DESIGN.md 6: the learner stops for longer than its lease lasts, another takes over, and then it goes on. */
  async #stopLearner(): Promise<string> {
    this.#what = "stop the learner, and let it go on after another took over";
    const stopped = this.#learner, fence = stopped?.learning.fence;
    if (stopped === undefined || fence === undefined || stopped.process.isDead) return "stop nobody";
    const toldBefore = stopped.learning.roles.length;
    stopped.process.stop();
    this.#learner = this.#startLearner();
    await this.#clock.advance(10_000);
    assert.ok(this.#learner.learning.fence!.token > fence.token, "nobody has taken over within 10 s");
    const checkpoint = { generation: "g000001", offset: 1e9, state: new Uint8Array() };
    const itsView = this.#open(new SimulatedProcess());
    await assert.rejects(itsView.checkpoints.write(checkpoint, 2, fence), LeaseLost);
    stopped.process.goOn();
    await this.#clock.advance(7000);
    const roles = stopped.learning.roles.slice(toldBefore);
    assert.ok(roles.includes("lost the lease") && !roles.includes("leading"), roles.join());
    stopped.process.kill();
    return this.#what;
  }

  /**
   * DESIGN.md 4.3, live: what deaths, checkpoints, batch sizes and generations before made is what the log alone makes;
   * and whoever heard of each change has the same rows.
   */
  async #checkLearner(content: GenerationContent): Promise<void> {
    const { process, learning } = this.#learner!;
    assert.equal(learning.failure, undefined);
    if (process.struck !== "") {
      this.#trace.push(`the learner ${process.isDead ? "died" : "failed"} at ${process.struck}`);
      if (process.isDead) this.#crashes++;
      process.arm(undefined);
      await this.#clock.advance(5000);
    }
    this.#learned = undefined;
    if (process.isDead) return;
    const { current } = learning, end = await this.#observer.eventLog.end();
    assert.equal(current?.generation, content.generation.generation, "another generation is learned");
    assert.equal(current.appliedOffset, end, "something is not learned");
    const { eventLog } = this.#observer;
    const plain = await undisturbedLearner(
      kernelModule,
      eventLog,
      content,
      end,
      1 + (end % 7),
      await this.#baseOf(content),
    );
    this.#learned = plain.model();
    assert.equal(
      await current.sha256(),
      await plain.sha256(),
      "another history of the process makes other factors",
    );
    learning.rows!.assertEqual(plain.model());
  }

  /**
   * What an erased user's events had taught, a replay of the log cannot learn: the learner has written a state since, and
   * deleted those before.
   */
  async #baseOf({ generation: { generation, offset } }: GenerationContent): Promise<Uint8Array | undefined> {
    const { eventLog, checkpoints, generations } = this.#observer;
    const controls = await eventLog.readControls({ fromOffset: offset });
    const last = controls.findLast(({ record }) => record.kind === "userErased");
    if (last === undefined) return undefined;
    const base = await checkpoints.latest(generation);
    assert.ok(
      base !== undefined && base.offset > last.offset,
      "a state from before an erasure is the newest",
    );
    for (const other of await generations.list()) {
      const state = await checkpoints.latest(other.generation);
      assert.ok(state === undefined || state.offset > last.offset, "a state from before an erasure is kept");
    }
    return base.state;
  }

  /** And the learner has to start from what is left. */
  async #tearCheckpoint(): Promise<string> {
    this.#learner?.process.kill();
    await settled(this.#isBusy);
    return this.#disk.tearCheckpoint() ? "tear the newest checkpoint" : "tear nothing";
  }

  async #restart(): Promise<string> {
    this.#server?.process.kill();
    await settled(this.#isBusy);
    this.#server = undefined;
    return "kill the server";
  }

  async #wait(): Promise<string> {
    const ms = this.#random.below(60_000);
    await this.#clock.advance(ms);
    return `wait ${ms} ms`;
  }

  /** A command that ends by itself or dies. */
  async #shortProcess(
    what: string,
    writeCount: number,
    run: (running: Running) => Promise<void>,
  ): Promise<string> {
    const process = new SimulatedProcess(), running = { process, ports: this.#open(process) };
    const said = await this.#attempt(what, writeCount, running, () => run(running));
    process.kill();
    await settled(this.#isBusy);
    return said;
  }

  /** Does what takes about so many writes under one fault, or none, and says what came of it. */
  async #attempt(
    what: string,
    writeCount: number,
    { process }: Running,
    run: () => Promise<void>,
  ): Promise<string> {
    const armed = this.#drawFault(writeCount);
    this.#what = `${what}${armed === undefined ? "" : `, ${armed.fault} ${armed.at}`}`;
    process.arm(armed);
    const outcome = await Promise.race([
      run().then((): Outcome => "done", outcomeOf),
      process.died.then((): Outcome => "crashed"),
    ]);
    const { struck } = process;
    process.disarm();
    await settled(this.#isBusy);
    if (outcome === "crashed") this.#crashes++;
    if (outcome === "failed") assert.notEqual(struck, "", `${this.#what} failed although nothing went wrong`);
    return `${this.#what}: ${outcome}${struck === "" ? "" : ` at ${struck}`}`;
  }

  #drawFault(writeCount: number): ArmedFault | undefined {
    const faults: Fault[] = ["crash before", "crash after", "disk full", "answer lost"];
    if (this.#options.store === "sqlite") faults.push("crash within", "crash within");
    const fault = faults[this.#random.below(faults.length)];
    const at = 1 + this.#random.below(fault === "crash within" ? STATEMENTS * writeCount : writeCount);
    return this.#random.below(2) === 0 ? undefined : { fault, at };
  }

  async #running(): Promise<Server> {
    if (this.#server !== undefined && !this.#server.process.isDead) return this.#server;
    const process = new SimulatedProcess(), ports = this.#open(process);
    const model = new ServingModel({
      ...ports,
      // This one shows the generation's rows, whatever is learned.
      updates: activationsOf(repeatingFeed(ports.updates, Random.seeded(this.#random.nextUint32()))),
      kernelModule,
      clock: process.clock(this.#clock),
      metrics: new MemoryMetrics(),
      onNote: (note) => void (note.error !== undefined && this.#complaints.push(note)),
    });
    await model.start();
    return this.#server = { process, ports, model };
  }

  /** DESIGN.md 4.5: with the token of the last answer in hand. */
  async #checkReadYourWrites(server: Server): Promise<void> {
    if (this.#lastOffset < 0 || server.model.current === undefined) return;
    const waiting = server.model.waitFor(this.#lastOffset, 2000);
    await this.#clock.advance(2000);
    assert.equal(await waiting, true, `offset ${this.#lastOffset} was acknowledged and is not visible`);
  }

  /** DESIGN.md 4.3, for a training: the same prefix of the log read in other pieces gives the same bytes. */
  async #checkReplay({ generation }: GenerationContent): Promise<void> {
    const scratch = openDisk("memory", this.#clock).open(new SimulatedProcess());
    const log = readingBy(this.#observer.eventLog, 1000 - (generation.offset % 997));
    const compute = { kernels, pool, clock: this.#clock };
    const again = await runGeneration(
      logSource(log, generation.offset),
      { ...scratch },
      compute,
      { ...GENERATION, seed: generation.seed },
      () => {},
    );
    assert.equal(again.content.generation.sha256, generation.sha256, "another reading trains another model");
  }

  async #check(): Promise<void> {
    const events = await this.#client.checkLog(this.#observer.eventLog, 1 + this.#random.below(500));
    const { generations } = this.#observer;
    const known = await generations.list(), pointer = await generations.active();
    for (const { generation } of known) await generations.load(generation);
    if (pointer === undefined) return;
    assert.ok(known.some((one) => one.generation === pointer.generation), "what is active is not published");
    const controls = await this.#observer.eventLog.readControls();
    for (const { generation } of known) {
      const started = controls.some(({ record }) =>
        record.kind === "trainingStarted" && record.generation === generation
      );
      assert.ok(started, `the log does not know of ${generation}'s training`);
    }
    await this.#checkForgotten(known.map(({ generation }) => generation));
    await this.#checkAnswers(await generations.load(pointer.generation), events);
  }

  /** DESIGN.md 4.4 and 4.6: every list is the active generation's, whole, without what was seen. */
  async #checkAnswers(content: GenerationContent, events: readonly LoggedEvent[]): Promise<void> {
    const { model } = await this.#running();
    await this.#clock.advance(10_000);
    if (this.#learner !== undefined) await this.#checkLearner(content);
    assert.deepEqual(this.#complaints, []);
    const answering = model.current?.recommender;
    assert.ok(answering !== undefined, "no generation answers");
    assert.equal(
      answering.generation.generation,
      content.generation.generation,
      "another generation answers",
    );
    assert.equal(answering.appliedOffset, await this.#observer.eventLog.end(), "something is not visible");
    const plain = new Recommender(kernelModule, content);
    for (const userId of this.#client.gone(await this.#observer.eventLog.userIds())) plain.forgetUser(userId);
    for (const { userId, itemId } of events) plain.addSeen(userId, itemId);
    for (const { userId, itemId } of this.#client.unseen) plain.removeSeen(userId, itemId);
    plain.advance(answering.appliedOffset);
    for (const userId of ["u0", "nobody", ...Array.from({ length: 4 }, () => `u${this.#random.below(80)}`)]) {
      const list = answering.recommend(userId, { n: 5 });
      assert.deepEqual(list, plain.recommend(userId, { n: 5 }));
      const seen = new Set(events.filter((event) => event.userId === userId).map((event) => event.itemId));
      assert.deepEqual(list.items.filter(({ itemId }) => seen.has(itemId)), [], `${userId} has seen it`);
      if (userId === "nobody") assert.equal(list.basis, "popular");
    }
    if (this.#learned !== undefined) await this.#checkFollower(content, this.#learned, events);
  }

  async #checkFollower(
    content: GenerationContent,
    rows: FactorModel,
    events: readonly LoggedEvent[],
  ): Promise<void> {
    if (this.#follower === undefined || this.#follower.process.isDead) {
      const process = new SimulatedProcess(), ports = this.#open(process), clock = process.clock(this.#clock);
      const complain = (note: ServingNote) => void (note.error !== undefined && this.#complaints.push(note));
      const updates = repeatingFeed(ports.updates, Random.seeded(this.#random.nextUint32()));
      const model = followingServer(kernelModule, { ...ports, updates }, clock, complain);
      this.#follower = { process, ports, model };
      const starting = model.start();
      await this.#clock.advance(15_000);
      await starting;
    }
    const { model, process } = this.#follower;
    for (let s = 0; s < 20 && model.current?.recommender.appliedOffset !== model.logEnd; s++) {
      await this.#clock.advance(1000);
    }
    const userIds = Array.from({ length: 5 }, () => `u${this.#random.below(80)}`);
    await checkFollower(
      model,
      kernelModule,
      this.#observer.eventLog,
      content,
      rows,
      events,
      this.#client.unseen,
      userIds,
    );
    assert.deepEqual(this.#complaints, []);
    if (this.#random.below(4) === 0) process.kill();
  }

  /** DESIGN.md 6, "Forgetting": nothing but the log's record is left, in whatever was finished. */
  async #checkForgotten(generations: readonly string[]): Promise<void> {
    const { generations: store, recommendations, eventLog } = this.#observer;
    for (const userId of this.#client.gone(await eventLog.userIds())) {
      assert.deepEqual(await eventLog.eventsOfUser(userId, { limit: 1 }), []);
      for (const generation of generations) {
        const { userIds } = await store.load(generation);
        assert.ok(!userIds.includes(userId), `${generation} knows ${userId}, who was erased`);
        assert.equal(await recommendations.get(generation, userId), undefined);
      }
    }
  }

  #explained(error: unknown): Error {
    const { seed, store } = this.#options, action = this.#trace.length;
    const message = error instanceof Error ? error.message : String(error);
    return new Error(
      `seed ${seed}, store ${store}, action ${action} (${this.#what}): ${message}\n` +
        `again: deno run -A tests/simulation/main.ts --seed ${seed} --store ${store} --actions ${this.#options.actionCount}`,
      { cause: error },
    );
  }
}

function outcomeOf(error: unknown): Outcome {
  if (error instanceof OutsideFailure) return "failed";
  // "The log has no events yet" and the like.
  if (error instanceof BadInput) return "refused";
  throw error;
}
