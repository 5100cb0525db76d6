/** A file appears whole or not at all. */
import { dirname } from "node:path";
import { OutsideFailure } from "../domain/failure.ts";

/**
 * Lets `write` fill a file beside `path`, makes it durable, and renames it to `path`; makes the folder if it is absent. If
 * anything fails, what stood at `path` before is untouched. Throws OutsideFailure with the cause.
 */
export async function writeAtomically(
  path: string,
  write: (file: Deno.FsFile) => Promise<void>,
): Promise<number> {
  const part = `${path}.${Deno.pid}.part`;
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    const file = await Deno.open(part, { write: true, create: true, truncate: true });
    try {
      await write(file);
      await file.sync();
    } finally {
      file.close();
    }
    const { size } = await Deno.stat(part);
    await Deno.rename(part, path);
    return size;
  } catch (cause) {
    await Deno.remove(part).catch(() => {});
    throw new OutsideFailure(`writing ${path} failed; what was there before is untouched`, { cause });
  }
}

/** All of `bytes`. */
export async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}
