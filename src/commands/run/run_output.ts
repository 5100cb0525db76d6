/** Lines of several commands, told apart. */

/** Of a terminal: they can be read on light and dark ground. */
const COLORS = [36, 33, 35, 32, 34, 31];
const FAINT = 2;

export interface LineWriter {
  line(name: string, text: string): void;
  /** Of the launcher itself. */
  note(name: string, text: string): void;
}

/** `name | text`, names in a column, in colors where `isColored`. */
export function prefixedLines(
  names: readonly string[],
  isColored: boolean,
  print: (text: string) => void,
): LineWriter {
  const width = Math.max(...names.map((name) => name.length));
  const prefixOf = (name: string) => {
    const padded = name.padEnd(width);
    if (!isColored) return `${padded} | `;
    return `\x1b[${COLORS[names.indexOf(name) % COLORS.length]}m${padded} |\x1b[0m `;
  };
  const prefixes = new Map(names.map((name) => [name, prefixOf(name)]));
  return {
    line: (name, text) => print(prefixes.get(name)! + text),
    note: (name, text) =>
      print(prefixes.get(name)! + (isColored ? `\x1b[${FAINT}m(${text})\x1b[0m` : `(${text})`)),
  };
}

/** One JSON record a line. */
export function jsonLines(print: (text: string) => void): LineWriter {
  return {
    line: (name, line) => print(JSON.stringify({ name, line })),
    note: (name, note) => print(JSON.stringify({ name, note })),
  };
}
