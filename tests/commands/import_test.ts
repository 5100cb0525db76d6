import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { MemoryEventLog } from "../../src/adapters/memory/event_log.ts";
import { MemoryItemCatalog } from "../../src/adapters/memory/item_catalog.ts";
import { importPath } from "../../src/commands/import/import_path.ts";
import { rulesOf, runImport } from "../../src/commands/import.ts";
import { BadInput, OutsideFailure } from "../../src/domain/failure.ts";

const ROOT = new URL("../../", import.meta.url);
const DATA = new URL("../shared/data/", ROOT);

function exists(path: string): boolean {
  try {
    return Deno.statSync(new URL(path, DATA)).isFile;
  } catch {
    return false;
  }
}

let folder = "";
beforeAll(async () => {
  folder = await Deno.makeTempDir();
});
afterAll(() => Deno.remove(folder, { recursive: true }));

async function write(name: string, content: string): Promise<string> {
  await Deno.writeTextFile(`${folder}/${name}`, content);
  return `${folder}/${name}`;
}

/** What a call prints, and the failure it ends with. */
async function printed(work: () => Promise<void>): Promise<{ text: string; error?: unknown }> {
  const { log } = console;
  let text = "";
  console.log = (line: string) => void (text += `${line}\n`);
  try {
    return {
      error: await work().catch((error: unknown) => error),
      get text() {
        return text;
      },
    };
  } finally {
    console.log = log;
  }
}

function emptyStore() {
  return { eventLog: new MemoryEventLog(), catalog: new MemoryItemCatalog() };
}

describe("runImport", () => {
  const never = new AbortController().signal;

  it("prints one document for one file and puts titles into the catalog", async () => {
    const store = emptyStore();
    const path = await write("ratings.csv", "user,item,rating\na,x,5\nb,y,4\n");
    const items = await write("movies.csv", 'movieId,title\nx,"One, Two"\ny,Three\n');
    const { text } = await printed(() => runImport(store, [path], { json: true, items }, never));
    const { file, rows, accepted, duplicates, rejected, titles } = JSON.parse(text);
    assert.deepEqual([file, rows, accepted, duplicates, rejected, titles], [path, 2, 2, 0, {}, 2]);
    assert.deepEqual(await store.catalog.titles(["x", "y"]), new Map([["x", "One, Two"], ["y", "Three"]]));
  });

  it("fails, after it said what is in, when a file did not come to its end", async () => {
    const bad = await write("bad.csv", "a,x,1\nb,y,NaN\nc,z,1\n");
    const flags = { json: true, strict: true, rejects: `${folder}/refused` };
    const { text, error } = await printed(() => runImport(emptyStore(), [bad], flags, never));
    assert.ok(error instanceof OutsideFailure);
    assert.match(error.message, /bad\.csv": line 2 .* not finite.*the 1 rows before it are in/);
    const { rows, accepted, rejected, end } = JSON.parse(text);
    assert.deepEqual([rows, accepted, rejected, end], [2, 1, { notFinite: 1 }, "badRow"]);
  });

  it("fails when no row could be read", async () => {
    const path = await write("wrong.csv", "a,x,b\nc,5,d\n");
    const flags = { columns: "1,2,3", rejects: `${folder}/refused` };
    const { error } = await printed(() => runImport(emptyStore(), [path], { ...flags, json: true }, never));
    assert.match(String(error), /none of its/);
  });

  it("takes no two files of one name, and refused rows of one file into one place", async () => {
    await Deno.mkdir(`${folder}/day2`);
    const paths = [await write("clicks.csv", "a,x\n"), await write("day2/clicks.csv.gz", "a,x\n")];
    await assert.rejects(
      runImport(emptyStore(), paths, {}, never),
      /two files are called "clicks.csv".*--source/,
    );
    const others = [paths[0], await write("other.csv", "a,x\n")];
    await assert.rejects(
      runImport(emptyStore(), others, { rejects: `${folder}/r` }, never),
      /--rejects takes/,
    );
  });

  it("imports nothing more once it is interrupted", async () => {
    const store = emptyStore(), path = await write("late.csv", "a,x,1\n");
    await printed(() => runImport(store, [path], { json: true }, AbortSignal.abort()));
    assert.equal(await store.eventLog.end(), 0);
  });
});

describe("rulesOf", () => {
  it("reads declared ranges and the unit of times", () => {
    assert.deepEqual(rulesOf({ minValue: "0.5", maxValue: "5", timeUnit: "seconds" }), {
      minValue: 0.5,
      maxValue: 5,
      timeUnit: "seconds",
    });
  });

  it("refuses what is no range or unit", () => {
    for (
      const flags of [{ minValue: "low" }, { maxValue: "" }, { minValue: "2", maxValue: "1" }, {
        timeUnit: "days",
      }]
    ) {
      assert.throws(() => rulesOf(flags), BadInput, JSON.stringify(flags));
    }
  });
});

describe("foz import", () => {
  function foz(args: string[], stdin: string): Promise<{ code: number; text: string; errors: string }> {
    const command = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "-A",
        new URL("src/main.ts", ROOT).pathname,
        "import",
        "--store",
        "memory:",
        ...args,
      ],
      cwd: folder,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    });
    return run(command.spawn(), stdin);
  }

  async function run(child: Deno.ChildProcess, stdin: string) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(stdin)).catch(() => {});
    await writer.close().catch(() => {});
    const { code, stdout, stderr } = await child.output();
    const decoder = new TextDecoder();
    return { code, text: decoder.decode(stdout), errors: decoder.decode(stderr) };
  }

  it("reads standard input, keeps bad rows in the current folder, shows both, and ends with 0", async () => {
    const { code, text } = await foz(["-"], "a::x::5::978300760\nb::y::bad::1\n");
    assert.equal(code, 0);
    assert.match(text, /notANumber: 1, line 2/);
    assert.match(text, /stdin\.rejected/);
    assert.equal(await Deno.readTextFile(`${folder}/stdin.rejected`), "b::y::bad::1\n");
  });

  it("ends with 2 for bad usage, 1 for a failure", async () => {
    assert.equal((await foz([], "")).code, 2);
    const unclear = await foz(["-"], "what is this\n");
    assert.equal(unclear.code, 2);
    assert.match(unclear.errors, /cannot tell how fields are separated/);
    assert.equal((await foz(["none.csv"], "")).code, 2);
    assert.equal((await foz(["-", "--strict"], "a,x,1\nb,y,bad\n")).code, 1);
  });
});

describe("real files", () => {
  const files: [string, number, number, number, object][] = [
    ["movielens-100k/u.data.gz", 100_000, 943, 1682, {}],
    ["movielens-latest-small/ratings.csv.gz", 100_004, 671, 9066, {}],
    ["movielens-1m/fold1.csv.gz", 200_042, 6036, 3465, {}],
    ["movielens-1m/implicit-train.txt.gz", 796_244, 6022, 3043, { wish: { format: "lists" } }],
    ["spark/sample_movielens_ratings.txt", 1501, 30, 100, {}],
  ];
  for (const [path, events, users, items, options] of files) {
    it(`${path} gives its published counts`, { skip: !exists(path) && "the file is not here" }, async () => {
      const log = new MemoryEventLog();
      const report = await importPath(log, new URL(path, DATA).pathname, options);
      assert.deepEqual([report.accepted, report.duplicates, report.rejectedCount], [events, 0, 0]);
      assert.deepEqual([(await log.userIds()).length, (await log.itemIds()).length], [users, items]);
    });
  }
});
