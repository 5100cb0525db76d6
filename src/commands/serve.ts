/** `foz serve`: HTTP over what is in the store. */
import { Command } from "commander";
import { startLogging } from "./logging.ts";
import { storedLearner } from "./learner_connection.ts";
import { openStore } from "./open_store.ts";
import { type RunningServer, startServer, trainingJobs } from "./start_server.ts";
import { addSettings, readSettings } from "./settings.ts";
import { stopSignal } from "./stop_signal.ts";

const EXAMPLES = `
Examples:
  foz serve
  foz serve --port 9000 --log-level debug
  FOZ_KEYS=admin:$(printf %s "$KEY" | sha256sum | cut -c1-64) foz serve --host 0.0.0.0

Events are taken, and seen in the next answer; \`foz learn\` beside it learns from them.

A key may read, write (adds events, reads nothing) or is an admin key (everything). Without keys the server listens on
loopback only. Ctrl-C finishes the requests that are running; a second one stops at once.`;

const SETTINGS = ["store", "host", "port", "keys", "rateLimit", "logLevel", "json"] as const;

/** The command. It runs until a signal. */
export function serveCommand(): Command {
  const command = new Command("serve").description("HTTP over what is in the store").addHelpText(
    "after",
    EXAMPLES,
  );
  addSettings(command, SETTINGS);
  return command.action(async () => {
    const settings = readSettings(command, SETTINGS);
    const stopped = stopSignal();
    await startLogging(settings.logLevel);
    const store = await openStore(settings.store, { logThread: "worker" });
    const jobs = trainingJobs(settings.store);
    try {
      const server = await startServer({ ...settings, store, jobs, learner: storedLearner(store) });
      console.log(
        settings.json ? JSON.stringify({ url: server.url }) : welcome(server, settings.keys !== ""),
      );
      await stopped;
      await server.stop();
    } finally {
      await jobs.close();
      await store.close();
    }
  });
}

/** The address and what to try there, ready to be copied. */
export function welcome({ url, model }: RunningServer, hasKeys: boolean): string {
  const key = hasKeys ? " -H 'X-API-Key: ...'" : "";
  const active = model.current?.recommender.generation.generation;
  return [
    `Foz listens on ${url}${hasKeys ? "" : " (no keys: loopback only)"}`,
    active === undefined
      ? "No generation is active yet: `foz train` makes one, and it is served at once."
      : `${active} answers.`,
    "",
    `  ${url}/        the dashboard; ${url}/docs the interface`,
    `  curl${key} '${url}/v1/items/popular?limit=5'`,
    `  curl${key} '${url}/v1/users/1/recommendations?limit=5'`,
    `  curl${key} ${url}/v1/events -H 'content-type: application/json' -d '{"userId":"1","itemId":"1","value":5}'`,
    "",
    "Ctrl-C stops.",
  ].join("\n");
}
