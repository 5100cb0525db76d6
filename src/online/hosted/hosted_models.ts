/**
 * The models that are served under a name, and where they are kept: in the checkpoint store, under names that no generation
 * has. One process holds them, by a lease: two that teach the same model would each lose what the other did. Where there are
 * no models nobody holds the lease, and whoever is asked to make one takes it. What was learnt
 * is kept every second and at the end, so a process that is killed loses the last second.
 */
import { LeaseLost, OutsideFailure } from "../../domain/failure.ts";
import { decodeState, encodeState, type StateTree } from "../../domain/state_tree.ts";
import type { CheckpointStore } from "../../ports/checkpoint_store.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Lease, Leases } from "../../ports/lease.ts";
import type { HostedModel } from "./hosted_model.ts";
import { makeHostedModel, type ModelSettings } from "./make_hosted_model.ts";
import { ModelConflict, ModelsElsewhere } from "./model_failures.ts";

export interface NamedModel {
  readonly name: string;
  readonly settings: ModelSettings;
  readonly createdAtMs: number;
  readonly hosted: HostedModel;
}

export interface HostedModelsOptions {
  readonly kernelModule: WebAssembly.Module;
  readonly checkpoints: CheckpointStore;
  readonly leases: Leases;
  readonly clock: Clock;
  /** Says to people which process this is. */
  readonly holder: string;
  /** Hears what went wrong while keeping; it is tried again. */
  readonly onError?: (error: unknown) => void;
}

export const MOST_MODELS = 100;
const LEASE = "online-models";
const LEASE_MS = 5000;
const PERIOD_MS = 1000;
/** Writing a large state takes at most this part of the time. */
const WRITING_SHARE = 0.05;
const LIST = "online-models";

const generationOf = (name: string) => `online-model ${name}`;

interface Kept {
  readonly changes: number;
  readonly nextAtMs: number;
}

export class HostedModels {
  readonly #options: HostedModelsOptions;
  readonly #models = new Map<string, NamedModel>();
  readonly #kept = new Map<string, Kept>();
  readonly #stopping = new AbortController();
  #lease: Lease | undefined;
  /** Without the lease: there were no models when it was last looked. */
  #areNone = false;
  #running: Promise<void> | undefined;
  /** Changes of the list and of what is kept happen one after the other. */
  #last: Promise<unknown> = Promise.resolve();
  #version = 0;
  /** Names whose states this program cannot read: they stay in the list, for one that can. */
  readonly #unreadable = new Set<string>();

  constructor(options: HostedModelsOptions) {
    this.#options = options;
  }

  /** Aborts when it is stopped. */
  get closing(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Where there are models, takes the lease if it is free, and loads them; else stands by. */
  async start(): Promise<void> {
    await this.#turn();
    this.#running = this.#run();
  }

  /** Ends streams and the waiting; `stop` keeps what is new. */
  close(): void {
    this.#stopping.abort();
  }

  async stop(): Promise<void> {
    this.close();
    await this.#running;
    await this.#inTurn(async () => {
      this.#areNone = false;
      if (this.#lease === undefined) return;
      await this.#keepChanged(true);
      await this.#release(this.#lease);
    }).catch((error) => this.#options.onError?.(error));
  }

  /** By name. Throws ModelsElsewhere. */
  list(): NamedModel[] {
    this.#assertKnown();
    return [...this.#models.values()].sort((a, b) => a.name < b.name ? -1 : 1);
  }

  /** Throws ModelsElsewhere. */
  get(name: string): NamedModel | undefined {
    this.#assertKnown();
    return this.#models.get(name);
  }

  /**
   * Makes the model, durably; where one of that name and these settings is, it stays. Throws BadInput for settings that
   * make no model, for too many models, and where the name is another model's (`isConflict`); ModelsElsewhere.
   */
  create(
    name: string,
    settings: ModelSettings,
  ): Promise<{ readonly model: NamedModel; readonly isNew: boolean }> {
    return this.#inTurn(async () => {
      const { kernelModule, checkpoints, clock } = this.#options;
      const lease = await this.#take(), known = this.#models.get(name);
      if (known !== undefined) {
        if (JSON.stringify(known.settings) === JSON.stringify(settings)) {
          return { model: known, isNew: false };
        }
        throw new ModelConflict(
          `making the model "${name}": there is one with other settings, ${
            JSON.stringify(known.settings)
          }; ` +
            `the same are accepted, or another name, or deleting it first`,
        );
      }
      if (this.#models.size >= MOST_MODELS) {
        throw new ModelConflict(`making the model "${name}": there are ${MOST_MODELS}, which is the most`);
      }
      const model = {
        name,
        settings,
        createdAtMs: clock.nowMs(),
        hosted: makeHostedModel(settings, kernelModule),
      };
      // Of an earlier model of that name.
      await checkpoints.remove(generationOf(name), lease);
      await this.#write(model);
      this.#unreadable.delete(name);
      await this.#writeList([...this.#models.keys(), name]);
      this.#models.set(name, model);
      return { model, isNew: true };
    });
  }

  /** False if there is none. Throws ModelsElsewhere. */
  remove(name: string): Promise<boolean> {
    return this.#inTurn(async () => {
      const lease = this.#lease;
      this.#assertKnown();
      if (lease === undefined || !this.#models.has(name)) return false;
      await this.#writeList([...this.#models.keys()].filter((other) => other !== name));
      this.#models.delete(name);
      this.#kept.delete(name);
      await this.#options.checkpoints.remove(generationOf(name), lease);
      if (this.#models.size === 0 && this.#unreadable.size === 0) {
        await this.#release(lease);
        this.#areNone = true;
      }
      return true;
    });
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    for (;;) {
      await clock.sleep(PERIOD_MS, this.#stopping.signal);
      if (this.#stopping.signal.aborted) return;
      await this.#turn();
    }
  }

  /** Stays the holder or tries to become it; keeps what is new. */
  async #turn(): Promise<void> {
    try {
      await this.#inTurn(async () => {
        if (this.#lease !== undefined) {
          this.#lease = await this.#options.leases.renew(this.#lease, LEASE_MS);
          return await this.#keepChanged(false);
        }
        this.#areNone = (await this.#names()).length === 0;
        if (!this.#areNone) await this.#acquire();
      });
    } catch (error) {
      this.#options.onError?.(error);
    }
  }

  /** The lease; takes it if nobody has it. Throws ModelsElsewhere. */
  async #take(): Promise<Lease> {
    if (this.#lease === undefined && this.#areNone) await this.#acquire();
    if (this.#lease !== undefined) return this.#lease;
    throw elsewhere();
  }

  async #acquire(): Promise<void> {
    const lease = await this.#options.leases.acquire(LEASE, this.#options.holder, LEASE_MS);
    this.#areNone = false;
    if (lease === undefined) return;
    await this.#loadAll();
    this.#lease = lease;
  }

  async #release(lease: Lease): Promise<void> {
    await this.#options.leases.release(lease);
    this.#lease = undefined;
  }

  async #names(): Promise<readonly string[]> {
    const list = await this.#options.checkpoints.latest(LIST);
    this.#version = Math.max(this.#version, list?.offset ?? 0);
    return list === undefined
      ? []
      : (decodeState(list.state) as unknown as { names: readonly string[] }).names;
  }

  async #loadAll(): Promise<void> {
    this.#models.clear();
    this.#kept.clear();
    this.#unreadable.clear();
    for (const name of await this.#names()) {
      try {
        await this.#load(name);
      } catch (error) {
        if (error instanceof OutsideFailure) throw error;
        this.#unreadable.add(name);
        this.#options.onError?.(error);
      }
    }
  }

  async #load(name: string): Promise<void> {
    const { checkpoints, kernelModule } = this.#options;
    const kept = await checkpoints.latest(generationOf(name));
    if (kept === undefined) return;
    const { settings, createdAtMs, state } = decodeState(kept.state) as unknown as {
      settings: string;
      createdAtMs: number;
      state: StateTree;
    };
    const parsed = JSON.parse(settings) as ModelSettings, hosted = makeHostedModel(parsed, kernelModule);
    hosted.load(state);
    this.#version = Math.max(this.#version, kept.offset);
    this.#models.set(name, { name, settings: parsed, createdAtMs, hosted });
    this.#kept.set(name, { changes: hosted.changes, nextAtMs: 0 });
  }

  async #keepChanged(all: boolean): Promise<void> {
    for (const model of this.#models.values()) {
      const kept = this.#kept.get(model.name);
      if (kept?.changes === model.hosted.changes) continue;
      if (all || this.#options.clock.monotonicMs() >= (kept?.nextAtMs ?? 0)) await this.#write(model);
    }
  }

  async #write({ name, settings, createdAtMs, hosted }: NamedModel): Promise<void> {
    const { checkpoints, clock } = this.#options, startMs = clock.monotonicMs(), { changes } = hosted;
    const state = encodeState({ settings: JSON.stringify(settings), createdAtMs, state: hosted.save() });
    await checkpoints.write(
      { generation: generationOf(name), offset: ++this.#version, state },
      2,
      this.#lease,
    );
    const endMs = clock.monotonicMs();
    this.#kept.set(name, { changes, nextAtMs: endMs + (endMs - startMs) / WRITING_SHARE });
  }

  async #writeList(names: readonly string[]): Promise<void> {
    const state = encodeState({ names: [...names, ...this.#unreadable] });
    await this.#options.checkpoints.write(
      { generation: LIST, offset: ++this.#version, state },
      2,
      this.#lease,
    );
  }

  #assertKnown(): void {
    if (this.#lease === undefined && !this.#areNone) throw elsewhere();
  }

  #inTurn<Result>(body: () => Promise<Result>): Promise<Result> {
    const done = this.#last.then(body).catch((error) => {
      // What is here may be older than what the other process holds.
      if (error instanceof LeaseLost) this.#lease = undefined, this.#models.clear();
      throw error;
    });
    this.#last = done.catch(() => {});
    return done;
  }
}

function elsewhere(): ModelsElsewhere {
  return new ModelsElsewhere(
    "the models of this store are held by another process, or by one that was killed a few seconds ago",
  );
}
