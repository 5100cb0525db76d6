/** A process that dies when it is told to: what it calls on the world then never answers again. */
import { OutsideFailure } from "../../src/domain/failure.ts";
import type { Clock } from "../../src/ports/clock.ts";

/**
 * - "crash before", "crash after": the process dies when it asks for a write, or when it would hear that it was done.
 * - "crash within": it dies between two statements of a write's transaction (stores on a disk only).
 * - "disk full": the write fails and changes nothing. "answer lost": it fails although it was done.
 */
export type Fault = "crash before" | "crash after" | "crash within" | "disk full" | "answer lost";

export interface ArmedFault {
  readonly fault: Fault;
  /** At the how manieth write from now on, or statement if "crash within"; the first is 1. */
  readonly at: number;
  /** Counts the writes of this port only; not for "crash within". */
  readonly port?: string;
}

/** Methods of the ports that change something. */
const WRITES = new Set<PropertyKey>([
  ...["append", "appendColumns", "appendControl", "reserve", "publish", "activate", "collect"],
  ...["write", "remove", "trim", "put", "acquire", "renew", "release"],
  ...["deleteEvent", "eraseUser", "forgetUser", "refresh"],
]);
/** Methods that give an iterable. */
const STREAMS = new Set<PropertyKey>(["read", "follow"]);

export class SimulatedProcess {
  #isDead = false;
  #callCount = 0;
  #stopped: Promise<void> | undefined;
  #goOn: () => void = () => {};
  #armed: ArmedFault | undefined;
  #left = 0;
  /** The write that the armed fault struck, for the trace. */
  struck = "";
  readonly died: Promise<void>;
  #die!: () => void;
  readonly #onDeath: (() => void)[] = [];

  constructor() {
    this.died = new Promise((resolve) => this.#die = resolve);
  }

  /** Whether it waits for the store: not for time, nor for what a feed will say. */
  get isBusy(): boolean {
    return !this.#isDead && this.#callCount > 0;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** The fault strikes once, or never if so many writes do not come. */
  arm(fault: ArmedFault | undefined): void {
    this.#armed = fault;
    this.#left = fault?.at ?? 0;
    this.struck = "";
  }

  disarm(): void {
    this.#armed = undefined;
  }

  /** As SIGSTOP: nothing goes on, and nothing is heard, until `goOn`. */
  stop(): void {
    this.#stopped = new Promise((resolve) => this.#goOn = resolve);
  }

  goOn(): void {
    this.#stopped = undefined;
    this.#goOn();
  }

  onDeath(act: () => void): void {
    this.#onDeath.push(act);
  }

  kill(): void {
    if (this.#isDead) return;
    this.#isDead = true;
    for (const act of this.#onDeath) act();
    this.#die();
  }

  /** The port as this process sees it. */
  guard<P extends object>(name: string, port: P): P {
    return new Proxy(port, {
      get: (target, key) => {
        const member = Reflect.get(target, key, target);
        if (typeof member !== "function") return member;
        const call = (args: unknown[]) => Reflect.apply(member, target, args);
        if (STREAMS.has(key)) return (...args: unknown[]) => this.#stream(call(args));
        const write = WRITES.has(key) ? `${name}.${String(key)}` : undefined;
        return (...args: unknown[]) => this.#call(write, () => this.#counted(call(args)));
      },
    });
  }

  clock(clock: Clock): Clock {
    return {
      nowMs: () => clock.nowMs(),
      monotonicMs: () => clock.monotonicMs(),
      sleep: (ms, signal) => this.#call(undefined, () => clock.sleep(ms, signal)),
    };
  }

  /** Called before each SQL statement. */
  statement(sql: string): void {
    if (this.#armed?.fault !== "crash within" || /^\s*(SELECT|PRAGMA|BEGIN|ROLLBACK)/i.test(sql)) return;
    if (--this.#left > 0) return;
    this.#strike(`statement ${sql.trim().split(/\s+/).slice(0, 3).join(" ")}`);
    this.kill();
    throw new Error("the process is dead");
  }

  async #call<Result>(write: string | undefined, effect: () => Promise<Result>): Promise<Result> {
    await this.#stopped;
    if (this.#isDead) return await never();
    const fault = write === undefined ? undefined : this.#faultAt(write);
    if (fault === "crash before") this.kill();
    if (this.#isDead) return await never();
    if (fault === "disk full") throw new OutsideFailure(`${write}: the disk is full (simulated)`);
    let result: Result;
    try {
      result = await effect();
    } catch (error) {
      if (this.#isDead) return await never();
      throw error;
    }
    if (fault === "crash after") this.kill();
    await this.#stopped;
    if (this.#isDead) return await never();
    if (fault === "answer lost") throw new OutsideFailure(`${write}: the disk failed (simulated)`);
    return result;
  }

  async #counted<Result>(answer: Promise<Result>): Promise<Result> {
    this.#callCount++;
    try {
      return await answer;
    } finally {
      this.#callCount--;
    }
  }

  async *#stream<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item> {
    const iterator = items[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { done, value } = await this.#call(undefined, () => iterator.next());
        if (done) return;
        yield value;
      }
    } finally {
      await iterator.return?.();
    }
  }

  #faultAt(write: string): Fault | undefined {
    const { fault, port = "" } = this.#armed ?? {};
    if (fault === undefined || !write.startsWith(port) || fault === "crash within" || --this.#left > 0) {
      return undefined;
    }
    this.#strike(write);
    return fault;
  }

  #strike(where: string): void {
    this.struck = where;
    this.#armed = undefined;
  }
}

function never(): Promise<never> {
  return new Promise(() => {});
}
