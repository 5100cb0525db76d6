import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { parseAddress } from "../../src/adapters/kafka/address.ts";
import { parseConfig, type Setting, type SettingName, SETTINGS } from "../../src/config.ts";
import { KAFKA_VERSION } from "../services/kafka_installation.ts";
import { ROOT } from "./source_files.ts";

const compose = Deno.readTextFileSync(`${ROOT}docker-compose.yml`);
const dockerfile = Deno.readTextFileSync(`${ROOT}Dockerfile`);

describe("docker-compose.yml", () => {
  it("sets only variables that exist, to values that are accepted", () => {
    const given = new Map(
      [...compose.matchAll(/^ {6}(FOZ_[A-Z_]+): (.*)$/gm)].map((
        [, name, value],
      ) => [name, value.replaceAll('"', "")]),
    );
    assert.ok(given.size >= 5);
    given.set("FOZ_KEYS", `admin:${"0".repeat(64)}`);
    const byVariable = new Map(
      Object.entries<Setting>(SETTINGS).map(([name, { env }]) => [env, name as SettingName]),
    );
    const names = [...given.keys()].map((variable) => byVariable.get(variable));
    assert.ok(names.every((name) => name !== undefined), `${names}`);
    const config = parseConfig(names as SettingName[], {}, Object.fromEntries(given));
    assert.deepEqual(parseAddress(String(config.kafka)).brokers, ["kafka:9092"]);
  });

  it("starts the broker that the tests are run against", () => {
    assert.match(compose, new RegExp(`image: apache/kafka:${KAFKA_VERSION.replaceAll(".", "\\.")}\n`));
  });
});

describe("Dockerfile", () => {
  it("takes the runtime that .ci/run takes, and is not root", () => {
    const version = /deno@(\d+\.\d+\.\d+)/.exec(Deno.readTextFileSync(`${ROOT}.ci/run`))![1];
    assert.match(dockerfile, new RegExp(`^FROM denoland/deno:${version.replaceAll(".", "\\.")}$`, "m"));
    assert.match(dockerfile, /^USER deno$/m);
  });

  it("copies what is there", () => {
    const copied = [...dockerfile.matchAll(/^COPY --chown=deno:deno (.*) \S+$/gm)].flatMap(([, names]) =>
      names.split(" ")
    );
    assert.ok(copied.length >= 4);
    for (const name of copied) Deno.statSync(`${ROOT}${name}`);
  });
});
