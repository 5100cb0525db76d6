/** What all answers of the model share: readiness, waiting for an event, and the headers that say which state answered. */
import type { Clock } from "../ports/clock.ts";
import type { Recommender } from "../recommend/recommender.ts";
import type { ItemTexts } from "./item_texts.ts";
import { Problem } from "./problem.ts";
import { readToken } from "./token.ts";

/** One generation that answers. A request takes it once and uses it to its end. */
export interface ActiveModel {
  readonly recommender: Recommender;
  texts: ItemTexts;
}

/** Whatever holds the model: a server that follows a store, or an edge function over a snapshot. */
export interface AnsweringModel {
  /** Of the log whose events the answers know. */
  readonly logId: string;
  /** Undefined until the first generation is loaded. */
  readonly current: ActiveModel | undefined;
  /** Offset after the last record of the log, as far as it is known here. */
  readonly logEnd: number;
  /** How long the oldest record that is not applied has been known here. */
  readonly lagMs: number;
  /** What is wrong although answers are given. */
  readonly warnings: readonly string[];
  /** Waits until the event at `offset` is applied; false if that did not happen within `waitMs`. */
  waitFor(offset: number, waitMs: number): Promise<boolean>;
}

/** Of a query: the token of an event that the answer must know, and how long to wait for it. */
export interface Freshness {
  readonly after?: string;
  readonly wait: number;
}

/** What the headers say of the state that answers. */
interface AnswerState {
  readonly generation: string;
  readonly seenOffset: number;
  readonly learnedOffset: number;
  readonly offsetText: string;
  /**
   * Weak: titles may change without it. What was seen and the lists are a function of the generation, of the events
   * applied and of the request alone.
   */
  readonly tag: string;
}

export class ModelAnswers {
  readonly #model: AnsweringModel;
  readonly #clock: Clock;
  /** Of the last answer: the next one's is nearly always the same. */
  #state: AnswerState = { generation: "", seenOffset: -1, learnedOffset: -1, offsetText: "", tag: "" };

  constructor(model: AnsweringModel, clock: Clock) {
    this.#model = model;
    this.#clock = clock;
  }

  /** The model that answers now. Throws a 503 problem before the first is loaded. */
  get active(): ActiveModel {
    const { current, warnings } = this.#model;
    if (current !== undefined) return current;
    const detail = warnings.length > 0
      ? warnings.join("; ")
      : "no generation is active: `foz train` makes one, and it is served as soon as it is there";
    throw new Problem("not-ready", detail, { headers: { "retry-after": "1" } });
  }

  /** The model once it knows the event of the token, if there is one. */
  async fresh({ after, wait }: Freshness): Promise<ActiveModel> {
    if (after === undefined) return this.active;
    const offset = readToken(after, this.#model.logId);
    const applied = this.active.recommender.appliedOffset > offset || await this.#model.waitFor(offset, wait);
    if (applied) return this.active;
    const { appliedOffset } = this.active.recommender;
    const detail =
      `the event at offset ${offset} was not applied within ${wait} ms; applied are those below ${appliedOffset}`;
    throw new Problem("not-applied", detail, { headers: { "retry-after": "1" } });
  }

  /** The JSON answer with its headers. */
  json(active: ActiveModel, json: string, startMs: number): Response {
    return new Response(json, { headers: this.#headers(this.#stateOf(active), startMs) });
  }

  /** As `json`, or 304 without a body when the client holds the answer of this state already. `make` is then not called. */
  cachable(active: ActiveModel, request: Request, startMs: number, make: () => string): Response {
    const state = this.#stateOf(active);
    const given = request.headers.get("if-none-match");
    const isHeld = given !== null && matchesTag(given, state.tag);
    const json = isHeld ? null : make();
    const headers = this.#headers(state, startMs);
    headers.etag = state.tag;
    headers["cache-control"] = "private, no-cache";
    return new Response(json, { status: isHeld ? 304 : 200, headers });
  }

  #stateOf({ recommender }: ActiveModel): AnswerState {
    const { generation: { generation }, seenOffset, learnedOffset = -1 } = recommender;
    const state = this.#state;
    if (
      state.generation !== generation || state.seenOffset !== seenOffset ||
      state.learnedOffset !== learnedOffset
    ) {
      const offsetText = String(recommender.appliedOffset);
      const tag = learnedOffset < 0
        ? `W/"${generation}-${seenOffset}"`
        : `W/"${generation}-${learnedOffset}-${seenOffset}"`;
      this.#state = { generation, seenOffset, learnedOffset, offsetText, tag };
    }
    return this.#state;
  }

  #headers({ generation, offsetText }: AnswerState, startMs: number): Record<string, string> {
    return {
      "content-type": "application/json",
      "x-model-generation": generation,
      "x-applied-offset": offsetText,
      "server-timing": `foz;dur=${(this.#clock.monotonicMs() - startMs).toFixed(3)}`,
    };
  }
}

/** Whether `If-None-Match` lists the tag; compared weakly, as RFC 9110 says for it. */
export function matchesTag(ifNoneMatch: string, tag: string): boolean {
  const opaque = (text: string) => text.trim().replace(/^W\//, "");
  return ifNoneMatch.split(",").some((given) => given.trim() === "*" || opaque(given) === opaque(tag));
}
