/**
 * Builds the kernels: one AssemblyScript source, two modules (`portable`, `fast`), and `debug` when asked for by name.
 * Does nothing when the sources are those of the last build.
 */
const root = new URL("../", import.meta.url);
const sourceFolder = new URL("core-wasm/assembly/", root);
const buildFolder = new URL("core-wasm/build/", root);
const stampFile = new URL("stamp", buildFolder);

/** SHA-256 over names and bytes of everything the build reads, as hex. */
async function hashOfSources(): Promise<string> {
  const names = [...Deno.readDirSync(sourceFolder)].map((entry) => entry.name).sort();
  const parts: Uint8Array[] = [];
  for (const name of names) {
    parts.push(new TextEncoder().encode(name), Deno.readFileSync(new URL(name, sourceFolder)));
  }
  parts.push(Deno.readFileSync(new URL("core-wasm/asconfig.json", root)));
  parts.push(Deno.readFileSync(new URL("deno.json", root)));
  const bytes = new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function isBuilt(target: string): boolean {
  try {
    return Deno.statSync(new URL(`${target}.wasm`, buildFolder)).isFile;
  } catch {
    return false;
  }
}

async function buildTarget(target: string): Promise<void> {
  const compiler = new URL("node_modules/assemblyscript/bin/asc.js", root);
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", compiler.pathname, "--config", "asconfig.json", "--target", target],
    cwd: new URL("core-wasm/", root).pathname,
    stdout: "inherit",
    stderr: "inherit",
  });
  const { code } = await command.output();
  if (code !== 0) {
    throw new Error(`the AssemblyScript compiler failed on target "${target}" with code ${code}`);
  }
}

const targets = Deno.args.length > 0 ? Deno.args : ["portable", "fast"];
const stamp = await hashOfSources();
const lastStamp = await Deno.readTextFile(stampFile).catch(() => "");
if (stamp !== lastStamp || !targets.every(isBuilt)) {
  await Deno.mkdir(buildFolder, { recursive: true });
  await Promise.all(targets.map(buildTarget));
  await Deno.writeTextFile(stampFile, stamp);
}
