import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { ALLOWED, EDGE_SAFE } from "./import_table.ts";
import { readSources, resolveSpecifier, roomOf, type SourceFile } from "./source_files.ts";

const sources = readSources("src");

/** What is wrong with the imports of a file, one sentence each. */
function forbiddenImports(file: SourceFile): string[] {
  const room = roomOf(file.path);
  const allowance = ALLOWED[room];
  if (allowance === undefined) return [`${file.path}: the import table has no room "${room}"`];
  return file.specifiers.flatMap((specifier) => {
    const target = resolveSpecifier(file.path, specifier);
    if (target === undefined) {
      const isAllowed = allowance.packages.some((name) => specifier === name || specifier.startsWith(name));
      return isAllowed ? [] : [`${file.path}: ${room} may not import the package ${specifier}`];
    }
    if (!target.startsWith("src/")) {
      const isKernel = target.startsWith("core-wasm/build/") && (room === "edge.ts" || room === "main.ts");
      return isKernel ? [] : [`${file.path}: imports ${target}, outside src`];
    }
    const other = roomOf(target);
    const isAllowed = other === room || allowance.rooms.includes("*") || allowance.rooms.includes(other);
    return isAllowed ? [] : [`${file.path}: ${room} may not import ${other} (${specifier})`];
  });
}

/** Every file that the roots reach, by imports and by worker entries. */
function reachableFrom(roots: readonly string[]): Set<string> {
  const byPath = new Map(sources.map((file) => [file.path, file]));
  const reached = new Set<string>(), open = [...roots];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const file = byPath.get(path);
    if (file === undefined || reached.has(path)) continue;
    reached.add(path);
    for (const specifier of file.specifiers) {
      const target = resolveSpecifier(path, specifier);
      if (target !== undefined) open.push(target);
    }
  }
  return reached;
}

describe("the import table", () => {
  it("is kept by every file of src", () => {
    assert.ok(sources.length > 30, `only ${sources.length} sources were found`);
    assert.deepEqual(sources.flatMap(forbiddenImports), []);
  });

  it("finds a forbidden import when there is one", () => {
    const wrong = { path: "src/domain/x.ts", text: "", specifiers: ["../ports/clock.ts", "node:fs"] };
    assert.equal(forbiddenImports(wrong).length, 2);
    const unknown = { path: "src/utils/x.ts", text: "", specifiers: [] };
    assert.equal(forbiddenImports(unknown).length, 1);
  });

  it("has edge-safe rooms that name neither Deno nor node:", () => {
    const offenders = sources.filter((file) => EDGE_SAFE.includes(roomOf(file.path))).flatMap((file) => {
      const code = file.text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*|`[^`]*`|"[^"\n]*"/g, "");
      const usesDeno = /\bDeno\./.test(code),
        usesNode = file.specifiers.some((name) => name.startsWith("node:"));
      return usesDeno || usesNode ? [file.path] : [];
    });
    assert.deepEqual(offenders, []);
  });

  it("leaves no file that neither the program nor a benchmark reaches", () => {
    const benchmarks = readSources("tests/bench").flatMap((file) =>
      file.specifiers.flatMap((specifier) => resolveSpecifier(file.path, specifier) ?? [])
    );
    const reached = reachableFrom(["src/main.ts", "src/edge.ts", ...benchmarks]);
    assert.deepEqual(sources.map((file) => file.path).filter((path) => !reached.has(path)), []);
  });

  it("lets nothing import commands or main.ts", () => {
    const offenders = sources.filter((file) => {
      const room = roomOf(file.path);
      if (room === "commands" || room === "main.ts") return false;
      return file.specifiers.some((specifier) => {
        const target = resolveSpecifier(file.path, specifier);
        return target !== undefined && ["commands", "main.ts"].includes(roomOf(target));
      });
    });
    assert.deepEqual(offenders.map((file) => file.path), []);
  });
});
