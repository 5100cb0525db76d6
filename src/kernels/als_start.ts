/** Factors before the first epoch. */
import type { AlsFitOptions } from "./als_fit.ts";
import type { AlsMemory, SideMemory } from "./als_memory.ts";
import type { Phases } from "./phases.ts";

export interface Start {
  readonly phases: Phases;
  readonly memory: AlsMemory;
  readonly options: AlsFitOptions;
  /** Units of work of the items' half-step. */
  readonly itemUnitCount: number;
}

/** Standard deviation of initial factors, times √d: small beside a rating, large beside rounding. */
const DEVIATION = 0.1;

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
 * Items: one propagation of noise through the ratings, V₀ = D_v^-½ Rᵀ D_u^-½ (D_u^-½ R D_v^-½ Ω), rescaled to the wanted
 * deviation (MATHS.md 1.2); users: nothing.
 */
export async function startImplicit(start: Start): Promise<void> {
  const { phases, memory, options } = start, { users, items } = memory, { factorCount } = options.parameters;
  const scaleItems = (factor: number, indptr: number) => {
    const scale = [items.factors, items.rowCount, memory.stride * 4, factor, indptr];
    return phases.run("scaleRows", () => [...scale, phases.cursor]);
  };
  await fillNoise(start, items);
  await scaleItems(1, items.indptr);
  await phases.run("propagate", (worker) => [users.halfStep, 1, memory.scratchOf(worker)]);
  await phases.run("propagate", (worker) => [items.halfStep, 0, memory.scratchOf(worker)]);
  const squares = memory.sumOfLosses(start.itemUnitCount), count = items.rowCount * factorCount;
  const wanted = DEVIATION ** 2 / factorCount;
  await scaleItems(squares > 0 ? Math.sqrt(wanted * count / squares) : 0, 0);
  memory.factorsOf(users).fill(0);
}
