import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BadInput } from "../../../src/domain/failure.ts";
import { parsePlan } from "../../../src/commands/run/run_plan.ts";

const planOf = (given: unknown) => parsePlan(JSON.stringify(given), "pipeline.json");

describe("parsePlan", () => {
  it("reads commands in their order, with what is not said", () => {
    const { commands, defaults } = planOf({
      defaults: { FOZ_KAFKA: "sqlite:x.db" },
      commands: {
        server: {
          foz: ["up", "--port", "9000"],
          ready: { url: "http://localhost:9000/readyz" },
          readyWithinMs: 5000,
        },
        other: {
          command: ["python", "x.py"],
          after: ["server"],
          ready: { line: "^ok" },
          restart: "never",
          mostRestarts: 0,
          endsRun: true,
          environment: { DEBUG: "1" },
        },
      },
    });
    assert.deepEqual(defaults, { FOZ_KAFKA: "sqlite:x.db" });
    assert.deepEqual(commands, [{
      name: "server",
      words: ["foz", "up", "--port", "9000"],
      after: [],
      ready: { kind: "url", url: "http://localhost:9000/readyz" },
      readyWithinMs: 5000,
      restart: "on-failure",
      mostRestarts: 5,
      endsRun: false,
      environment: {},
    }, {
      name: "other",
      words: ["python", "x.py"],
      after: ["server"],
      ready: { kind: "line", pattern: /^ok/ },
      readyWithinMs: 60_000,
      restart: "never",
      mostRestarts: 0,
      endsRun: true,
      environment: { DEBUG: "1" },
    }]);
    const readies = [{ delayMs: 0 }, { file: "a/b" }, { end: true }, undefined].map((ready) =>
      planOf({ commands: { a: { foz: ["up"], ready } } }).commands[0].ready
    );
    assert.deepEqual(readies, [
      { kind: "delay", ms: 0 },
      { kind: "file", path: "a/b" },
      { kind: "end" },
      { kind: "started" },
    ]);
  });

  it("says where it cannot be read, what is there, and what is accepted", () => {
    const command = { foz: ["up"] };
    const wrong: [unknown, RegExp][] = [
      [[], /pipeline\.json at its top: \[\] is there; accepted is a record/],
      [{ commands: {} }, /at commands: \{\} is there; accepted is at least one command/],
      [{}, /at commands: nothing is there; accepted is a record/],
      [{ commands: { a: command }, more: 1 }, /at its top: "more" is there; accepted is commands, defaults/],
      [{ commands: { "a b": command } }, /at commands: "a b" is there; accepted is names of/],
      [{ commands: { a: {} } }, /at commands\.a: \{\} is there; accepted is either "foz"/],
      [{ commands: { a: { ...command, command: ["x"] } } }, /at commands\.a: .*accepted is either "foz"/],
      [{ commands: { a: { foz: [] } } }, /at commands\.a: \[\] is there; accepted is a program/],
      [{ commands: { a: { foz: "up" } } }, /at commands\.a\.foz: "up" is there; accepted is a list of texts/],
      [
        { commands: { a: { ...command, color: 1 } } },
        /at commands\.a: "color" is there; accepted is foz, command, after/,
      ],
      [
        { commands: { a: { ...command, after: ["b"] } } },
        /at commands\.a\.after: "b" is there; accepted is a$/,
      ],
      [
        { commands: { a: { ...command, after: ["a"] } } },
        /"a after a" is there; accepted is an order without a circle/,
      ],
      [
        {
          commands: {
            a: { ...command, after: ["b"] },
            b: { ...command, after: ["c"] },
            c: { ...command, after: ["b"] },
          },
        },
        /an order without a circle/,
      ],
      [
        { commands: { a: { ...command, ready: { line: "(" } } } },
        /at commands\.a\.ready\.line: "\(" is there; accepted is a reg/,
      ],
      [
        { commands: { a: { ...command, ready: { line: "x", end: true } } } },
        /at commands\.a\.ready: .*accepted is \{"line"/,
      ],
      [
        { commands: { a: { ...command, ready: { url: "localhost" } } } },
        /at commands\.a\.ready: .*accepted is/,
      ],
      [
        { commands: { a: { ...command, ready: { delayMs: -1 } } } },
        /ready\.delayMs: -1 is there; accepted is a whole number/,
      ],
      [{ commands: { a: { ...command, restart: "yes" } } }, /accepted is on-failure, always or never/],
      [{ commands: { a: { ...command, mostRestarts: 1.5 } } }, /mostRestarts: 1\.5 is there/],
      [
        { commands: { a: { ...command, endsRun: "no" } } },
        /endsRun: "no" is there; accepted is true or false/,
      ],
      [
        { commands: { a: { ...command, environment: { X: 1 } } } },
        /environment\.X: 1 is there; accepted is a text/,
      ],
      [
        { commands: { a: command }, defaults: { PATH: "x" } },
        /at defaults: "PATH" is there; accepted is settings of foz/,
      ],
    ];
    for (const [given, message] of wrong) {
      assert.throws(() => planOf(given), (error: Error) => {
        assert.ok(error instanceof BadInput);
        assert.match(error.message, message);
        return true;
      });
    }
    assert.throws(() => parsePlan("{", "pipeline.json"), /reading pipeline\.json as JSON/);
  });
});
