import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { SplitNodes, valueAt } from "../../../../src/online/models/tree/split_nodes.ts";
import { vectorOf } from "./vectors.ts";

describe("SplitNodes", () => {
  it("leads to the leaf by its tests", () => {
    const nodes = new SplitNodes();
    assert.equal(nodes.find(vectorOf([])), 0);
    assert.equal(nodes.split(0, 2, 1.5, [3, 4]), 1);
    assert.equal(nodes.split(2, 0, -1, [1, 1]), 3);
    assert.equal(nodes.find(vectorOf([9, 9, 1.5])), 1);
    assert.equal(nodes.find(vectorOf([-1, 9, 1.6])), 3);
    assert.equal(nodes.find(vectorOf([0, 9, 1.6])), 4);
    assert.deepEqual([nodes.leafCount, nodes.depthOf(1), nodes.depthOf(4)], [3, 1, 2]);
    assert.deepEqual([0, 1, 2, 3, 4].filter((node) => nodes.isLeaf(node)), [1, 3, 4]);
  });

  it("goes where more have gone if the feature is not there; counting alone changes that", () => {
    const nodes = new SplitNodes();
    nodes.split(0, 0, 0, [3, 4]);
    assert.equal(nodes.find(vectorOf([undefined, 1])), 2);
    for (let i = 0; i < 3; i++) nodes.find(vectorOf([-1]));
    assert.equal(nodes.find(vectorOf([])), 2);
    for (let i = 0; i < 2; i++) assert.equal(nodes.visit(vectorOf([-1])), 1);
    assert.equal(nodes.find(vectorOf([])), 1);
  });

  it("comes back from its state, however large", () => {
    const nodes = new SplitNodes(), again = new SplitNodes();
    // A chain: leaf k is reached by values in (k - 1, k].
    for (let k = 0, leaf = 0; k < 40; k++) leaf = nodes.split(leaf, 0, k, [1, 1]) + 1;
    again.load(nodes.save());
    assert.equal(again.leafCount, 41);
    for (let k = 0; k < 41; k++) {
      assert.equal(again.find(vectorOf([k - 0.5])), nodes.find(vectorOf([k - 0.5])));
    }
    assert.equal(again.split(again.find(vectorOf([99])), 0, 50, [0, 0]), 81);
  });
});

describe("valueAt", () => {
  it("finds a slot wherever it stands, NaN if it is not there", () => {
    const x = vectorOf([undefined, 5, 6]);
    assert.deepEqual([0, 1, 2, 3].map((slot) => valueAt(x, slot)), [NaN, 5, 6, NaN]);
    assert.equal(valueAt(vectorOf([4, 5]), 1), 5);
  });
});
