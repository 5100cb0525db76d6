/** What a run remembers, as bytes that say what they are of and are known to be whole. */
import { BadInput, OutsideFailure } from "../domain/failure.ts";
import { decodeState, encodeState, type StateTree } from "../domain/state_tree.ts";

const MAGIC = "foz online checkpoint 1\n";
const DIGEST_BYTES = 32;

/** What must be the same when a run goes on: the model's text, the stream's name, the seed, and the like. */
export type Identity = Readonly<Record<string, string>>;

/** Magic line, SHA-256 of the rest, the rest. */
export async function encodeCheckpoint(
  identity: Identity,
  state: StateTree,
): Promise<Uint8Array<ArrayBuffer>> {
  const body = encodeState({ identity, state });
  const magic = new TextEncoder().encode(MAGIC), digest = await digestOf(body);
  const bytes = new Uint8Array(magic.length + DIGEST_BYTES + body.length);
  bytes.set(magic);
  bytes.set(digest, magic.length);
  bytes.set(body, magic.length + DIGEST_BYTES);
  return bytes;
}

/**
 * The state in these bytes. Throws OutsideFailure when they are not a whole checkpoint, BadInput when it is one of
 * another run, naming what differs.
 */
export async function decodeCheckpoint(
  bytes: Uint8Array,
  identity: Identity,
  name: string,
): Promise<StateTree> {
  const magic = new TextEncoder().encode(MAGIC);
  if (!magic.every((byte, at) => bytes[at] === byte)) {
    throw new OutsideFailure(`reading the checkpoint ${name}: it is none that this program wrote`);
  }
  const body = bytes.slice(magic.length + DIGEST_BYTES);
  const digest = await digestOf(body);
  if (!digest.every((byte, at) => bytes[magic.length + at] === byte)) {
    throw new OutsideFailure(`reading the checkpoint ${name}: it is damaged (its SHA-256 does not fit)`);
  }
  const saved = decodeState(body) as unknown as { identity: Identity; state: StateTree };
  for (const [part, value] of Object.entries(identity)) {
    if (saved.identity[part] === value) continue;
    throw new BadInput(
      `going on from the checkpoint ${name}: it is of the ${part} '${
        saved.identity[part]
      }', this run has '${value}'; ` +
        `the same is accepted, or another checkpoint file`,
    );
  }
  return saved.state;
}

async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}
