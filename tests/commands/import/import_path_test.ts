import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { MemoryEventLog } from "../../../src/adapters/memory/event_log.ts";
import { importPath } from "../../../src/commands/import/import_path.ts";

let folder = "";
beforeAll(async () => {
  folder = await Deno.makeTempDir();
});
afterAll(() => Deno.remove(folder, { recursive: true }));

async function write(name: string, content: string | Uint8Array): Promise<string> {
  const path = `${folder}/${name}`;
  await Deno.writeFile(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
  return path;
}

describe("importPath", () => {
  it("names rows after the file, so that its gzip in another folder is the same", async () => {
    const log = new MemoryEventLog(), text = "user,item\na,x\nb,y\n";
    const first = await importPath(log, await write("clicks.csv", text));
    await Deno.mkdir(`${folder}/other`);
    const second = await importPath(log, await write("other/clicks.csv.gz", gzipSync(text)));
    assert.deepEqual([first.source, first.accepted, first.duplicates], ["clicks.csv", 2, 0]);
    assert.deepEqual([second.source, second.accepted, second.duplicates], ["clicks.csv", 0, 2]);
    assert.equal((await importPath(log, `${folder}/clicks.csv`, { source: "again" })).accepted, 2);
  });

  it("keeps refused rows so that they can be mended and imported", async () => {
    const log = new MemoryEventLog(), rejects = `${folder}/bad.csv`;
    const path = await write("mixed.csv", "user,item,rating\na,x,1\nb,y,two\nc,z,3\n");
    const report = await importPath(log, path, { rejects });
    assert.deepEqual([report.accepted, report.rejects], [2, rejects]);
    const kept = await Deno.readTextFile(rejects);
    assert.equal(kept, "user,item,rating\nb,y,two\n");
    assert.equal(
      await Deno.readTextFile(`${rejects}.reasons.tsv`),
      "line\treason\tfield\n3\tnotANumber\tvalue\n",
    );
    await Deno.writeTextFile(rejects, kept.replace("two", "2"));
    assert.equal(
      (await importPath(log, rejects, { source: "mixed.csv", rejects: `${folder}/worse` })).accepted,
      1,
    );
    const whole = await importPath(log, await write("mixed.csv", "user,item,rating\na,x,1\nb,y,2\nc,z,3\n"));
    assert.deepEqual([whole.accepted, whole.duplicates], [0, 3]);
  });

  it("never empties the file that it reads", async () => {
    const path = await write("own.csv", "a,x,1\nb,y,two\n");
    await assert.rejects(
      importPath(new MemoryEventLog(), path, { rejects: path }),
      /it is the file that is imported/,
    );
    assert.equal(await Deno.readTextFile(path), "a,x,1\nb,y,two\n");
  });

  it("fails when a file for refused rows was asked for and cannot be made", async () => {
    const path = await write("bad_rows.csv", "a,x,1\nb,y,two\n");
    const rejects = `${folder}/no/such/folder`;
    await assert.rejects(importPath(new MemoryEventLog(), path, { rejects }), /cannot keep refused rows/);
  });

  it("keeps what comes before the cut of a gzip file", async () => {
    const log = new MemoryEventLog();
    const text = Array.from({ length: 50_000 }, (_, i) => `${i},${(i * 7919) % 997},${i % 5}\n`).join("");
    const packed = gzipSync(text);
    const report = await importPath(log, await write("cut.csv.gz", packed.subarray(0, packed.length >> 1)));
    assert.equal(report.end, "failure");
    assert.match(report.problem!, /cut short/);
    assert.ok(report.accepted > 10_000 && report.accepted < 50_000, `${report.accepted} rows`);
    assert.equal(report.rejectedCount, 0);
    const rest = await importPath(log, await write("cut.csv.gz", packed));
    assert.deepEqual([rest.accepted + rest.duplicates, rest.duplicates], [50_000, report.accepted]);
  });

  it("shows its progress", async () => {
    const seen: string[] = [];
    await importPath(new MemoryEventLog(), await write("shown.csv", "a,x,1\n"), {
      progress: {
        started: (_, sizeBytes) => void seen.push(`started ${sizeBytes}`),
        format: (description) => void seen.push(description),
        read: (sizeBytes) => void seen.push(`read ${sizeBytes}`),
        rows: (count) => void seen.push(`rows ${count}`),
        ended: () => void seen.push("ended"),
      },
    });
    const format = "comma separated, no header: user=1 item=2 value=3";
    assert.deepEqual(seen, ["started 6", "read 6", format, "rows 1", "ended"]);
  });
});
