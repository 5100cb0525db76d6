import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import {
  type EvaluationSplit,
  protocolOf,
  type ProtocolOptions,
  PROTOCOLS,
} from "../../../src/commands/evaluate/evaluate_protocols.ts";

let folder = "";
beforeAll(async () => {
  folder = await Deno.makeTempDir();
});
afterAll(() => Deno.remove(folder, { recursive: true }));

const write = (name: string, content: string) => Deno.writeTextFile(`${folder}/${name}`, content);

const options: ProtocolOptions = { fold: 1, holdout: 0.25, splitBy: "auto", seed: 1 };

/** "user:item=value" by index. */
const pairsOf = ({ users, items, values }: EvaluationSplit["train"]) =>
  Array.from(users, (user, row) => `${user}:${items[row]}=${values[row]}`);

describe("protocolOf", () => {
  it("knows the protocols by name and lists them otherwise", () => {
    for (const protocol of PROTOCOLS) assert.equal(protocolOf(protocol.name), protocol);
    assert.throws(() => protocolOf("u1"), /"u1" was asked for; accepted is one of ml100k-folds, ml1m-fold,/);
  });
});

describe("ml100k-folds", () => {
  it("reads five splits by one numbering", async () => {
    for (const fold of [1, 2, 3, 4, 5]) {
      await write(`u${fold}.base`, `1\t${fold}\t3\t881250949\n2\t${fold + 1}\t4\t881250950\n`);
      await write(`u${fold}.test`, `2\t1\t5\t881250951\n`);
    }
    const splits = await protocolOf("ml100k-folds").read(folder, options);
    assert.deepEqual(splits.map(({ name }) => name), ["u1", "u2", "u3", "u4", "u5"]);
    // Items 1, 2, 3, ... appear in this order, so item n has the index n - 1.
    assert.deepEqual(pairsOf(splits[0].train), ["0:0=3", "1:1=4"]);
    assert.deepEqual(pairsOf(splits[4].train), ["0:4=3", "1:5=4"]);
    assert.deepEqual(pairsOf(splits[4].test), ["1:0=5"]);
    assert.ok(splits.every(({ train, test }) => train.itemCount === 6 && test.itemCount === 6));
  });
});

describe("ml1m-fold", () => {
  it("tests on one fold and fits to the four others", async () => {
    for (const fold of [1, 2, 3, 4, 5]) await write(`fold${fold}.csv`, `1,10,${fold}\n`);
    const [split] = await protocolOf("ml1m-fold").read(folder, { ...options, fold: 4 });
    assert.deepEqual(pairsOf(split.train), ["0:0=1", "0:0=2", "0:0=3", "0:0=5"]);
    assert.deepEqual(pairsOf(split.test), ["0:0=4"]);
    for (const fold of [0, 6, NaN]) {
      await assert.rejects(protocolOf("ml1m-fold").read(folder, { ...options, fold }), /--fold was given/);
    }
  });
});

describe("implicit-lists", () => {
  it("reads a line a user, under either name", async () => {
    await write("train.txt", "7 1 2\n8 3\n");
    await write("test.txt", "8 1\n");
    const [split] = await protocolOf("implicit-lists").read(folder, options);
    assert.deepEqual(pairsOf(split.train), ["0:0=1", "0:1=1", "1:2=1"]);
    assert.deepEqual(pairsOf(split.test), ["1:0=1"]);
  });
});

describe("holdout", () => {
  it("takes each user's newest where there are times", async () => {
    await write("timed.csv", "user,item,rating,time\na,1,5,300\na,2,4,100\na,3,3,200\na,4,2,400\n");
    const [split] = await protocolOf("holdout").read(`${folder}/timed.csv`, options);
    assert.equal(split.name, "newest of each user");
    assert.deepEqual(pairsOf(split.test), ["0:3=2"]);
    assert.deepEqual(pairsOf(split.train), ["0:0=5", "0:1=4", "0:2=3"]);
  });

  it("takes random pairs where there are none, by seed", async () => {
    const rows = Array.from({ length: 400 }, (_, row) => `u${row % 20},i${row}\n`);
    await write("untimed.csv", `user,item\n${rows.join("")}`);
    const read = async (seed: number) =>
      (await protocolOf("holdout").read(`${folder}/untimed.csv`, { ...options, seed }))[0];
    const [split, other] = [await read(1), await read(2)];
    assert.equal(split.name, "random pairs");
    assert.equal(split.train.count + split.test.count, 400);
    assert.ok(split.test.count > 60 && split.test.count < 140);
    assert.deepEqual(pairsOf((await read(1)).test), pairsOf(split.test));
    assert.notDeepEqual(pairsOf(other.test), pairsOf(split.test));
  });

  it("refuses what leaves nothing on one side", async () => {
    await write("one.csv", "user,item\na,1\n");
    const read = (holdout: number) =>
      protocolOf("holdout").read(`${folder}/one.csv`, { ...options, holdout, splitBy: "time" });
    await assert.rejects(read(0.25), /leaves 1 to fit and 0 to test/);
    await assert.rejects(read(0), /--holdout was given "0"/);
  });
});
