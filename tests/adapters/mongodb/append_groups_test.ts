import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { AppendGroups } from "../../../src/adapters/mongodb/append_groups.ts";
import type { NewEvent } from "../../../src/domain/event.ts";

function events(count: number, first = 0, textLength = 1): NewEvent[] {
  return Array.from({ length: count }, (_, i) => ({
    eventId: `e${first + i}`,
    userId: "u".repeat(textLength),
    itemId: "i",
    value: 1,
    timeMs: 1,
  }));
}

/** Writes that end when they are told to, and what each was given. */
class Writes {
  readonly groups: string[][] = [];
  readonly hasBodies: boolean[][] = [];
  readonly #ends: (() => void)[] = [];
  #end = 0;

  readonly write = async (given: readonly NewEvent[], hasBodies: (place: number) => boolean) => {
    this.groups.push(given.map(({ eventId }) => eventId));
    this.hasBodies.push(given.map((_, place) => hasBodies(place)));
    const start = this.#end;
    this.#end += given.length;
    await new Promise<void>((resolve) => this.#ends.push(resolve));
    if (given.some(({ eventId }) => eventId === "bad")) throw new Error("no");
    return given.map((_, i) => ({ status: "created" as const, offset: start + i }));
  };

  async endNext(): Promise<void> {
    while (this.#ends.length === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    this.#ends.shift()!();
  }
}

describe("AppendGroups", () => {
  it("writes what waited together together, and gives each its own results", async () => {
    const writes = new Writes(), groups = new AppendGroups(writes.write);
    const first = groups.append(events(2), true);
    await new Promise((resolve) => setTimeout(resolve, 0));
    const second = groups.append(events(1, 2), false), third = groups.append(events(2, 3), true);
    for (let i = 0; i < 2; i++) await writes.endNext();
    assert.deepEqual((await first).map(({ offset }) => offset), [0, 1]);
    assert.deepEqual((await second).map(({ offset }) => offset), [2]);
    assert.deepEqual((await third).map(({ offset }) => offset), [3, 4]);
    assert.deepEqual(writes.groups, [["e0", "e1"], ["e2", "e3", "e4"]]);
    assert.deepEqual(writes.hasBodies, [[true, true], [false, true, true]]);
  });

  it("begins again after it was idle, also when the next comes in the very turn in which the last ended", async () => {
    const writes = new Writes(), groups = new AppendGroups(writes.write);
    const chained = groups.append(events(1), true).then(() => groups.append(events(1, 1), true));
    for (let i = 0; i < 2; i++) await writes.endNext();
    await chained;
    const alone = groups.alone(() => Promise.resolve(7)).then((seven) => groups.alone(async () => seven + 1));
    assert.equal(await alone, 8);
  });

  it("cuts what does not fit into a document, by count and by bytes, and leaves nothing out", async () => {
    const many = new Writes(), longer = new Writes();
    const appended = new AppendGroups(many.write).append(events(70_000), false);
    for (let i = 0; i < 3; i++) await many.endNext();
    assert.deepEqual(
      (await appended).map(({ offset }) => offset),
      Array.from({ length: 70_000 }, (_, i) => i),
    );
    assert.deepEqual(many.groups.map((group) => group.length), [32_768, 32_768, 4_464]);
    // 3 MB each: three are below 10 MB.
    const long = new AppendGroups(longer.write).append(events(7, 0, 1_000_000), false);
    for (let i = 0; i < 3; i++) await longer.endNext();
    await long;
    assert.deepEqual(longer.groups.map((group) => group.length), [3, 3, 1]);
  });

  it("tells a failure to those whose write failed, and goes on", async () => {
    const writes = new Writes(), groups = new AppendGroups(writes.write);
    const bad = groups.append([{ ...events(1)[0], eventId: "bad" }], true);
    await new Promise((resolve) => setTimeout(resolve, 0));
    const good = groups.append(events(1), true);
    const refused = assert.rejects(bad, /no/);
    for (let i = 0; i < 2; i++) await writes.endNext();
    await refused;
    assert.equal((await good).length, 1);
  });

  it("runs what wants to be alone between groups, in its turn", async () => {
    const writes = new Writes(), groups = new AppendGroups(writes.write);
    const first = groups.append(events(1), true);
    const seen = groups.alone(async () => writes.groups.length);
    const last = groups.append(events(1, 1), true);
    await writes.endNext();
    assert.equal(await seen, 1, "the first was written, the last not begun");
    await writes.endNext();
    await Promise.all([first, last, groups.settle()]);
    assert.deepEqual(writes.groups, [["e0"], ["e1"]]);
    await assert.rejects(groups.alone(() => Promise.reject(new Error("broken"))), /broken/);
  });

  it("keeps what it was given as it was", async () => {
    const writes = new Writes(), groups = new AppendGroups(writes.write), mine = events(1);
    void groups.append(events(1, 5), true);
    const appended = groups.append(mine, true);
    (mine[0] as { eventId: string }).eventId = "changed";
    await writes.endNext();
    await appended;
    assert.deepEqual(writes.groups, [["e5", "e0"]]);
  });
});
