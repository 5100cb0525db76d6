/** Entry of a thread that reads parts of one file. */
import { PlainFile } from "../adapters/deno/plain_file.ts";
import { type PartPlan, PartReader, type PartRows } from "../ingest/file_part.ts";

/** What it is told first. After that, numbers of parts, ascending. */
export interface PartWorkerStart {
  readonly path: string;
  readonly plan: PartPlan;
}

/** What it says of each part; `rows` as `PartReader.read` gives them. */
export type PartAnswer = { readonly part: number; readonly rows?: PartRows } | { readonly error: string };

const scope = self as unknown as DedicatedWorkerGlobalScope;
let reader: PartReader | undefined;

scope.onmessage = ({ data }: MessageEvent<PartWorkerStart | number>) => {
  try {
    if (typeof data !== "number") reader = readerOf(data);
    else answer(data, reader!.read(data));
  } catch (error) {
    scope.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
};

function readerOf({ path, plan }: PartWorkerStart): PartReader {
  const file = PlainFile.open(path);
  if (file === undefined) throw new Error("it is not there any more, or not what it was");
  return new PartReader(plan, (position, into) => file.readAt(position, into));
}

function answer(part: number, rows: PartRows | undefined): void {
  const arrays = (rows?.batches ?? []).flatMap(({ users, items, values, timesMs }) =>
    [users, items, values, timesMs].map(({ buffer }) => buffer)
  );
  const packed = rows === undefined ? [] : [rows.newUsers, rows.newItems].flatMap(
    ({ bytes, ends }) => [bytes.buffer, ends.buffer],
  );
  scope.postMessage({ part, rows }, [...arrays, ...packed] as Transferable[]);
}
