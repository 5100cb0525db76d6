/** Messages that change what is served. Each names its generation; whoever serves another one drops it. */
export type ModelUpdate =
  | {
    readonly kind: "generationActivated";
    readonly generation: string;
    readonly appliedOffset: number;
  }
  | {
    readonly kind: "rowsChanged";
    readonly generation: string;
    readonly appliedOffset: number;
    readonly side: "user" | "item";
    readonly indexes: Uint32Array;
    /** indexes.length x stride. */
    readonly rows: Float32Array;
  };
