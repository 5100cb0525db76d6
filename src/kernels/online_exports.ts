/** The exports of core-wasm/assembly/linear.ts and factorization.ts. Addresses in bytes. */
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
