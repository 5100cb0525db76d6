/** What can be wrong about served models besides their input; a file of its own, so that an edge need not load the models. */
import { BadInput } from "../../domain/failure.ts";

/** An id whose prediction is not (or no longer) waited for. */
export class NoSuchPrediction extends BadInput {}

/** The name is another model's, or there are too many. */
export class ModelConflict extends BadInput {}

/** The models are held by another process. */
export class ModelsElsewhere extends Error {
  override readonly name = "ModelsElsewhere";
}
