/** Factors before the first epoch. */
import type { AlsFitOptions } from "./als_fit.ts";
import type { AlsMemory, SideMemory } from "./als_memory.ts";
import type { Eigenbasis } from "./eigenbasis.ts";
import type { Phases } from "./phases.ts";

export interface Start {
  readonly phases: Phases;
  readonly memory: AlsMemory;
  readonly options: AlsFitOptions;
  readonly eigenbasis: Eigenbasis;
}

/** Explicit: standard deviation of initial factors, times √d: small beside a rating, large beside rounding. */
const DEVIATION = 0.1;
/** Implicit: root mean square of the length of an item's row. */
const ROW_LENGTH = 0.6;

async function fillNoise({ phases, memory, options }: Start, side: SideMemory): Promise<void> {
  const { factorCount } = options.parameters;
  const deviation = DEVIATION / Math.sqrt(factorCount), seed = options.seed >>> 0;
  const noise = [side.factors, side.rowCount, memory.stride * 4, factorCount, seed, deviation];
  await phases.run("fillNoise", () => [...noise, phases.cursor]);
}

/** Items: noise, no bias; users: nothing, since they are moved first. A row without ratings stays as it is here. */
export async function startExplicit(start: Start): Promise<void> {
  const { memory, options } = start, { factorCount } = options.parameters, { stride, items, users } = memory;
  await fillNoise(start, items);
  const itemFactors = memory.factorsOf(items), itemRows = memory.matrixOf(items).indptr;
  for (let i = 0; i < items.rowCount; i++) {
    if (itemRows[i] === itemRows[i + 1]) itemFactors.fill(0, i * stride, (i + 1) * stride);
    itemFactors[i * stride + factorCount] = 1;
  }
  const userFactors = memory.factorsOf(users).fill(0), userRows = memory.matrixOf(users).indptr;
  for (let u = 0; u < users.rowCount; u++) {
    if (userRows[u] !== userRows[u + 1]) userFactors[u * stride + factorCount + 1] = 1;
  }
}

/**
 * Items: V₀ = NᵀN Nᵀ Ω with N = D_u^-½ R D_v^-½ and Ω a sketch, mapped so that Σ w v vᵀ = c I: an approximate basis of the
 * strongest directions of N (a randomized range finder: Halko, Martinsson and Tropp 2011). Users: nothing. Gives whether the
 * map was exact; then the eigenbasis is that of the items as they stand.
 */
export async function startImplicit(start: Start): Promise<boolean> {
  const { phases, memory, options } = start,
    { users, items } = memory,
    { factorCount, unobservedWeight } = options.parameters;
  const scratchOf = (worker: number) => memory.scratchOf(worker);
  await phases.run("sketch", () => [items.halfStep, users.indptr, options.seed >>> 0]);
  await phases.run("propagate", (worker) => [users.halfStep, 1, scratchOf(worker)]);
  await phases.run("propagate", (worker) => [items.halfStep, 0, scratchOf(worker)]);
  await phases.run("clearRows", () => [users.factors, users.rowCount, memory.stride * 4, phases.cursor]);
  const length = Math.sqrt(ROW_LENGTH ** 2 * items.rowCount / factorCount),
    target = { length, scale: unobservedWeight };
  return await start.eigenbasis.whiten(
    { address: items.factors, count: items.rowCount },
    items.weights,
    target,
    scratchOf,
  );
}
