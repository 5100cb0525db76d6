/** The ids behind the log's codes: those that a generation names, others as they are asked for. */
import type { GenerationContent } from "../domain/generation.ts";
import type { EventLog } from "../ports/event_log.ts";

type Side = "user" | "item";

export class LogIds {
  readonly #log: EventLog;
  readonly #ids: Readonly<Record<Side, string[]>>;

  /** `named`: by code, "" of somebody who was erased. */
  constructor(log: EventLog, named: Pick<GenerationContent, "userIds" | "itemIds">) {
    this.#log = log;
    this.#ids = { user: [...named.userIds], item: [...named.itemIds] };
  }

  /** Of a code that is in the log; "" of somebody who was erased before, or of whom `forget` was told. */
  async of(side: Side, code: number): Promise<string> {
    return (await this.below(side, code + 1))[code];
  }

  /** The ids of the codes below `count`, and perhaps more. The array is this object's own. */
  async below(side: Side, count: number): Promise<readonly string[]> {
    const ids = this.#ids[side], from = ids.length;
    if (count <= from) return ids;
    const more = side === "user" ? await this.#log.userIds(from) : await this.#log.itemIds(from);
    // Another reading may have added them meanwhile.
    for (let i = ids.length - from; i < more.length; i++) ids.push(more[i]);
    return ids;
  }

  /** As far as it is known here; undefined if nobody has asked. */
  known(side: Side, code: number): string | undefined {
    return this.#ids[side][code];
  }

  forgetUser(code: number): void {
    if (code < this.#ids.user.length) this.#ids.user[code] = "";
  }
}
