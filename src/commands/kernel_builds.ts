/** Reads the built kernels from disk. */
import { OutsideFailure } from "../domain/failure.ts";

export type KernelBuild = "portable" | "fast";

export interface LoadedKernel {
  readonly build: KernelBuild;
  readonly module: WebAssembly.Module;
  /** Of the module's bytes, hex; a generation names it. */
  readonly sha256: string;
}

/** Throws OutsideFailure when the kernels were not built. */
export async function loadKernel(build: KernelBuild): Promise<LoadedKernel> {
  const file = new URL(`../../core-wasm/build/${build}.wasm`, import.meta.url);
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await Deno.readFile(file);
  } catch (cause) {
    throw new OutsideFailure(
      `reading the kernel build "${build}" from ${file.pathname} failed; "deno task build" makes it`,
      { cause },
    );
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { build, module: new WebAssembly.Module(bytes), sha256 };
}
