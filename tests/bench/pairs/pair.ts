/** What a pair is: the same work by us and by a peer, in turns, on the same data, cores and threads. */
import type { OpenedCompute } from "../../../src/commands/open_compute.ts";
import type { RatingMatrix } from "../../../src/domain/rating_matrix.ts";
import type { BenchContext } from "../context.ts";
import { type DataSet, planted } from "../data_sets.ts";
import { writeMatrix } from "../matrix_files.ts";
import { ratiosOf, type Spread, spreadOf } from "../measure.ts";
import type { RequirementSet } from "../peers/environment.ts";
import type { PeerProcess } from "../peers/peer_process.ts";

export interface PairContext extends BenchContext {
  readonly compute: OpenedCompute;
  readonly peer: PeerProcess;
  /** Path of the peers' Python, for whole processes. */
  readonly python: string;
  /** Whether --faiss was given. */
  readonly withFaiss: boolean;
}

export interface PairRow {
  readonly work: string;
  readonly data: string;
  readonly peer: string;
  /** Seconds. */
  readonly ours: Spread;
  readonly theirs: Spread;
  /** Their seconds by ours: how many times faster we were. */
  readonly ratio: Spread;
  /** The ratio that is to be reached, where one is. */
  readonly goal?: number;
  readonly note?: string;
}

export interface Pair {
  readonly name: string;
  readonly help: string;
  /** What must be installed besides the base. */
  readonly needs?: RequirementSet;
  /** Gives rows as they are measured; none, after saying so, where its data is absent. */
  run(context: PairContext): AsyncIterable<PairRow>;
}

export interface Facts {
  readonly work: string;
  readonly data: string;
  readonly peer: string;
  readonly goal?: number;
  readonly note?: string;
}

/** A row from samples that were taken in turns. */
export function rowOf(facts: Facts, [ours, theirs]: readonly (readonly number[])[]): PairRow {
  return { ...facts, ours: spreadOf(ours), theirs: spreadOf(theirs), ratio: ratiosOf(ours, theirs) };
}

/** Hands a matrix to the peer under a name. */
export async function loadIntoPeer(
  { peer, scratch }: PairContext,
  name: string,
  matrix: RatingMatrix,
): Promise<void> {
  const files = await writeMatrix(`${scratch}/${name}`, matrix);
  const size = { userCount: matrix.rowCount, itemCount: matrix.columnCount };
  await peer.request("load", { data: name, ...files, ...size });
}

/** MovieLens, or very small planted data of its kind; undefined, after saying so, where it is absent. */
export async function movieLensOr(
  pair: string,
  { tiny, dataFolder }: PairContext,
  load: (folder: string) => Promise<DataSet | undefined>,
): Promise<DataSet | undefined> {
  const data = tiny ? planted("movielens", true) : await load(dataFolder);
  if (data === undefined) {
    console.error(
      `${pair}: left out, movielens-1m/ was not found in ${dataFolder}; --data FOLDER says where it is`,
    );
  }
  return data;
}
