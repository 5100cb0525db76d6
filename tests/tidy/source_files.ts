/** Reads the sources of a folder: names, texts, and what they import. */
import { join, relative } from "node:path/posix";

export const ROOT = new URL("../../", import.meta.url).pathname;

export interface SourceFile {
  /** Relative to the project's root. */
  readonly path: string;
  readonly text: string;
  /** Module specifiers as written: of imports, re-exports, dynamic imports, and `new URL(..., import.meta.url)`. */
  readonly specifiers: readonly string[];
}

const IMPORTS = [
  /(?:^|\n)\s*(?:import|export)\s[^;'"]*?from\s*["']([^"']+)["']/g,
  /(?:^|\n)\s*import\s*["']([^"']+)["']/g,
  /\bimport\(\s*["']([^"']+)["']/g,
  /new URL\(\s*["']([^"']+\.ts)["']\s*,\s*import\.meta\.url/g,
];

function specifiersOf(text: string): string[] {
  return IMPORTS.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1]));
}

/** All `.ts` and `.tsx` files below the folder. */
export function readSources(folder: string): SourceFile[] {
  const files: SourceFile[] = [];
  for (const entry of Deno.readDirSync(join(ROOT, folder))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) files.push(...readSources(path));
    else if (/\.tsx?$/.test(entry.name)) {
      const text = Deno.readTextFileSync(join(ROOT, path));
      files.push({ path, text, specifiers: specifiersOf(text) });
    }
  }
  return files.sort((a, b) => a.path < b.path ? -1 : 1);
}

/** The path from the root that a relative specifier names; undefined for a package. */
export function resolveSpecifier(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  return relative(ROOT, join(ROOT, from, "..", specifier));
}

/** The room of a file in src: `adapters/deno`, `serve`, or the name of a file that stands in src itself. */
export function roomOf(path: string): string {
  const parts = path.split("/").slice(1);
  return parts[0] === "adapters" ? parts.slice(0, 2).join("/") : parts[0];
}
