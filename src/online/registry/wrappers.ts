/** Steps after a model that do something with the model itself. */
import { parseParameters } from "../parameters.ts";
import { ResetOnDrift } from "../reset_on_drift.ts";
import { createDetector } from "./detectors.ts";
import type { WrapperEntry } from "./entry.ts";
import { whole } from "./number_specs.ts";

const RESET = {
  detector: {
    kind: "text",
    default: "adwin",
    help: 'a drift detector over the errors, for example "ddm" or "adwin(delta=0.01)"',
  },
  warning: {
    kind: "text",
    default: "",
    help: "a more sensitive one: at its alarm a second model begins to learn, which takes over at a drift",
  },
  patience: whole(1, 1e9, 1000, "observations after which a second model is given up if no drift came"),
} as const;

export const WRAPPERS: readonly WrapperEntry[] = [
  {
    kind: "wrapper",
    name: "reset-on-drift",
    lesson: "Starts all before it anew when its errors grow: forgets at once what no longer holds.",
    parameters: RESET,
    wrap: (step, make, seed) => {
      const { detector, warning, patience } = parseParameters(RESET, step);
      return new ResetOnDrift({
        make,
        detector: createDetector(detector, seed),
        warning: warning === "" ? undefined : createDetector(warning, seed),
        patience,
      });
    },
  },
];
