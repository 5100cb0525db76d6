/** Stands where `foz train --json` stands: says how far it is, and then waits to be cancelled. */
console.log(JSON.stringify({ phase: "read", progress: 0.1 }));
await new Promise((resolve) => setTimeout(resolve, 60_000));
