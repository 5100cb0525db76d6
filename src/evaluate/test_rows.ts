/** Test data as rankings and errors need it. */
import type { RatingMatrix } from "../domain/rating_matrix.ts";

/**
 * `test` without the pairs that `train` has too: a repeat of an interaction was seen in training, so it is masked from
 * every list and says nothing about prediction. Both matrices have ascending rows of the same shape.
 */
export function withoutTrained(test: RatingMatrix, train: RatingMatrix): RatingMatrix {
  const indptr = new Uint32Array(test.rowCount + 1);
  const indices = new Uint32Array(test.indices.length), values = new Float32Array(test.indices.length);
  let to = 0;
  for (let user = 0; user < test.rowCount; user++) {
    let other = train.indptr[user];
    const otherEnd = train.indptr[user + 1];
    for (let at = test.indptr[user]; at < test.indptr[user + 1]; at++) {
      while (other < otherEnd && train.indices[other] < test.indices[at]) other++;
      if (other < otherEnd && train.indices[other] === test.indices[at]) continue;
      indices[to] = test.indices[at], values[to] = test.values[at];
      to++;
    }
    indptr[user + 1] = to;
  }
  return { ...test, indptr, indices: indices.subarray(0, to), values: values.subarray(0, to) };
}

/**
 * `test` without the rows of users that `train` knows nothing of. Whatever model there is, such a user is answered
 * with what is popular, so a ranking over them compares nothing.
 */
export function ofTrainedUsers(test: RatingMatrix, train: RatingMatrix): RatingMatrix {
  const indptr = new Uint32Array(test.rowCount + 1);
  const kept = new Uint8Array(test.indices.length);
  for (let user = 0; user < test.rowCount; user++) {
    const isTrained = train.indptr[user + 1] > train.indptr[user];
    if (isTrained) kept.fill(1, test.indptr[user], test.indptr[user + 1]);
    indptr[user + 1] = indptr[user] + (isTrained ? test.indptr[user + 1] - test.indptr[user] : 0);
  }
  const isKept = (_: number, at: number) => kept[at] === 1;
  return { ...test, indptr, indices: test.indices.filter(isKept), values: test.values.filter(isKept) };
}

/** `test` without evidence that is not positive: who spoke against an item is not to be shown it. */
export function ofPositiveEvidence(test: RatingMatrix): RatingMatrix {
  const indptr = new Uint32Array(test.rowCount + 1);
  for (let user = 0; user < test.rowCount; user++) {
    let kept = 0;
    for (let at = test.indptr[user]; at < test.indptr[user + 1]; at++) if (test.values[at] > 0) kept++;
    indptr[user + 1] = indptr[user] + kept;
  }
  const isKept = (_: number, at: number) => test.values[at] > 0;
  return { ...test, indptr, indices: test.indices.filter(isKept), values: test.values.filter(isKept) };
}

/** Interactions of each item: the scores of the baseline "popular". */
export function itemCountsOf({ indices, columnCount }: RatingMatrix): Uint32Array {
  const counts = new Uint32Array(columnCount);
  for (let at = 0; at < indices.length; at++) counts[indices[at]]++;
  return counts;
}
