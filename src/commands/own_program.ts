/** How this program starts itself again, as arguments of Deno; what is to be done follows. */
export const OWN_PROGRAM: readonly string[] = [
  "run",
  "--quiet",
  "-A",
  // The packages are there: to look for them anew takes longer than all else before the first line runs.
  "--node-modules-dir=manual",
  new URL("../main.ts", import.meta.url).href,
];
