/** A generation without one of its users. */
import type { GenerationContent } from "./generation.ts";

/**
 * A copy in which a user's row of factors is zeros, nothing is seen, and the id is "". What the user's interactions
 * taught the items stays, and so do the items' counts: the next training makes them anew. The factors are not those that
 * were hashed any more, and the generation says so.
 */
export function withoutUser(content: GenerationContent, userIndex: number): GenerationContent {
  const { generation, model, userIds, seen } = content, { stride } = model;
  const userFactors = model.userFactors.slice();
  userFactors.fill(0, userIndex * stride, (userIndex + 1) * stride);
  const start = seen.indptr[userIndex], end = seen.indptr[userIndex + 1];
  const indices = new Uint32Array(seen.indices.length - (end - start));
  indices.set(seen.indices.subarray(0, start));
  indices.set(seen.indices.subarray(end), start);
  const indptr = seen.indptr.map((at, row) => row > userIndex ? at - (end - start) : at);
  return {
    ...content,
    generation: { ...generation, verifiable: false },
    model: { ...model, userFactors },
    userIds: userIds.map((id, index) => index === userIndex ? "" : id),
    seen: { indptr, indices },
  };
}
