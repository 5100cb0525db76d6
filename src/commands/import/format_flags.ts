/** The flags that say what a file is: of `import`, and of `train --from`. */
import { BadInput } from "../../domain/failure.ts";
import { FORMAT_NAMES, type FormatName, type FormatWish } from "../../ingest/detect_format.ts";

export interface FormatFlags {
  readonly format?: string;
  readonly columns?: string;
  readonly delimiter?: string;
}

/** Throws BadInput that names the flag, the value, and what is accepted. */
export function formatWish({ format, columns, delimiter }: FormatFlags): FormatWish {
  if (format !== undefined && !(FORMAT_NAMES as readonly string[]).includes(format)) {
    throw new BadInput(`--format was given "${format}"; accepted is one of ${FORMAT_NAMES.join(", ")}`);
  }
  const names = columns?.split(",").map((column) => column.trim());
  if (names !== undefined && (names.length < 2 || names.length > 4 || names[0] === "" || names[1] === "")) {
    throw new BadInput(
      `--columns was given "${columns}"; accepted are two to four columns, user,item,value,time in this order, ` +
        'each by name or by place from 1, empty for none: "3,1,,4"',
    );
  }
  return { format: format as FormatName | undefined, columns: names, delimiter };
}
