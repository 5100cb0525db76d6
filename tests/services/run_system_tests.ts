/**
 * `deno task test:system`: starts the services once and runs all tests that need them. Where one cannot be started its tests
 * are passed over by name; where CI is set that is a failure.
 */
import { readSources, ROOT } from "../tidy/source_files.ts";
import { startServices } from "./start_services.ts";

const NEEDS_SERVICES =
  /^tests\/(adapters\/(kafka|mongodb)\/.*|bench\/mongodb|system\/.*(bridge|kafka|mongodb|online_crash|examples).*|bench\/bridge|commands\/doctor_topics)_test\.ts$/;

const files = readSources("tests").map(({ path }) => path).filter((path) => NEEDS_SERVICES.test(path));
const { environment, missing, stop } = await startServices();
for (const what of missing) console.error(`not started: ${what}`);
let code = missing.length > 0 && Deno.env.get("CI") ? 1 : 0;
try {
  const wanted = Deno.args.length > 0 ? Deno.args : files;
  const flags = ["--quiet", "--no-check", "-A", "--sanitize-ops", "--sanitize-resources"];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", ...flags, ...wanted],
    cwd: ROOT,
    env: environment,
    stdin: "null",
  }).spawn();
  code ||= (await child.status).code;
} finally {
  await stop();
}
Deno.exit(code);
