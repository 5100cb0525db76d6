/** `foz run` and what it starts, as processes. */
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { OWN_PROGRAM } from "../../src/commands/own_program.ts";

let folder = "";
beforeEach(async () => {
  folder = await Deno.makeTempDir();
});
afterEach(() => Deno.remove(folder, { recursive: true }));

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits for SIGTERM, says so, and ends well; a second one would end it with 130. */
const PATIENT = [
  "sh",
  "-c",
  "exec 2>/dev/null; trap 'echo asked; sleep 0.3; echo ends; exit 0' TERM; echo runs; while :; do sleep 0.02; done",
];
const shell = (script: string) => ["sh", "-c", script];

interface Running {
  readonly child: Deno.ChildProcess;
  /** What it printed so far. */
  printed(): string;
  until(pattern: RegExp): Promise<void>;
  end(): Promise<{ code: number; lines: string[]; errors: string }>;
}

async function start(
  plan: unknown,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Running> {
  await Deno.writeTextFile(`${folder}/pipeline.json`, JSON.stringify(plan));
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...OWN_PROGRAM,
      "run",
      `${folder}/pipeline.json`,
      ...args,
    ],
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let text = "";
  const reading = (async () => {
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) text += chunk;
  })();
  const errors = new Response(child.stderr).text();
  return {
    child,
    printed: () => text,
    until: async (pattern) => {
      for (let tries = 0; !pattern.test(text); tries++) {
        if (tries > 3000) assert.fail(`waited in vain for ${pattern} in:\n${text}`);
        await pause(5);
      }
    },
    end: async () => {
      const { code } = await child.status;
      await reading;
      return { code, lines: text.trimEnd().split("\n"), errors: await errors };
    },
  };
}

const run = async (plan: unknown, args?: readonly string[], env?: Record<string, string>) =>
  await (await start(plan, args, env)).end();

/** /proc says which processes there are. */
const LINUX = { skip: Deno.build.os !== "linux" };

function isAlive(pid: number): boolean {
  try {
    // Zombies that nobody has waited for do not count.
    return !/^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

describe("foz run", () => {
  it("starts in order, each when the others are ready, and ends when all have ended", async () => {
    const { code, lines, errors } = await run({
      commands: {
        third: { command: shell("echo 3"), after: ["second", "made"] },
        first: { command: shell("echo 1; sleep 0.2; echo go; sleep 0.2"), ready: { line: "^go$" } },
        second: { command: shell("echo 2 >&2; exit 0"), after: ["first"], ready: { end: true } },
        made: { command: shell("sleep 0.1; echo x > made.txt; sleep 0.1"), ready: { file: "made.txt" } },
      },
    });
    assert.deepEqual([code, errors], [0, ""]);
    assert.deepEqual(lines, ["first  | 1", "first  | go", "second | 2", "third  | 3"]);
  });

  it("stops all by one Ctrl-C, who needs others first, each by one signal", async () => {
    const running = await start({
      commands: {
        base: { command: PATIENT, ready: { line: "runs" } },
        user: { command: PATIENT, after: ["base"] },
      },
    });
    await running.until(/user \| runs/);
    running.child.kill("SIGINT");
    const { code, lines } = await running.end();
    assert.equal(code, 0);
    assert.deepEqual(lines.slice(2), ["user | asked", "user | ends", "base | asked", "base | ends"]);
  });

  it("ends all at once by a second Ctrl-C", LINUX, async () => {
    const stubborn = shell("trap '' TERM; echo $$; while :; do sleep 0.02; done");
    const running = await start({ commands: { a: { command: stubborn } } });
    await running.until(/a \| \d+/);
    const pid = Number(/a \| (\d+)/.exec(running.printed())![1]);
    running.child.kill("SIGINT");
    await pause(50);
    assert.ok(isAlive(pid));
    running.child.kill("SIGINT");
    assert.equal((await running.end()).code, 130);
    while (isAlive(pid)) await pause(5);
  });

  it("starts again what fails, and waits in between", async () => {
    const failing = shell("echo x >> tries; if [ $(wc -l < tries) -lt 3 ]; then exit 1; fi; echo works");
    const { code, lines } = await run({ commands: { a: { command: failing } } });
    assert.equal(code, 0);
    assert.deepEqual(lines, [
      "a | (ended with exit code 1; started again in 0.5 s)",
      "a | (ended with exit code 1; started again in 1 s)",
      "a | works",
    ]);
  });

  it("stops the others when one has failed for good, and says which by the exit code", async () => {
    const { code, lines, errors } = await run({
      commands: {
        good: { command: PATIENT, ready: { line: "runs" } },
        bad: { command: shell("exit 7"), after: ["good"], mostRestarts: 1 },
      },
    });
    assert.equal(code, 12);
    assert.match(errors, /foz run: "bad" ended with exit code 7, after 1 restarts in a row/);
    assert.equal(lines.at(-1), "good | ends");
  });

  it("does not start again what was used badly, what must not be, and what cannot be started", async () => {
    const cases: [unknown, RegExp][] = [
      [{ foz: ["online"] }, /"a" ended with exit code 2/],
      [{ command: shell("exit 1"), restart: "never" }, /"a" ended with exit code 1/],
      [{ command: ["/there/is/no/such/program"] }, /"a" .*could not be started/],
      [{ command: shell("kill -9 $$"), restart: "never" }, /"a" was ended by SIGKILL/],
      [
        { command: shell("sleep 60"), ready: { line: "never" }, readyWithinMs: 100, restart: "never" },
        /"a" was not ready within 0.1 s/,
      ],
    ];
    for (const [command, message] of cases) {
      const { code, errors } = await run({ commands: { a: command } });
      assert.equal(code, 11);
      assert.match(errors, message);
    }
  });

  it("does not wait for what a command has left behind", LINUX, async () => {
    const { code, lines } = await run({ commands: { a: { command: shell("sleep 1000 & echo $!") } } });
    assert.equal(code, 0);
    assert.ok(!isAlive(Number(lines[0].replace("a | ", ""))));
  });

  it("fails when something that others wait for ends before it is ready", async () => {
    const { code, errors } = await run({
      commands: {
        a: { command: shell("exit 0"), ready: { line: "never" } },
        b: { command: shell("echo never"), after: ["a"] },
      },
    });
    assert.equal(code, 12);
    assert.match(errors, /"b" "a" ended before it was ready/);
  });

  it("is done when one has ended that ends the run", async () => {
    const { code, lines } = await run({
      commands: {
        server: { command: PATIENT, ready: { line: "runs" } },
        task: { command: shell("echo done"), after: ["server"], endsRun: true },
      },
    }, ["--json"]);
    assert.equal(code, 0);
    const records = lines.map((line) => JSON.parse(line));
    assert.deepEqual(records.slice(0, 2), [{ name: "server", line: "runs" }, { name: "task", line: "done" }]);
    assert.equal(records.at(-1).failed, null);
    const outcomes = records.at(-1).commands;
    assert.deepEqual(
      outcomes.map(({ name, starts, code }: Record<string, unknown>) => [name, starts, code]),
      [
        ["task", 1, 0],
        ["server", 1, 0],
      ],
    );
  });

  it("gives settings that the environment does not have, and a command's own variables", async () => {
    const plan = {
      defaults: { FOZ_KAFKA: "memory:", FOZ_SEED: "1" },
      commands: { a: { command: shell("echo $FOZ_KAFKA $FOZ_SEED $MINE"), environment: { MINE: "yes" } } },
    };
    assert.deepEqual((await run(plan, [], { FOZ_KAFKA: "sqlite:x.db" })).lines, ["a | sqlite:x.db 1 yes"]);
  });

  it("leaves no foz behind when it is killed itself", LINUX, async () => {
    const running = await start({
      defaults: { FOZ_KAFKA: `sqlite:${folder}/topics.db` },
      commands: { a: { foz: ["online", "--model", "mean", "--stream", "topic:t", "--checkpoint", "state"] } },
    });
    const children = () =>
      [...Deno.readDirSync("/proc")].map(({ name }) => Number(name)).filter((pid) => {
        try {
          return new RegExp(`^PPid:\\s+${running.child.pid}$`, "m").test(
            Deno.readTextFileSync(`/proc/${pid}/status`),
          );
        } catch {
          return false;
        }
      });
    let pids = children();
    for (let tries = 0; pids.length === 0 && tries < 2000; tries++) {
      await pause(5);
      pids = children();
    }
    assert.equal(pids.length, 1);
    // It is at work once its topic is there.
    for (let tries = 0; tries < 2000; tries++) {
      if (await Deno.stat(`${folder}/topics.db`).then(() => true, () => false)) break;
      await pause(5);
    }
    running.child.kill("SIGKILL");
    await running.end();
    for (let tries = 0; isAlive(pids[0]) && tries < 2000; tries++) await pause(5);
    assert.ok(!isAlive(pids[0]));
  });

  it("refuses a file that is none, with exit code 2", async () => {
    const { code, errors } = await run({ commands: { a: { foz: "up" } } });
    assert.equal(code, 2);
    assert.match(errors, /pipeline\.json at commands\.a\.foz/);
  });
});
