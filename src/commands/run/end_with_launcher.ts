/** A command that `foz run` started ends when the launcher has died: nobody else would end it. */

const LOOK_MS = 500;

/**
 * `launcher` is the process id that the launcher passed on; undefined, or that of anybody but the parent (a command's own
 * children inherit the variable): nothing is done. The end is as by a signal, so that it is a clean one.
 */
export function endWithLauncher(launcher: string | undefined): void {
  if (launcher === undefined || launcher !== String(Deno.ppid)) return;
  const timer = setInterval(() => {
    if (String(Deno.ppid) === launcher) return;
    clearInterval(timer);
    Deno.kill(Deno.pid, "SIGTERM");
  }, LOOK_MS);
  Deno.unrefTimer(timer);
}
