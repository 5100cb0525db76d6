/** The interactions of data files, by one numbering of users and items. */
import { openInput } from "../../adapters/deno/open_input.ts";
import { type Interactions, InteractionsBuilder } from "../../batch/interactions.ts";
import { BadInput } from "../../domain/failure.ts";
import type { IdDictionaries } from "../../ingest/coded_rows.ts";
import { readInteractions } from "../../ingest/read_interactions.ts";
import { type FormatFlags, formatWish } from "../import/format_flags.ts";

/**
 * All rows of the files, in order. `ids` may get more users and items from other files; `build` when all were read.
 * Throws BadInput at the first row that cannot be read: a figure about a part of a file would be about another file.
 */
export async function readDataFiles(
  ids: IdDictionaries,
  paths: readonly string[],
  flags: FormatFlags = {},
): Promise<InteractionsBuilder> {
  const builder = new InteractionsBuilder();
  for (const path of paths) {
    let refused: { line: number; reason: string } | undefined;
    const { chunks } = await openInput(path);
    const onReject = ({ line, reason }: { line: number; reason: string }) => {
      refused ??= { line, reason };
      return true;
    };
    for await (const batch of readInteractions({ chunks, wish: formatWish(flags), ids, onReject })) {
      builder.add(batch);
    }
    if (refused !== undefined) {
      throw new BadInput(
        `evaluating on "${path}": line ${refused.line} cannot be read (${refused.reason}); a file of good rows is accepted`,
      );
    }
  }
  if (builder.count === 0) throw new BadInput(`evaluating on "${paths.join('", "')}": there are no rows`);
  return builder;
}

/** The interactions that are marked with `part`, in the same order. */
export function interactionsOfPart(all: Interactions, marks: Uint8Array, part: number): Interactions {
  const isOfPart = (_: number, row: number) => marks[row] === part;
  const users = all.users.filter(isOfPart);
  return {
    ...all,
    count: users.length,
    users,
    items: all.items.filter(isOfPart),
    values: all.values.filter(isOfPart),
    timesMs: all.timesMs.filter(isOfPart),
  };
}

/** The first of these files that is in the folder, plain or as .gz. Throws BadInput that names them. */
export async function fileIn(folder: string, names: readonly string[]): Promise<string> {
  const candidates = names.flatMap((name) => [`${folder}/${name}`, `${folder}/${name}.gz`]);
  for (const path of candidates) {
    const isThere = await Deno.stat(path).then(({ isFile }) => isFile, () => false);
    if (isThere) return path;
  }
  throw new BadInput(
    `--data was given "${folder}"; accepted is a folder that holds ${names.join(" or ")} (or .gz of it)`,
  );
}
