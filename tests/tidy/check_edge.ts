/**
 * Type-checks the edge-safe rooms with the libraries of a web-standard runtime only: no Deno, no node types.
 * (What they import is checked by imports_test.ts: this check alone would let `node:fs` through.)
 */
import { EDGE_SAFE } from "./import_table.ts";
import { readSources, roomOf, ROOT } from "./source_files.ts";

const config = await Deno.makeTempFile({ suffix: ".json" });
const { imports, compilerOptions } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
for (const [name, target] of Object.entries<string>(imports)) {
  if (target.startsWith("./")) imports[name] = new URL(target, `file://${ROOT}`).href;
}
const lib = ["dom", "dom.iterable", "dom.asynciterable", "esnext"];
await Deno.writeTextFile(config, JSON.stringify({ imports, compilerOptions: { ...compilerOptions, lib } }));
const files = readSources("src").map((file) => file.path).filter((path) => EDGE_SAFE.includes(roomOf(path)));
const command = new Deno.Command(Deno.execPath(), {
  args: ["check", "--quiet", "--no-lock", "--node-modules-dir=manual", "--config", config, ...files],
  cwd: ROOT,
  stdout: "inherit",
  stderr: "inherit",
});
const { code } = await command.output();
await Deno.remove(config);
Deno.exit(code);
