/**
 * Figures of River 0.26.1 on tableStream, predict then learn. Of classifications the first 20 observations are left out: River
 * answers before it knows both labels. Classes as threeClasses, or twoClasses where two are named.
 *
 * Four places of River's trees were changed before, where it does what its papers do not: `LeafMean.manage_memory` and
 * `HTLeaf.deactivate` to do nothing (it throws away candidates, and all that a nearly pure leaf has observed),
 * `HTLeaf.last_split_attempt_at` to give 1e-6 less (else the rounding of fractional weights decides whether a grace period
 * of 200 is one of 201), and `LeafAdaptive.prediction` to take the mean where both errors are equal (else the second
 * prediction, with unscaled features, is off by anything: on trump_approval its mean absolute error is 474 million).
 */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { makeModel } from "./make_model.ts";
import { tableStream, threeClasses, twoClasses } from "./table_stream.ts";

/** Place from which on classifications are counted. */
const FIRST = 20;

interface RegressionFigure {
  readonly model: string;
  /** The call in Python, `T` for tree.HoeffdingTreeRegressor. */
  readonly call: string;
  readonly mae: number;
  readonly count?: number;
  readonly scale?: number;
}

const REGRESSIONS: readonly RegressionFigure[] = [
  { model: "tree(leaf=mean)", call: 'T(leaf_prediction="mean")', mae: 2.4437723164363763 },
  { model: "tree(leaf=model)", call: 'T(leaf_prediction="model")', mae: 1.6287285575286332 },
  { model: "tree", call: "T()", mae: 1.6167450229824354 },
  {
    model: "tree(digits=2, delta=0.01)",
    call: "T(splitter=tree.splitter.TEBSTSplitter(digits=2), delta=.01)",
    mae: 1.5697310530037936,
  },
  {
    model: "tree(grace-period=100, digits=0)",
    call: "T(grace_period=100, splitter=tree.splitter.TEBSTSplitter(digits=0)), features times 50",
    mae: 2.3145231221935108,
    scale: 50,
  },
  {
    model: "tree(max-depth=2, decay=0.5)",
    call: "T(max_depth=2, model_selector_decay=.5)",
    mae: 1.7268291237386508,
  },
  {
    model: "tree(leaf=mean, min-samples=100, tau=0.2)",
    call: 'T(leaf_prediction="mean", min_samples_split=100, tau=.2)',
    mae: 2.351319413506735,
  },
  ...([["mean", "mean", 1.403397662955759], ["median", "median", 1.5902825317882183], [
    "weighted",
    "weighted_mean",
    1.3581426849535396,
  ]] as const).map(([ours, theirs, mae]) => ({
    model: `knn(window=200, aggregation=${ours})`,
    call: `neighbors.KNNRegressor(5, neighbors.LazySearch(window_size=200), "${theirs}")`,
    mae,
    count: 2000,
  })),
];

interface ClassFigure {
  readonly model: string;
  readonly call: string;
  /** Right labels, and the mean probability of the true one. */
  readonly hits: number;
  readonly probability: number;
  readonly classes: "two" | "three";
  readonly count?: number;
}

const CLASSIFICATIONS: readonly ClassFigure[] = [
  {
    model: "tree-classifier(leaf=majority)",
    call: 'C(leaf_prediction="mc"), C being tree.HoeffdingTreeClassifier',
    hits: 3252,
    probability: 0.4336266582456573,
    classes: "three",
  },
  {
    model: "tree-classifier(leaf=naive-bayes)",
    call: 'C(leaf_prediction="nb")',
    hits: 4747,
    probability: 0.6322107442966777,
    classes: "three",
  },
  {
    model: "tree-classifier",
    call: "C()",
    hits: 4745,
    probability: 0.6319130637799033,
    classes: "three",
  },
  {
    model: "tree-classifier(tau=0.2, delta=0.01)",
    call: "C(tau=.2, delta=.01)",
    hits: 5183,
    probability: 0.8009999636291548,
    classes: "two",
  },
  {
    model: "tree-classifier(grace-period=100, delta=0.01, splits=30, min-branch-fraction=0.05)",
    call: "C(grace_period=100, delta=.01, splitter=GaussianSplitter(n_splits=30), min_branch_fraction=.05)",
    hits: 5291,
    probability: 0.8083594713353894,
    classes: "two",
  },
  {
    model: "tree-classifier(leaf=majority, max-depth=1, delta=0.01)",
    call: 'C(max_depth=1, delta=.01, leaf_prediction="mc")',
    hits: 4541,
    probability: 0.6411421984337621,
    classes: "two",
  },
  {
    model: "softmax",
    call: "S(), S being linear_model.SoftmaxRegression",
    hits: 2591,
    probability: 0.38707155376946695,
    classes: "three",
  },
  {
    model: "softmax(optimizer=adam, l2=0.01)",
    call: "S(optimizer=optim.Adam(.1), l2=.01)",
    hits: 2638,
    probability: 0.4008364441863466,
    classes: "three",
  },
  {
    model: "softmax(optimizer=nesterov, learning-rate=0.01)",
    call: "S(optimizer=optim.NesterovMomentum(.01))",
    hits: 2878,
    probability: 0.4207050707563244,
    classes: "three",
  },
  {
    model: "scale | softmax(optimizer=adagrad)",
    call: "preprocessing.StandardScaler() | S(optimizer=optim.AdaGrad(.1))",
    hits: 3845,
    probability: 0.585642468251583,
    classes: "three",
  },
  {
    model: "alma",
    call: "A(), A being linear_model.ALMAClassifier",
    hits: 3591,
    probability: 0.5030497481332491,
    classes: "two",
  },
  {
    model: "scale | alma",
    call: "preprocessing.StandardScaler() | A()",
    hits: 4904,
    probability: 0.5732565027242291,
    classes: "two",
  },
  {
    model: "alma(p=3, alpha=0.8, c=1)",
    call: "A(p=3, alpha=.8, C=1.)",
    hits: 3705,
    probability: 0.5016542543895448,
    classes: "two",
  },
  { model: "alma(b=2)", call: "A(B=2.)", hits: 3650, probability: 0.5030228900772046, classes: "two" },
  {
    model: "knn-classifier(window=200)",
    call: "neighbors.KNNClassifier(5, neighbors.LazySearch(window_size=200))",
    hits: 1700,
    probability: 0.7846772366670343,
    classes: "two",
    count: 2000,
  },
  {
    model: "knn-classifier(window=200, votes=alike)",
    call: "neighbors.KNNClassifier(5, neighbors.LazySearch(window_size=200), weighted=False)",
    hits: 1702,
    probability: 0.7785999999999932,
    classes: "two",
    count: 2000,
  },
];

function assertNear(value: number, expected: number, what: string): void {
  assert.ok(Math.abs(value - expected) <= 1e-10 * expected, `${what}: ${value}, expected ${expected}`);
}

describe("figures of River 0.26.1", () => {
  for (const { model: text, call, mae, count = 6000, scale } of REGRESSIONS) {
    it(`${text}: ${call}`, () => {
      const model = makeModel(text);
      let sum = 0;
      for (const { features, target } of tableStream(count, scale)) {
        sum += Math.abs(target - (model.predictOne(features) as number));
        model.learnOne(features, target);
      }
      assertNear(sum / count, mae, "MAE");
    });
  }

  for (const { model: text, call, hits, probability, classes, count = 6000 } of CLASSIFICATIONS) {
    it(`${text}: ${call}`, () => {
      const model = makeModel(text);
      let right = 0, sum = 0;
      tableStream(count).forEach((row, place) => {
        const label = classes === "two" ? twoClasses(row) : threeClasses(row);
        if (place >= FIRST) {
          right += model.predictOne(row.features) === label ? 1 : 0;
          sum += model.predictProbabilitiesOne!(row.features).get(label) ?? 0;
        }
        model.learnOne(row.features, label);
      });
      assert.equal(right, hits);
      assertNear(sum / count, probability, "mean probability");
    });
  }
});
