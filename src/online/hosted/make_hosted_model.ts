/** Makes a served model from its settings. */
import {
  createMetric,
  metricNames,
  type MetricSpan,
  parseMetricName,
} from "../../evaluate/running_metrics.ts";
import { createModel } from "../create_model.ts";
import { createDetector } from "../registry/detectors.ts";
import { HostedModel } from "./hosted_model.ts";
import { OpenPredictions } from "./open_predictions.ts";

/** What a model is made from. */
export interface ModelSettings {
  /** A pipeline, such as `scale | linear`. */
  readonly model: string;
  readonly seed: number;
  /** Names; those of the task that need no probabilities if empty. */
  readonly metrics: readonly string[];
  /** Metrics over the last so many outcomes; 0: over all. */
  readonly rolling: number;
  /** Texts such as `adwin(delta=0.01)`. */
  readonly detectors: readonly string[];
  /** How many predictions may wait for their targets, and how long. */
  readonly mostOpen: number;
  readonly expireAfterMs: number;
}

/** Throws BadInput for a pipeline, metric or detector that is none. `kernelModule`: the portable build. */
export function makeHostedModel(settings: ModelSettings, kernelModule: WebAssembly.Module): HostedModel {
  const { model: text, seed, metrics, rolling, detectors, mostOpen, expireAfterMs } = settings;
  const model = createModel(text, { module: kernelModule, seed });
  const span: MetricSpan = rolling === 0 ? { kind: "all" } : { kind: "rolling", size: rolling };
  const names = metrics.length === 0
    ? metricNames(model.task).filter((name) => !createMetric(name).needsProbabilities)
    : metrics.map((name) => parseMetricName(name, model.task));
  return new HostedModel({
    model,
    metrics: names.map((name) => createMetric(name, span)),
    detectors: detectors.map((detector) => createDetector(detector, seed)),
    open: new OpenPredictions({ most: mostOpen, expireAfterMs }),
  });
}
