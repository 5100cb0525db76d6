/** The only place that reads the environment. */

/** The variables that start with FOZ_. */
export function readEnvironment(): Record<string, string> {
  return Object.fromEntries(Object.entries(Deno.env.toObject()).filter(([name]) => name.startsWith("FOZ_")));
}
