/** How explicit fits are measured: RMSE and MAE beside a mean of biases. */
import type { RatingMatrix } from "../domain/rating_matrix.ts";
import {
  predictByModel,
  ratingBaseline,
  type RatingMetrics,
  ratingMetrics,
} from "../evaluate/rating_metrics.ts";
import type { Measurement } from "./measure_holdout.ts";

function valuesOf({ rmse, mae }: RatingMetrics): Record<string, number> {
  return { rmse: rmse.value, mae: mae.value };
}

/** The baseline is the stronger of the mean of all ratings and of damped biases of users and items. */
export function measureRatings(train: RatingMatrix): Measurement {
  const baseline = ratingBaseline(train);
  return {
    decisive: { name: "rmse", smallerIsBetter: true },
    validate: async (model, validation) =>
      ratingMetrics(validation, predictByModel(model), baseline).rmse.value,
    measure: async (model, test) => valuesOf(ratingMetrics(test, predictByModel(model), baseline)),
    baseline(test) {
      const mean = valuesOf(ratingMetrics(test, baseline.mean, baseline));
      const biases = valuesOf(ratingMetrics(test, baseline.biases, baseline));
      return biases.rmse < mean.rmse
        ? { name: "mean and biases", metrics: biases }
        : { name: "mean of all ratings", metrics: mean };
    },
  };
}
