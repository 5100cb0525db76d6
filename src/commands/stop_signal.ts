/** Ctrl-C and SIGTERM: the first asks for a clean end, the second ends at once. */

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** The exit code of a process that a signal ended: 128 + 2. */
const INTERRUPTED = 130;

/** Resolves with the first signal. From then on another one ends the process without waiting for anything. */
export function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of SIGNALS) {
      Deno.addSignalListener(signal, () => {
        if (asked) Deno.exit(INTERRUPTED);
        asked = true;
        resolve(signal);
      });
    }
  });
}
