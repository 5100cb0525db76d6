/**
 * A fit alone in its process, for memory.ts: INDPTR.npy INDICES.npy USERS ITEMS FACTORS THREADS. Every value is 1. The indexes go
 * from the file straight into kernel memory: what is resident is what a fit needs.
 */
import { transposeInto } from "../../../src/batch/build_matrix.ts";
import { openCompute } from "../../../src/commands/open_compute.ts";
import { AlsFit } from "../../../src/kernels/als_fit.ts";
import { hashOf } from "../figures.ts";
import { parametersOf } from "../fitting.ts";
import { highWaterBytes } from "../foz_process.ts";
import { npyLayout, readNpyInto } from "../npy_file.ts";
import type { MemoryReport } from "./memory.ts";

const EPOCHS = 2;
const [indptr, indices, ...numbers] = Deno.args;
const [userCount, itemCount, factorCount, threads] = numbers.map(Number);

const compute = await openCompute(threads);
const baseBytes = highWaterBytes("self");
const fit = AlsFit.create(compute.pool, compute.kernels, {
  parameters: parametersOf({ factorCount }),
  userCount,
  itemCount,
  interactionCount: (await npyLayout(indices)).count,
  seed: 1,
});
const { byUser, byItem } = fit;
await readNpyInto(indptr, byUser.indptr);
await readNpyInto(indices, byUser.indices);
byUser.values.fill(1);
transposeInto(byUser, byItem);
await fit.prepare();
for (let epoch = 0; epoch < EPOCHS; epoch++) await fit.epoch();
const residentBytes = highWaterBytes("self");
const { userFactors, itemFactors } = fit.model();
const report: MemoryReport = { residentBytes, baseBytes, sha256: await hashOf(userFactors, itemFactors) };
await compute.close();
console.log(JSON.stringify(report));
