/** A Python environment for the peers, outside the project: made once, kept in the user's cache folder. */

/** What is installed, pinned: the versions that figures in README.md were taken with. */
export const REQUIREMENTS = {
  base: ["implicit==0.7.3", "numpy==2.4.6", "scipy==1.17.1", "pyarrow==26.0.1"],
  faiss: ["faiss-cpu==1.15.1"],
  spark: ["pyspark==4.3.0"],
  river: ["river==0.26.1"],
} as const;

export type RequirementSet = keyof typeof REQUIREMENTS;

/** Threads of BLAS: implicit starts its own and says that a second pool beneath them makes it slow. */
export const SINGLE_BLAS_THREAD = { OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" } as const;

function cacheFolder(): string {
  const home = Deno.env.get("HOME") ?? ".";
  return `${Deno.env.get("XDG_CACHE_HOME") ?? `${home}/.cache`}/foz-bench`;
}

/** Path of the environment's Python, with these sets installed. Says what it does, as it can take minutes. */
export async function preparePython(sets: readonly RequirementSet[]): Promise<string> {
  const folder = `${cacheFolder()}/python`, python = `${folder}/bin/python`;
  if (!await exists(python)) {
    await Deno.mkdir(cacheFolder(), { recursive: true });
    console.error(`making a Python environment in ${folder} ...`);
    await runOrThrow("python3", ["-m", "venv", folder]);
  }
  for (const set of sets) await install(folder, python, set);
  return python;
}

/** A file of that name says what has been installed, so that a run without network works. */
async function install(folder: string, python: string, set: RequirementSet): Promise<void> {
  const marker = `${folder}/installed-${set}`, wanted = REQUIREMENTS[set].join("\n");
  if (await Deno.readTextFile(marker).catch(() => "") === wanted) return;
  console.error(`installing ${REQUIREMENTS[set].join(" ")} ...`);
  await runOrThrow(python, ["-m", "pip", "install", "--quiet", ...REQUIREMENTS[set]]);
  await Deno.writeTextFile(marker, wanted);
}

/** Whether `preparePython` has nothing to do. */
export async function isPrepared(set: RequirementSet): Promise<boolean> {
  const marker = `${cacheFolder()}/python/installed-${set}`;
  return await Deno.readTextFile(marker).catch(() => "") === REQUIREMENTS[set].join("\n");
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

async function runOrThrow(program: string, args: readonly string[]): Promise<void> {
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(program, { args: [...args], stdout: "null", stderr: "piped" }).output();
  } catch (cause) {
    throw new Error(`${program} could not be started; the peers need Python 3.11 or newer on the PATH`, {
      cause,
    });
  }
  if (!output.success) {
    const message = new TextDecoder().decode(output.stderr).trim();
    throw new Error(`${program} ${args.join(" ")} failed with ${output.code}: ${message.slice(-1500)}`);
  }
}
