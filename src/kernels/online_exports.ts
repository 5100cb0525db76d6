/** The exports of the online models (core-wasm/README.md). Addresses in bytes. */
export interface OnlineExports {
  scalerLearn(scaler: number, indices: number, values: number, count: number): void;
  scalerTransform(scaler: number, indices: number, values: number, out: number, count: number): void;
  linearRaw(block: number, indices: number, values: number, count: number, work: number): number;
  linearMean(block: number, raw: number): number;
  linearLearn(
    block: number,
    indices: number,
    values: number,
    count: number,
    target: number,
    work: number,
  ): void;
  linearProgressive(
    block: number,
    indices: number,
    columns: number,
    rows: number,
    targets: number,
    rowCount: number,
    predictions: number,
    work: number,
  ): void;
  linearStep(block: number, indices: number, values: number, count: number, gradient: number): void;
  linearLookAhead(block: number, indices: number, count: number): void;

  almaRaw(block: number, indices: number, values: number, count: number): number;
  almaLearn(
    block: number,
    indices: number,
    values: number,
    count: number,
    slotCount: number,
    sign: number,
  ): void;

  machineRaw(block: number, indices: number, values: number, count: number, sums: number): number;
  machineMean(block: number, raw: number): number;
  machineLearn(
    block: number,
    indices: number,
    values: number,
    count: number,
    target: number,
    sums: number,
  ): void;

  nearestRows(
    rows: number,
    rowBytes: number,
    capacity: number,
    first: number,
    count: number,
    query: number,
    n: number,
    places: number,
    distances: number,
  ): number;

  factorizationPredict(block: number, user: number, item: number, rowBytes: number): number;
  factorizationLearn(block: number, user: number, item: number, rowBytes: number, value: number): void;
  factorizationProgressive(
    block: number,
    userRows: number,
    itemRows: number,
    rowBytes: number,
    users: number,
    items: number,
    values: number,
    count: number,
    knownUsers: number,
    knownItems: number,
    predictions: number,
  ): void;
}
