import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { settingsTable } from "../../src/config.ts";
import { ROOT } from "./source_files.ts";

/** Tables compared cell by cell: the formatter pads them. */
function cells(table: string): string[][] {
  return table.split("\n").filter((line) => line.startsWith("|") && !/^\|[\s:|-]+\|$/.test(line))
    .map((line) => line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim()));
}

const readme = Deno.readTextFileSync(`${ROOT}README.md`);

describe("README.md", () => {
  it("holds the table of settings as config.ts has it", () => {
    const section = readme.split("## Settings\n")[1]?.split("\n## ")[0] ?? "";
    assert.deepEqual(cells(section), cells(settingsTable()));
  });

  it("names only tasks that exist", () => {
    const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`)) as {
      tasks: Record<string, unknown>;
    };
    const named = [...readme.matchAll(/\btask ([a-z:]+)/g)].map((match) => match[1]);
    assert.ok(named.length > 2);
    assert.deepEqual(named.filter((name) => !(name in tasks)), []);
  });

  it("links only to files that exist", () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map((match) => match[1]);
    const missing = links.filter((link) => {
      try {
        Deno.statSync(`${ROOT}${link}`);
        return false;
      } catch {
        return true;
      }
    });
    assert.deepEqual(missing, []);
  });
});
