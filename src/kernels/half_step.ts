/** The record that tells the solvers what a half-step works on: `HalfStep` of core-wasm/assembly/layout.ts. */
import type { Arena } from "./arena.ts";

/** Fields in the order of the record, with what each is: an address, a count, or a float. */
const FIELDS = [
  ["rowCount", "u32"],
  ["order", "u32"],
  ["indptr", "u32"],
  ["indices", "u32"],
  ["values", "u32"],
  ["solved", "u32"],
  ["fixed", "u32"],
  ["fixedCount", "u32"],
  ["rowBytes", "u32"],
  ["factorCount", "u32"],
  ["isExplicit", "u32"],
  ["regularization", "u32"],
  ["units", "u32"],
  ["unitCount", "u32"],
  ["groupCount", "u32"],
  ["blockRows", "u32"],
  ["cursor", "u32"],
  ["losses", "u32"],
  ["isWholeLoss", "u32"],
  ["steps", "u32"],
  ["isFromZero", "u32"],
  ["eigenvalues", "u32"],
  ["denseWeights", "u32"],
  ["confidenceScale", "f32"],
  ["ownBias", "u32"],
  ["globalMean", "f32"],
  ["biasRegularization", "f32"],
] as const;

export type HalfStepField = typeof FIELDS[number][0];
export type HalfStepFields = Readonly<Record<HalfStepField, number>>;

export const HALF_STEP_BYTES = FIELDS.length * 4;

export function writeHalfStep(arena: Arena, address: number, fields: HalfStepFields): void {
  const integers = arena.u32(address, FIELDS.length), floats = arena.f32(address, FIELDS.length);
  FIELDS.forEach(([name, kind], at) => {
    (kind === "f32" ? floats : integers)[at] = fields[name];
  });
}

/** Changes what of a half-step differs between epochs: steps of conjugate gradients, and where rows start from. */
export function setMove(
  arena: Arena,
  address: number,
  move: Pick<HalfStepFields, "steps" | "isFromZero">,
): void {
  const at = FIELDS.findIndex(([name]) => name === "steps");
  arena.u32(address + 4 * at, 2).set([move.steps, move.isFromZero]);
}
