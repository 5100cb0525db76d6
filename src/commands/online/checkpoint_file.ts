/** A run's checkpoint in a file: whole or as it was before. */
import { OutsideFailure } from "../../domain/failure.ts";
import type { StateTree } from "../../domain/state_tree.ts";
import { decodeCheckpoint, encodeCheckpoint, type Identity } from "../../online/checkpoint.ts";
import { writeAll, writeAtomically } from "../write_atomically.ts";

/** The state in the file; undefined when there is no file. Throws OutsideFailure and BadInput as decodeCheckpoint. */
export async function readCheckpoint(path: string, identity: Identity): Promise<StateTree | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    throw new OutsideFailure(`reading the checkpoint ${path}`, { cause });
  }
  return await decodeCheckpoint(bytes, identity, path);
}

export async function writeCheckpoint(path: string, identity: Identity, state: StateTree): Promise<void> {
  const bytes = await encodeCheckpoint(identity, state);
  await writeAtomically(path, (file) => writeAll(file, bytes));
}
