// deno-fmt-ignore-file
// The list of exports; no logic. Arguments and units: core-wasm/README.md.
export { heapBase } from "./layout";
export { gramBlocks, rotateRows } from "./matrix";
export { eigenValues, eigenVectors } from "./eigen";
export { clearRows, fillNoise, propagate, sketch } from "./als_start";
export { moveRows } from "./als_half_step";
export { solveSystem32, solveSystem64 } from "./cholesky";
export { indexBlock, indexItems, setItem } from "./item_index";
export { score, topNRow, topNUsers } from "./top_n";
export { addGram, foldIn } from "./fold_in";
export { scalerLearn, scalerTransform, linearRaw, linearMean, linearLearn, linearProgressive } from "./linear";
export { linearStep, linearLookAhead } from "./linear";
export { almaRaw, almaLearn } from "./alma";
export { machineRaw, machineMean, machineLearn } from "./factorization_machine";
export { nearestRows } from "./neighbours";
export { factorizationPredict, factorizationLearn, factorizationProgressive } from "./factorization";

// Called by no one outside: functions that do the work on one row or tile. V8 replaces a function's first, slow code only
// between two calls of it, and the compiler would merge each of these into the one long-running call that uses it.
export { addOuterProducts, rotateBlock } from "./matrix";
export { fillNoiseRow, propagateRow, sketchRow } from "./als_start";
export { moveRow } from "./als_rows";
export { visit } from "./als_groups";
export { clearLive, descendLive, findEntry, moveLive, rankLive, solveLive, sumLive } from "./live";
