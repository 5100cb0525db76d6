/** `deno task services`: a Kafka broker and a server of MongoDB's protocol, without Docker, until Ctrl-C. */
import { stopSignal } from "../../src/commands/stop_signal.ts";
import { startServices } from "./start_services.ts";

const stopped = stopSignal();
console.log("Starting (the first time the servers are fetched) ...");
const { environment, missing, stop } = await startServices();
for (const what of missing) console.log(`not started: ${what}`);
const { FOZ_TEST_KAFKA: kafka, FOZ_TEST_MONGODB: mongodb } = environment;
const settings = [
  ...kafka === undefined ? [] : [`FOZ_KAFKA=${kafka.split("?")[0]}`],
  ...mongodb === undefined ? [] : [`FOZ_STORE=${mongodb}/foz`],
];
if (settings.length > 0) {
  console.log(["", "For the program:", `  export ${settings.join(" ")}`, "For the tests:"].join("\n"));
  for (const [name, value] of Object.entries(environment)) console.log(`  export ${name}='${value}'`);
  console.log("\nEverything they hold is gone when they stop. Ctrl-C stops.");
  await stopped;
}
await stop();
Deno.exit(settings.length > 0 ? 0 : 1);
