/** The modules that an edge function is made of, as workerd wants them: what a bundler would find, without one. */
import ts from "typescript";

export interface EdgeModule {
  readonly type: "ESModule" | "CompiledWasm";
  readonly path: string;
  readonly contents: string | Uint8Array;
}

type Exports = string | { readonly [condition: string]: Exports };

/** The file behind `exports` for an import, by the conditions of an edge runtime. */
function chosen(exports: Exports | undefined): string | undefined {
  if (exports === undefined || typeof exports === "string") return exports;
  for (const [condition, inside] of Object.entries(exports)) {
    if (!["workerd", "import", "default"].includes(condition)) continue;
    const found = chosen(inside);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The entry of an exports map for a subpath; a key may hold one "*". */
function exportOf(map: Readonly<Record<string, Exports>>, subpath: string): string | undefined {
  if (map[subpath] !== undefined) return chosen(map[subpath]);
  for (const [key, exports] of Object.entries(map)) {
    const [before, after] = key.split("*");
    if (after === undefined || !subpath.startsWith(before) || !subpath.endsWith(after)) continue;
    return chosen(exports)?.replaceAll("*", subpath.slice(before.length, subpath.length - after.length));
  }
  return undefined;
}

/** A package's folder, looked for from the importing file upwards as Node does. */
function packageFolder(name: string, from: URL): URL {
  for (let folder = new URL("./", from); folder.pathname !== "/"; folder = new URL("../", folder)) {
    try {
      const real = Deno.realPathSync(new URL(`node_modules/${name}`, folder));
      return new URL(`file://${real}/`);
    } catch {
      continue;
    }
  }
  throw new Error(`package "${name}", imported by ${from.pathname}, is not installed`);
}

/** The file of an import without a relative path. */
function packageFile(specifier: string, from: URL): URL {
  const [, name, subpath] = /^((?:@[^/]+\/)?[^/]+)(\/.*)?$/.exec(specifier)!;
  const folder = packageFolder(name, from);
  const manifest = JSON.parse(Deno.readTextFileSync(new URL("package.json", folder)));
  const isMap = typeof manifest.exports === "object" && Object.keys(manifest.exports)[0].startsWith(".");
  const key = `.${subpath ?? ""}`;
  const file = isMap ? exportOf(manifest.exports, key) : chosen(manifest.exports) ?? manifest.module;
  if (file === undefined) throw new Error(`package "${name}" does not export "${key}"`);
  return new URL(file, folder);
}

function moduleName(file: URL): string {
  return file.pathname.replace(/\.ts$/, ".js");
}

/** The texts in quotes that name modules: of imports, re-exports, and `import("...")`. In order of place. */
function specifiersOf(text: string, fileName: string): ts.StringLiteral[] {
  const found: ts.StringLiteral[] = [];
  const visit = (node: ts.Node): void => {
    const isDynamic = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
    const specifier = ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
      ? node.moduleSpecifier
      : isDynamic
      ? node.arguments[0]
      : undefined;
    if (specifier !== undefined && ts.isStringLiteral(specifier)) found.push(specifier);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(fileName, text, ts.ScriptTarget.ES2024, true, ts.ScriptKind.JS));
  return found;
}

/** What one file imports at run time, with its text as JavaScript whose imports name modules by absolute names. */
function translated(file: URL): { text: string; imports: URL[] } {
  const source = Deno.readTextFileSync(file);
  const target = ts.ScriptTarget.ES2024, module = ts.ModuleKind.ESNext;
  let text = file.pathname.endsWith(".ts")
    ? ts.transpileModule(source, { compilerOptions: { target, module, verbatimModuleSyntax: true } })
      .outputText
    : source;
  const imports: URL[] = [];
  for (const specifier of specifiersOf(text, file.pathname).toReversed()) {
    const { text: name } = specifier;
    const imported = name.startsWith(".") ? new URL(name, file) : packageFile(name, file);
    imports.push(imported);
    text = text.slice(0, specifier.getStart() + 1) + moduleName(imported) +
      text.slice(specifier.getEnd() - 1);
  }
  return { text, imports };
}

/** The entry first, then everything it reaches. */
export function edgeModules(entry: URL): EdgeModule[] {
  const modules: EdgeModule[] = [];
  const known = new Set<string>();
  const visit = (file: URL): void => {
    if (known.has(file.href)) return;
    known.add(file.href);
    const path = moduleName(file);
    if (path.endsWith(".wasm")) {
      modules.push({ type: "CompiledWasm", path, contents: Deno.readFileSync(file) });
      return;
    }
    const { text, imports } = translated(file);
    modules.push({ type: "ESModule", path, contents: text });
    imports.forEach(visit);
  };
  visit(entry);
  return modules;
}
