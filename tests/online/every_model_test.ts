/** What holds for every step of the registry; a step that is missing from the table is a failure. */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BadInput, NumericFailure } from "../../src/domain/failure.ts";
import type { Features, Observation, Target } from "../../src/domain/observation.ts";
import { decodeState, encodeState } from "../../src/domain/state_tree.ts";
import type { SavedModel } from "../../src/online/online_model.ts";
import { parsePipeline } from "../../src/online/pipeline_text.ts";
import { REGISTRY } from "../../src/online/registry.ts";
import { Random } from "../../src/synthesize/random.ts";
import { makeModel } from "./make_model.ts";
import { labelledStream, sparseStream } from "./random_stream.ts";

type StreamKind = "numbers" | "labels" | "three labels" | "ratings" | "texts";

/** Every step stands in at least one of these. Where there are choices of arithmetic, each of them. */
const TABLE: Readonly<Record<StreamKind, readonly string[]>> = {
  numbers: [
    "scale | linear",
    "min-max | linear(optimizer=adam, l1=0.001)",
    "select(a, c) | scale | linear(optimizer=nesterov, schedule=inverse-scaling)",
    "cross(a*b) | scale | linear(optimizer=ftrl)",
    "scale | linear(loss=huber, optimizer=amsgrad, l2=0.01)",
    "scale | linear(loss=quantile, optimizer=adadelta)",
    "scale | linear(loss=absolute, optimizer=rmsprop)",
    "scale | linear(loss=epsilon-insensitive, optimizer=adagrad)",
    "scale | linear(loss=epsilon-insensitive, optimizer=momentum, schedule=optimal)",
    "scale | pa",
    "scale | pa(variant=2)",
    "scale | fm(factors=3)",
    "scale | fm(loss=absolute, weight-l1=0.01, factor-l2=0.01)",
    "tree(grace-period=30, delta=0.1, tau=0.3, max-leaves=8)",
    "scale | tree(leaf=mean, grace-period=30, delta=0.1, tau=0.3, max-leaves=8, bins=16)",
    "scale | tree(leaf=model, grace-period=30, delta=0.1, tau=0.3, max-depth=2)",
    "scale | knn(window=40)",
    "scale | knn(window=40, aggregation=median)",
    "scale | knn(window=40, aggregation=weighted, neighbours=7)",
    "mean",
    "last",
    "scale | linear | clip(min=-9, max=9)",
    "scale | linear | reset-on-drift(detector=kswin, warning=adwin)",
    "scale | tree(max-leaves=4) | reset-on-drift(detector=page-hinkley)",
  ],
  labels: [
    "scale | logistic",
    "scale | logistic(loss=hinge, optimizer=adam)",
    "scale | perceptron",
    "scale | pa-classifier",
    "scale | pa-classifier(variant=2)",
    "scale | alma",
    "scale | alma(p=3)",
    "scale | fm-classifier",
    "scale | logistic | reset-on-drift(detector=ddm)",
  ],
  "three labels": [
    "scale | softmax",
    "scale | softmax(optimizer=nesterov, l2=0.01)",
    "tree-classifier(grace-period=30, delta=0.1, tau=0.3, max-leaves=8)",
    "tree-classifier(leaf=majority, grace-period=30, delta=0.1, tau=0.3, max-leaves=8)",
    "tree-classifier(leaf=naive-bayes, grace-period=30, delta=0.1, tau=0.3, max-depth=2)",
    "scale | knn-classifier(window=40)",
    "scale | knn-classifier(window=40, votes=alike)",
    "tree-classifier(grace-period=30, max-leaves=4) | reset-on-drift",
  ],
  ratings: [
    "baseline",
    "funk-mf",
    "biased-mf(factors=3)",
    "biased-mf(factors=3) | clip(min=1, max=5) | reset-on-drift",
  ],
  texts: [
    "one-hot(max-categories=3) | linear",
    "hash(buckets=8) | linear",
    "one-hot | scale | fm",
  ],
};

/** They read no feature, so none can be wrong. */
const BLIND = ["mean", "last"];

const CASES = Object.entries(TABLE).flatMap(([kind, texts]) =>
  texts.map((text) => ({ text, kind: kind as StreamKind }))
);

function streamOf(kind: StreamKind, count: number, seed: number): Observation[] {
  const random = Random.seeded(seed, 1);
  switch (kind) {
    case "numbers":
      return sparseStream(count, seed);
    case "labels":
      return labelledStream(count, seed);
    case "three labels":
      return sparseStream(count, seed).map(({ features, target }) => {
        const value = target as number;
        return { features, target: value > -6 ? "up" : value > -11 ? "middle" : "down" };
      });
    case "ratings":
      return Array.from({ length: count }, () => {
        const user = random.below(9), item = `i${random.below(7)}`;
        return { features: { user, item, when: 3 }, target: 1 + (user + item.length + random.below(3)) % 5 };
      });
    case "texts":
      return sparseStream(count, seed).map(({ features, target }) => ({
        features: { color: ["red", "green", "blue", "grey", "pink"][random.below(5)], ...features },
        target,
      }));
  }
}

function stateOf(model: SavedModel): Uint8Array {
  return encodeState(model.save());
}

function learnAll(model: SavedModel, stream: readonly Observation[]): void {
  for (const { features, target } of stream) model.learnOne(features, target);
}

/** Label or number, and probabilities where there are such. */
function answersOf(model: SavedModel, features: Features): unknown {
  return [model.predictOne(features), [...model.predictProbabilitiesOne?.(features) ?? []]];
}

describe("the table of models", () => {
  it("holds every step of the registry", () => {
    const named = new Set(CASES.flatMap(({ text }) => parsePipeline(text).map(({ name }) => name)));
    assert.deepEqual(REGISTRY.map(({ name }) => name).filter((name) => !named.has(name)), []);
  });

  it("holds every choice of every step", () => {
    const texts = CASES.map(({ text }) => text).join("\n");
    const missing = REGISTRY.flatMap(({ name, parameters }) =>
      Object.entries(parameters).flatMap(([parameter, spec]) => {
        if (spec.kind !== "choice") return [];
        const others = spec.choices.filter((choice) => choice !== spec.default);
        return others.filter((choice) => !texts.includes(`${parameter}=${choice}`)).map((choice) =>
          `${name}(${parameter}=${choice})`
        );
      })
    );
    // The arithmetic of poisson has its test beside the kernel: it wants targets that are counts.
    assert.deepEqual(missing.filter((text) => !text.includes("poisson")), []);
  });
});

for (const { text, kind } of CASES) {
  describe(text, () => {
    it("is not changed by predicting", () => {
      const model = makeModel(text), stream = streamOf(kind, 120, 1);
      const asked = [...streamOf(kind, 20, 2).map(({ features }) => features)];
      if (kind !== "ratings") asked.push({}, { unknown: 1, a: -5 });
      else asked.push({ user: "nobody", item: "nothing" });
      for (const part of [stream.slice(0, 0), stream.slice(0, 1), stream.slice(1, 60), stream.slice(60)]) {
        learnAll(model, part);
        const before = stateOf(model);
        const first = asked.map((features) => answersOf(model, features));
        assert.deepEqual(asked.map((features) => answersOf(model, features)), first);
        assert.deepEqual(stateOf(model), before);
      }
    });

    it("gives the same bytes for the same seed, and learns", () => {
      const stream = streamOf(kind, 200, 3), first = makeModel(text, 7), second = makeModel(text, 7);
      const untaught = stateOf(first);
      for (const { features, target } of stream) {
        assert.deepEqual(answersOf(first, features), answersOf(second, features));
        first.learnOne(features, target), second.learnOne(features, target);
      }
      assert.deepEqual(stateOf(first), stateOf(second));
      assert.notDeepEqual(stateOf(first), untaught);
    });

    it("goes on from a checkpoint as if it had never stopped", () => {
      const stream = streamOf(kind, 300, 4);
      for (const stop of [0, 1, 150, 299]) {
        const whole = makeModel(text), first = makeModel(text), second = makeModel(text);
        learnAll(whole, stream);
        learnAll(first, stream.slice(0, stop));
        second.load(decodeState(stateOf(first)));
        assert.deepEqual(stateOf(second), stateOf(first), `stopped at ${stop}`);
        learnAll(second, stream.slice(stop));
        assert.deepEqual(stateOf(second), stateOf(whole), `stopped at ${stop}`);
      }
    });

    it("bears features that vanish, come late, or are null", () => {
      const model = makeModel(text), random = Random.seeded(5);
      streamOf(kind, 200, 5).forEach(({ features, target }, place) => {
        const late: Record<string, number | null> = place > 60 ? { late: random.normal(), gone: null } : {};
        if (place > 120) late.later = place % 2;
        const given = place % 20 === 19 && kind !== "ratings" ? late : { ...features, ...late };
        assertAnswer(model, given, place);
        model.learnOne(given, target);
      });
      assertAnswer(model, kind === "ratings" ? { user: 1, item: 2 } : { later: 1 }, 200);
    });

    it("refuses what is no number and changes nothing", () => {
      const model = makeModel(text), stream = streamOf(kind, 60, 6);
      learnAll(model, stream);
      const before = stateOf(model), { features, target } = stream[0];
      const name = kind === "ratings" ? "user" : "a";
      for (const wrong of [NaN, Infinity, -Infinity, [1], {}] as unknown[]) {
        if (BLIND.includes(text)) continue;
        const given = { brandNew: 1, ...features, [name]: wrong } as Features;
        assert.throws(() => model.learnOne(given, target), isClear(name), `${name} = ${wrong}`);
        assert.throws(() => model.predictOne(given), isClear(name), `predicting, ${name} = ${wrong}`);
        assert.deepEqual(stateOf(model), before, `${name} = ${wrong}`);
      }
      const wrongTargets: unknown[] = [NaN, Infinity, -Infinity, null, undefined, {}];
      if (model.task === "regression") wrongTargets.push("many", true);
      for (const wrong of wrongTargets) {
        const given = { brandNew: 1, ...features };
        assert.throws(() => model.learnOne(given, wrong as Target), isClear(""), `target ${wrong}`);
        assert.deepEqual(stateOf(model), before, `target ${wrong}`);
      }
    });

    it("answers the greatest numbers that it accepts with a number, or says that it has diverged", () => {
      const model = makeModel(text), random = Random.seeded(9);
      const great = [1e150, -1e150, 1e-150, 5e-324, 0, -0, 1];
      const pick = () => great[random.below(great.length)];
      try {
        streamOf(kind, 300, 9).forEach(({ features, target }, place) => {
          const wild = Object.fromEntries(
            Object.entries(features).map((
              [name, value],
            ) => [name, typeof value === "number" ? pick() : value]),
          );
          assertAnswer(model, wild, place);
          model.learnOne(wild, typeof target === "number" ? pick() : target);
        });
      } catch (error) {
        if (!(error instanceof NumericFailure)) throw error;
        assert.match(error.message, /diverged/);
      }
    });

    it("takes no more room for more of the same", () => {
      const model = makeModel(text), sizes: number[] = [];
      streamOf(kind, 3000, 8).forEach(({ features, target }, place) => {
        model.learnOne(features, target);
        if (place % 50 === 49) sizes.push(stateOf(model).length);
      });
      const half = sizes.length / 2;
      const before = Math.max(...sizes.slice(0, half)), after = Math.max(...sizes.slice(half));
      // Detectors keep a window of logarithmic size, and now and then there is a second model.
      const spare = text.includes("reset-on-drift") ? 2.2 * before + 1000 : before;
      assert.ok(
        after <= spare,
        `${before} bytes of state after 1,500 observations, up to ${after} after 3,000`,
      );
    });
  });
}

function assertAnswer(model: SavedModel, features: Features, place: number): void {
  const prediction = model.predictOne(features);
  if (model.task === "regression") assert.ok(Number.isFinite(prediction), `${prediction} at ${place}`);
  const probabilities = [...model.predictProbabilitiesOne?.(features).values() ?? []];
  if (probabilities.length < 2) return;
  const sum = probabilities.reduce((total, p) => total + p, 0);
  assert.ok(probabilities.every((p) => p >= 0 && p <= 1), `${probabilities} at ${place}`);
  assert.ok(Math.abs(sum - 1) < 1e-9, `sum ${sum} at ${place}`);
}

/** A refusal that names the feature and says what would have been accepted. */
function isClear(name: string): (error: Error) => boolean {
  return (error) => error instanceof BadInput && error.message.includes(name) && /accept/.test(error.message);
}
