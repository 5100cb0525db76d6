/** Matrices as files, in forms that both sides of a pair read equally well. */
import type { RatingMatrix } from "../../src/domain/rating_matrix.ts";
import { writeNpy } from "./npy_file.ts";

export interface MatrixFiles {
  readonly indptr: string;
  readonly indices: string;
  readonly values: string;
}

/** Compressed sparse rows as three .npy files `PREFIX.indptr.npy` and so on. */
export async function writeMatrix(prefix: string, matrix: RatingMatrix): Promise<MatrixFiles> {
  const files = {
    indptr: `${prefix}.indptr.npy`,
    indices: `${prefix}.indices.npy`,
    values: `${prefix}.values.npy`,
  };
  await writeNpy(files.indptr, matrix.indptr);
  await writeNpy(files.indices, matrix.indices);
  await writeNpy(files.values, matrix.values);
  return files;
}

export const CSV_HEADER = "userId,movieId,rating\n";

const CHUNK_BYTES = 1 << 20;
/** No line is longer: two indexes of 10 digits, a rating as JavaScript writes it, separators. */
const LINE_BYTES = 64;

/** A ratings file as people have them: a header, then a line for each value, in order of users. Ids are indexes. */
export async function writeRatingsCsv(path: string, matrix: RatingMatrix): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  const chunk = new Uint8Array(CHUNK_BYTES);
  let at = new TextEncoder().encodeInto(CSV_HEADER, chunk).written;
  const flush = async () => {
    for (let from = 0; from < at;) from += await file.write(chunk.subarray(from, at));
    at = 0;
  };
  const { rowCount, indptr, indices, values } = matrix;
  const prefix = new Uint8Array(16);
  for (let user = 0; user < rowCount; user++) {
    const prefixLength = writeText(`${user},`, prefix, 0);
    for (let k = indptr[user]; k < indptr[user + 1]; k++) {
      if (at + LINE_BYTES > CHUNK_BYTES) await flush();
      for (let j = 0; j < prefixLength; j++) chunk[at++] = prefix[j];
      at = writeText(`${indices[k]},${values[k]}\n`, chunk, at);
    }
  }
  await flush();
}

/** ASCII only; gives the position after it. */
function writeText(text: string, to: Uint8Array, at: number): number {
  for (let j = 0; j < text.length; j++) to[at++] = text.charCodeAt(j);
  return at;
}
