/** When a stream goes from one concept to another. */
import { BadInput } from "../domain/failure.ts";
import type { Random } from "./random.ts";

/** Positions count from 0: the observation at `position` is the first that an abrupt change concerns. */
export interface Transition {
  readonly position: number;
  /** The concept that comes. */
  readonly concept: number;
  /**
   * - abrupt: at once.
   * - sigmoid: `P(new) = 1/(1+exp(-4 (t-position)/width))`, t counting observations.
   * - even: for `width` observations from `position` on old and new alike often, then new.
   */
  readonly shape: "abrupt" | "sigmoid" | "even";
  /** In observations; 0 where the shape is abrupt. */
  readonly width: number;
}

/** A sigmoid is taken for 0 and 1 beyond this many widths from its middle, where it is within 3e-9 of them. */
const REACH = 5;

/** Probability that the observation at a position is of the concept that comes. */
export function shareOf({ shape, position, width }: Transition, at: number): number {
  if (shape === "sigmoid") {
    const steps = (at - position) / width;
    return steps <= -REACH ? 0 : steps >= REACH ? 1 : 1 / (1 + Math.exp(-4 * steps));
  }
  if (shape === "even" && at >= position && at < position + width) return 0.5;
  return at >= position ? 1 : 0;
}

/** Where it begins and ends as far as one can tell: of a sigmoid the middle width, from 12 % to 88 %. */
export function spanOf({ shape, position, width }: Transition): { from: number; until: number } {
  if (shape !== "sigmoid") return { from: position, until: position + width };
  return { from: Math.max(0, Math.ceil(position - width / 2)), until: Math.ceil(position + width / 2) };
}

export interface DriftSchedule {
  /** The concept that a position's observation is of; `random` gives the position's generator, where some are mixed. */
  conceptAt(position: number, random: () => Random): number;
  /** Those that begin (`spanOf`) at from, from + 1, ... until - 1, in order. */
  transitions(from: number, until: number): Transition[];
  /** Before the first of them. */
  readonly initial: number;
}

/** These changes, in ascending order of position. Of those under way at a position, the newest decides first. */
export function listedSchedule(initial: number, transitions: readonly Transition[]): DriftSchedule {
  transitions.forEach(({ position }, i) => {
    const before = transitions[i - 1]?.position ?? -Infinity;
    if (position > before) return;
    throw new BadInput(`a drift at ${position} after one at ${before}: ascending positions are accepted`);
  });
  return {
    initial,
    conceptAt(position, random) {
      for (let k = transitions.length - 1; k >= 0; k--) {
        if (hasCome(transitions[k], position, random)) return transitions[k].concept;
      }
      return initial;
    },
    transitions: (from, until) => transitions.filter((one) => isWithin(one, from, until)),
  };
}

export interface RecurringOptions {
  /** Concepts that take turns, the initial one first; at least two. */
  readonly concepts: readonly number[];
  /** Observations between two changes. */
  readonly every: number;
  /** Of each change, which is abrupt with 0, else a sigmoid. */
  readonly width: number;
}

/** One concept after the other, for ever: changes at every, 2 every, 3 every, ... */
export function recurringSchedule({ concepts, every, width }: RecurringOptions): DriftSchedule {
  if (width > every / 2) {
    throw new BadInput(`drifts of width ${width} every ${every} observations: up to half is accepted`);
  }
  const shape = width === 0 ? "abrupt" : "sigmoid";
  const at = (k: number): Transition => ({
    position: k * every,
    concept: concepts[k % concepts.length],
    shape,
    width,
  });
  return {
    initial: concepts[0],
    conceptAt(position, random) {
      for (let k = Math.floor((position + REACH * width) / every); k > 0; k--) {
        const transition = at(k);
        if (hasCome(transition, position, random)) return transition.concept;
      }
      return concepts[0];
    },
    transitions(from, until) {
      const found: Transition[] = [];
      const first = Math.max(1, Math.floor(from / every));
      for (let k = first; spanOf(at(k)).from < until; k++) {
        if (isWithin(at(k), from, until)) found.push(at(k));
      }
      return found;
    },
  };
}

function hasCome(transition: Transition, position: number, random: () => Random): boolean {
  const share = shareOf(transition, position);
  return share === 1 || (share > 0 && random().uniform() < share);
}

function isWithin(transition: Transition, from: number, until: number): boolean {
  const { from: begin } = spanOf(transition);
  return begin >= from && begin < until;
}
