/**
 * Every setting in one table: flag, environment variable, default, unit, bounds. `--help` and the README's table are
 * made from it; `parseConfig` reads values by it. Where they come from (flags, environment) is the caller's business.
 */
import { BadInput } from "./domain/failure.ts";

/** A setting that is a number within bounds. */
interface NumberSetting {
  readonly kind: "number";
  readonly whole: boolean;
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  readonly default?: number;
}

interface TextSetting {
  readonly kind: "text";
  readonly default?: string;
  /** What a value looks like, for help and error messages. */
  readonly form: string;
  readonly pattern?: RegExp;
}

interface ChoiceSetting {
  readonly kind: "choice";
  readonly choices: readonly string[];
  readonly default?: string;
}

interface SwitchSetting {
  readonly kind: "switch";
  readonly default?: boolean;
}

export type Setting = (NumberSetting | TextSetting | ChoiceSetting | SwitchSetting) & {
  /** Without the dashes. A switch named "no-x" sets "no-x", not "x". */
  readonly flag: string;
  readonly env?: string;
  readonly help: string;
  /** Its value is never printed, not even a wrong one. */
  readonly isSecret?: boolean;
};

function whole<D extends number | undefined>(min: number, max: number, unit: string, value: D) {
  return { kind: "number", whole: true, min, max, unit, default: value } as const;
}

function real<D extends number | undefined>(min: number, max: number, unit: string, value: D) {
  return { kind: "number", whole: false, min, max, unit, default: value } as const;
}

function text(form: string, value?: string, pattern?: RegExp): TextSetting {
  return { kind: "text", form, default: value, pattern };
}

function choice(choices: readonly string[], value?: string): ChoiceSetting {
  return { kind: "choice", choices, default: value };
}

const SWITCH: SwitchSetting = { kind: "switch", default: false };

/** All settings by the name that code uses. */
export const SETTINGS = {
  store: {
    ...text(
      "sqlite:PATH | memory: | mongodb://HOST/DATABASE",
      "sqlite:data/foz.db",
      /^(sqlite:.+|memory:|mongodb(\+srv)?:\/\/.+)$/,
    ),
    flag: "store",
    env: "FOZ_STORE",
    help: "where events, generations and lists are kept",
  },
  host: {
    ...text("an address to listen on", "127.0.0.1"),
    flag: "host",
    env: "FOZ_HOST",
    help: "address to listen on; other than loopback only with keys",
  },
  port: {
    ...whole(0, 65535, "port", 8080),
    flag: "port",
    env: "FOZ_PORT",
    help: "port to listen on; 0 takes a free one",
  },
  keys: {
    ...text("SCOPE:SHA256HEX[,...]", "", /^((read|write|admin):[0-9a-f]{64}(,|$))*$/),
    flag: "keys",
    env: "FOZ_KEYS",
    isSecret: true,
    help: "API keys as SHA-256 with their scope (read, write, admin)",
  },
  snapshotKey: {
    ...text("any text", ""),
    flag: "snapshot-key",
    env: "FOZ_SNAPSHOT_KEY",
    isSecret: true,
    help: "key that a snapshot is signed with, and checked with at the edge",
  },
  kafka: {
    ...text(
      "kafka://HOST:PORT[,...] | kafkas://USER:PASSWORD@HOST:PORT | sqlite:PATH",
      "",
      /^(|kafkas?:\/\/.+|sqlite:.+|memory:)$/,
    ),
    flag: "kafka",
    env: "FOZ_KAFKA",
    isSecret: true,
    help: "where topics are: a Kafka broker, or a file of this machine that holds topics",
  },
  kafkaGroup: {
    ...text("a name", "foz"),
    flag: "kafka-group",
    env: "FOZ_KAFKA_GROUP",
    help: "consumer group of the bridge",
  },
  kafkaRequests: {
    ...text("a topic", "foz.requests"),
    flag: "kafka-requests",
    env: "FOZ_KAFKA_REQUESTS",
    help: "topic of user ids whose recommendations are asked for",
  },
  kafkaRecommendations: {
    ...text("a topic", "foz.recommendations"),
    flag: "kafka-recommendations",
    env: "FOZ_KAFKA_RECOMMENDATIONS",
    help: "topic of the answers",
  },
  kafkaEvents: {
    ...text("a topic", "foz.events"),
    flag: "kafka-events",
    env: "FOZ_KAFKA_EVENTS",
    help: "topic of events, as over HTTP",
  },
  kafkaObservations: {
    ...text("a topic", "foz.observations"),
    flag: "kafka-observations",
    env: "FOZ_KAFKA_OBSERVATIONS",
    help: "topic of observations for online models",
  },
  kafkaPredictions: {
    ...text("a topic", "foz.predictions"),
    flag: "kafka-predictions",
    env: "FOZ_KAFKA_PREDICTIONS",
    help: "topic of online models' predictions",
  },
  rateLimit: {
    ...real(0, 1e6, "requests/s", 0),
    flag: "rate-limit",
    env: "FOZ_RATE_LIMIT",
    help: "requests a second for each key or client; 0 is no limit",
  },
  json: { ...SWITCH, flag: "json", help: "print one JSON document at the end, for machines" },
  logLevel: {
    ...choice(["debug", "info", "warning", "error"], "info"),
    flag: "log-level",
    env: "FOZ_LOG_LEVEL",
    help: "least severe log lines to print",
  },
  seed: { ...whole(0, 0xffffffff, "", 1), flag: "seed", help: "seed of everything random" },
  feedback: {
    ...choice(["auto", "explicit", "implicit"], "auto"),
    flag: "feedback",
    env: "FOZ_FEEDBACK",
    help: "what values are: ratings, or evidence of interest; auto looks at the data",
  },
  factors: {
    ...whole(1, 1024, "factors", 64),
    flag: "factors",
    env: "FOZ_FACTORS",
    help: "latent factors of each user and item",
  },
  epochs: {
    ...whole(1, 1000, "epochs", undefined),
    flag: "epochs",
    help: "most epochs [default: 12 explicit, 16 implicit]; a holdout stops earlier when it gets worse",
  },
  regularization: {
    ...real(1e-9, 1e6, "", undefined),
    flag: "regularization",
    env: "FOZ_REGULARIZATION",
    help: "λ [default: 0.1 explicit, 0.006 implicit]",
  },
  unobservedWeight: {
    ...real(0, 1e6, "", 0.5),
    flag: "unobserved-weight",
    help: "α₀, weight of what was not observed (implicit)",
  },
  popularityExponent: {
    ...real(0, 2, "", 0),
    flag: "popularity-exponent",
    help: "ω, weight of unobserved items by popularity (implicit)",
  },
  threads: {
    ...whole(1, 64, "threads", undefined),
    flag: "threads",
    env: "FOZ_THREADS",
    help: "workers for training [default: one for each core]",
  },
  top: {
    ...whole(0, 10000, "items", 50),
    flag: "top",
    help: "items stored for each user; 0 stores no lists",
  },
  holdout: {
    ...real(0, 0.5, "share", 0.1),
    flag: "holdout",
    help: "share of the events to measure on before the fit on all of them; 0 skips that",
  },
  split: {
    ...choice(["auto", "time", "random"], "auto"),
    flag: "split",
    help: "holdout of the newest events or of random ones; auto: time where events have one",
  },
  trainEvery: {
    ...real(0, 1e6, "minutes", 60),
    flag: "train-every",
    env: "FOZ_TRAIN_EVERY",
    help: "minutes between trainings when there are new events; 0 never",
  },
  trainOn: {
    ...text(
      "events:N | drift, or both with a comma between",
      "",
      /^(|(events:[1-9]\d{0,11}|drift)(,(events:[1-9]\d{0,11}|drift))*)$/,
    ),
    flag: "train-on",
    env: "FOZ_TRAIN_ON",
    help: "what starts a training besides the clock: so many new events, or drift of what is predicted",
  },
  learner: {
    ...choice(["als", "sgd"], "als"),
    flag: "learner",
    env: "FOZ_LEARNER",
    help:
      "how rows follow events: exact fold-in (als), or one step of gradient descent each, for comparison (sgd)",
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

type ValueOf<S> = S extends { kind: "number" }
  ? (S extends { default: undefined } ? number | undefined : number)
  : S extends { kind: "switch" } ? boolean
  : string;

/** The values of some settings. A number without a default may be undefined. */
export type Config<Name extends SettingName> = { [N in Name]: ValueOf<(typeof SETTINGS)[N]> };

/** What a setting accepts, in words: "a whole number of factors from 1 to 1024". */
export function acceptedValues(setting: Setting): string {
  if (setting.kind === "choice") return `one of ${setting.choices.join(", ")}`;
  if (setting.kind === "switch") return "true or false";
  if (setting.kind === "text") return setting.form;
  const unit = setting.unit === "" ? "" : ` (${setting.unit})`;
  return `a ${setting.whole ? "whole " : ""}number${unit} from ${setting.min} to ${setting.max}`;
}

function parseValue(setting: Setting, raw: string | number | boolean): string | number | boolean | undefined {
  if (setting.kind === "switch") {
    const value = String(raw).toLowerCase();
    return value === "true" || value === "1" ? true : value === "false" || value === "0" ? false : undefined;
  }
  const value = String(raw).trim();
  if (setting.kind === "choice") return setting.choices.includes(value) ? value : undefined;
  if (setting.kind === "text") return !setting.pattern || setting.pattern.test(value) ? value : undefined;
  const number = value === "" ? NaN : Number(value);
  const fits = number >= setting.min && number <= setting.max && (!setting.whole || Number.isInteger(number));
  return fits ? number : undefined;
}

/**
 * Reads settings from `given` (by name; from flags) and `environment` (by variable), in that order of precedence.
 * Throws BadInput that names the flag or variable, the value, and what is accepted.
 */
export function parseConfig<Name extends SettingName>(
  names: readonly Name[],
  given: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string>> = {},
): Config<Name> {
  const config: Record<string, unknown> = {};
  for (const name of names) {
    const setting: Setting = SETTINGS[name];
    const fromEnvironment = setting.env === undefined ? undefined : environment[setting.env];
    const isGiven = given[name] !== undefined;
    const raw = isGiven ? given[name] : fromEnvironment;
    if (raw === undefined || (raw === "" && setting.kind !== "text")) {
      config[name] = setting.default;
      continue;
    }
    const value = parseValue(setting, raw as string | number | boolean);
    if (value === undefined) {
      const source = isGiven ? `--${setting.flag}` : setting.env;
      // Of a URL a password is left out.
      const shown = setting.isSecret ? "something else" : `"${String(raw).replace(/\/\/.*@/s, "//...@")}"`;
      throw new BadInput(`${source} was given ${shown}; accepted is ${acceptedValues(setting)}`);
    }
    config[name] = value;
  }
  return config as Config<Name>;
}

/** The table as Markdown: what the README holds. */
export function settingsTable(): string {
  const rows = Object.values<Setting>(SETTINGS).map((setting) => {
    const accepted = setting.kind === "switch" ? "" : acceptedValues(setting).replaceAll("|", "\\|");
    const standard = setting.kind === "switch" ? "" : setting.default ?? "";
    return `| \`--${setting.flag}\` | ${
      setting.env === undefined ? "" : `\`${setting.env}\``
    } | ${standard} | ${accepted} | ${setting.help.replaceAll("|", "\\|")} |`;
  });
  return ["| flag | variable | default | accepted | what |", "|---|---|---|---|---|", ...rows].join("\n");
}
