/** Tables for people, without colours: they are piped, copied and read in logs. */
import Table from "cli-table3";

/** A table with a head; `right` are the columns (from 0) that hold numbers. */
export function plainTable(head: readonly string[], right: readonly number[] = []): Table.Table {
  const colAligns = head.map((_, column) => right.includes(column) ? "right" as const : "left" as const);
  return new Table({ head: [...head], colAligns, style: { head: [], border: [], compact: true } });
}
