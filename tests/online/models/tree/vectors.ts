/** Features by slot for tests: a value for each slot, undefined where the feature is not there. */
import { FeatureVector } from "../../../../src/online/feature_vector.ts";

export function vectorOf(values: readonly (number | undefined)[]): FeatureVector {
  const vector = new FeatureVector();
  values.forEach((value, slot) => {
    if (value !== undefined) vector.addNumber(slot, value);
  });
  return vector;
}
