/** `foz doctor`: checks what is configured, and says what to do about what is wrong. */
import { Command } from "commander";
import { instantiateKernels, sharedMemory } from "../kernels/kernel_module.ts";
import { checkTopics } from "./doctor_topics.ts";
import { type KernelBuild, loadKernel } from "./kernel_builds.ts";
import { openStore, withoutPassword } from "./open_store.ts";
import { addSettings, readSettings } from "./settings.ts";
import { plainTable } from "./plain_table.ts";
import { BRIDGE_SETTINGS } from "./start_bridge.ts";

export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  /** What was found, or what is wrong. */
  readonly found: string;
  /** What to do; empty where nothing need be done. */
  readonly advice: string;
}

const NAMES = ["store", "host", "port", "keys", ...BRIDGE_SETTINGS, "json"] as const;

const EXAMPLES = `
Examples:
  foz doctor
  foz doctor --kafka kafka://127.0.0.1:9092
  foz doctor --store sqlite:/var/lib/foz/foz.db --port 80`;

/** The command; exit code 1 if a check failed. */
export function doctorCommand(): Command {
  const command = new Command("doctor").description("checks what is configured and says what to do")
    .addHelpText("after", EXAMPLES);
  addSettings(command, NAMES);
  return command.action(async () => {
    const settings = readSettings(command, NAMES);
    const findings = [
      await checkKernel("portable"),
      await checkKernel("fast"),
      ...await checkStore(settings.store),
      ...await checkTopics(settings),
      checkPort(settings.host, settings.port),
      checkExposure(settings.host, settings.keys),
    ];
    console.log(settings.json ? JSON.stringify({ findings }) : tableOf(findings));
    if (findings.some((finding) => !finding.ok)) Deno.exitCode = 1;
  });
}

function tableOf(findings: readonly Finding[]): string {
  const table = plainTable(["", "check", "found", "what to do"]);
  for (const { ok, check, found, advice } of findings) table.push([ok ? "ok" : "NO", check, found, advice]);
  return table.toString();
}

const reason = (error: unknown) => error instanceof Error ? error.message : String(error);

/** A build is there, fits this engine, and computes 1·1 eight times. */
async function checkKernel(build: KernelBuild): Promise<Finding> {
  const check = `kernels, ${build}`;
  try {
    const { module } = await loadKernel(build);
    const { exports, arena } = instantiateKernels(module, build === "fast" ? sharedMemory() : undefined);
    const row = arena.allocate(32);
    arena.f32(row, 8).fill(1);
    const score = exports.score(row, row, 32);
    return { check, ok: score === 8, found: `a dot product of eight ones gives ${score}`, advice: "" };
  } catch (error) {
    return {
      check,
      ok: false,
      found: reason(error),
      advice: "run `deno task build`; it needs Deno 2.9 and the packages of deno.json",
    };
  }
}

async function checkStore(url: string): Promise<Finding[]> {
  try {
    const store = await openStore(url);
    try {
      const [end, active, generations] = await Promise.all([
        store.eventLog.end(),
        store.generations.active(),
        store.generations.list(),
      ]);
      return [
        {
          check: "store",
          ok: true,
          found: `${withoutPassword(url)}: ${end} records in the log`,
          advice: end === 0 ? "`foz import FILE` puts events in" : "",
        },
        {
          check: "generation",
          ok: true,
          found: active === undefined
            ? `none is active, ${generations.length} are published`
            : `${active.generation} is active`,
          advice: active !== undefined
            ? ""
            : generations.length > 0
            ? "`foz generations activate ID`"
            : "`foz train` makes one",
        },
      ];
    } finally {
      await store.close();
    }
  } catch (error) {
    const { found, advice } = splitAdvice(reason(error));
    return [{
      check: "store",
      ok: false,
      found,
      advice: advice ?? "set --store or FOZ_STORE, for example sqlite:data/foz.db",
    }];
  }
}

/** A message of ours ends with what to do. */
function splitAdvice(message: string): { found: string; advice?: string } {
  const at = message.lastIndexOf("; ");
  return at < 0 ? { found: message } : { found: message.slice(0, at), advice: message.slice(at + 2) };
}

function checkPort(hostname: string, port: number): Finding {
  const check = "port";
  try {
    Deno.listen({ hostname, port }).close();
    return { check, ok: true, found: `${hostname}:${port} is free`, advice: "" };
  } catch (error) {
    const advice = "stop what listens there, or choose another --port (0 takes a free one) or --host";
    return { check, ok: false, found: `${hostname}:${port}: ${reason(error)}`, advice };
  }
}

function checkExposure(host: string, keys: string): Finding {
  const isLoopback = /^(127\.|localhost$|::1$)/.test(host);
  const count = keys.split(",").filter((key) => key !== "").length;
  return {
    check: "access",
    ok: isLoopback || count > 0,
    found: count > 0
      ? `${count} keys`
      : isLoopback
      ? "no keys: loopback only"
      : `no keys, and ${host} is reachable from outside`,
    advice: isLoopback || count > 0 ? "" : "set FOZ_KEYS=SCOPE:SHA256HEX, or listen on 127.0.0.1",
  };
}
