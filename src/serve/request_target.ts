/** Path and query of a request, read strictly: what cannot be decoded is an error and never an id that looks like it. */
import { Problem } from "./problem.ts";

/** The path as it was sent, percent-encoded. `url` is absolute. */
export function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  if (start < 0) return "/";
  const end = url.indexOf("?", start);
  return end < 0 ? url.slice(start) : url.slice(start, end);
}

/** Percent-decoded text. Throws a 400 problem for what is no percent-encoded UTF-8. */
export function decodePart(text: string, what: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Problem(
      "malformed-request",
      `the percent-encoding of ${what} "${text}" cannot be read as UTF-8`,
    );
  }
}

/** The decoded parameters of the path by name. `pattern` is an endpoint's, "/v1/items/{itemId}/similar". */
export function readParams(url: string, pattern: string): Record<string, string> {
  const parts = pathOf(url).split("/");
  const params: Record<string, string> = {};
  for (const [i, part] of pattern.split("/").entries()) {
    if (part.startsWith("{")) params[part.slice(1, -1)] = decodePart(parts[i], "the path's");
  }
  return params;
}

/** The decoded parameters of the query by name. A name that comes twice is refused: nobody can know which was meant. */
export function readQuery(url: string): Record<string, string> {
  const start = url.indexOf("?");
  const values: Record<string, string> = {};
  if (start < 0) return values;
  for (const pair of url.slice(start + 1).split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const rawName = equals < 0 ? pair : pair.slice(0, equals);
    const name = decodePart(rawName.replaceAll("+", " "), "the parameter name");
    const value = equals < 0
      ? ""
      : decodePart(pair.slice(equals + 1).replaceAll("+", " "), `the parameter "${name}":`);
    if (Object.hasOwn(values, name)) {
      throw new Problem("invalid-request", `the parameter "${name}" is given twice`, {
        errors: [{ parameter: name, detail: "accepted once" }],
      });
    }
    values[name] = value;
  }
  return values;
}
