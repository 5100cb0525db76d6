// deno-fmt-ignore-file
// The best so far: a heap in two arrays (u32 indexes, f32 scores) whose root is the item to lose first, that is the one
// with the smallest score, and of equal ones the one with the greatest index.

// @ts-ignore: decorator
@inline export function losesTo(scoreA: f32, indexA: u32, scoreB: f32, indexB: u32): bool {
  return scoreA < scoreB || (scoreA == scoreB && indexA > indexB);
}

// @ts-ignore: decorator
@inline function put(indexes: usize, scores: usize, at: i32, index: u32, score: f32): void {
  store<u32>(indexes + (<usize>at << 2), index);
  store<f32>(scores + (<usize>at << 2), score);
}

// @ts-ignore: decorator
@inline function indexAt(indexes: usize, at: i32): u32 { return load<u32>(indexes + (<usize>at << 2)); }
// @ts-ignore: decorator
@inline function scoreAt(scores: usize, at: i32): f32 { return load<f32>(scores + (<usize>at << 2)); }

/** Puts an item in place of the root of a heap of `count` and restores the order. */
export function replaceWorst(indexes: usize, scores: usize, count: i32, index: u32, score: f32): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= count) break;
    if (child + 1 < count && losesTo(scoreAt(scores, child + 1), indexAt(indexes, child + 1), scoreAt(scores, child), indexAt(indexes, child))) child++;
    const childScore = scoreAt(scores, child), childIndex = indexAt(indexes, child);
    if (!losesTo(childScore, childIndex, score, index)) break;
    put(indexes, scores, at, childIndex, childScore);
    at = child;
  }
  put(indexes, scores, at, index, score);
}

/** Adds an item to a heap of `count`. */
export function addToHeap(indexes: usize, scores: usize, count: i32, index: u32, score: f32): void {
  let at = count;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const parentScore = scoreAt(scores, parent), parentIndex = indexAt(indexes, parent);
    if (!losesTo(score, index, parentScore, parentIndex)) break;
    put(indexes, scores, at, parentIndex, parentScore);
    at = parent;
  }
  put(indexes, scores, at, index, score);
}

/** Turns a heap into a list, best first. */
export function sortHeap(indexes: usize, scores: usize, count: i32): void {
  for (let last = count - 1; last > 0; last--) {
    const index = indexAt(indexes, last), score = scoreAt(scores, last);
    put(indexes, scores, last, indexAt(indexes, 0), scoreAt(scores, 0));
    replaceWorst(indexes, scores, last, index, score);
  }
}
