import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { acceptedValues, parseConfig, type Setting, type SettingName, SETTINGS } from "../src/config.ts";
import { BadInput } from "../src/domain/failure.ts";

describe("parseConfig", () => {
  it("takes the flag before the variable before the default", () => {
    const environment = { FOZ_PORT: "9000" };
    assert.equal(parseConfig(["port"], { port: "9100" }, environment).port, 9100);
    assert.equal(parseConfig(["port"], {}, environment).port, 9000);
    assert.equal(parseConfig(["port"], {}).port, 8080);
  });

  it("leaves a number without a default undefined", () => {
    assert.equal(parseConfig(["regularization"], {}).regularization, undefined);
    assert.equal(parseConfig(["regularization"], { regularization: "1e-2" }).regularization, 0.01);
  });

  it("says which flag or variable was given what, and what is accepted", () => {
    const bad: [SettingName, string, RegExp][] = [
      ["factors", "0", /--factors was given "0".*whole number \(factors\) from 1 to 1024/],
      ["factors", "64.5", /--factors was given "64.5"/],
      ["factors", "many", /--factors was given "many"/],
      ["holdout", "NaN", /--holdout was given "NaN"/],
      ["feedback", "both", /--feedback was given "both".*auto, explicit, implicit/],
      ["store", "postgres://x", /--store was given "postgres:\/\/x".*sqlite:PATH/],
    ];
    for (const [name, value, message] of bad) {
      assert.throws(() => parseConfig([name], { [name]: value }), (error: unknown) => {
        assert.ok(error instanceof BadInput);
        assert.match(error.message, message);
        return true;
      });
    }
    assert.throws(() => parseConfig(["port"], {}, { FOZ_PORT: "-1" }), /FOZ_PORT was given "-1"/);
  });

  it("never prints a secret, not even a wrong one", () => {
    assert.throws(() => parseConfig(["keys"], {}, { FOZ_KEYS: "admin:my password" }), (error: unknown) => {
      assert.match(
        (error as Error).message,
        /^FOZ_KEYS was given something else; accepted is SCOPE:SHA256HEX/,
      );
      return true;
    });
  });

  it("reads switches", () => {
    assert.equal(parseConfig(["json"], { json: true }).json, true);
    assert.equal(parseConfig(["json"], {}).json, false);
  });
});

describe("SETTINGS", () => {
  it("have defaults that they accept themselves", () => {
    for (const [name, setting] of Object.entries<Setting>(SETTINGS)) {
      if (setting.default === undefined) continue;
      const config = parseConfig([name as SettingName], { [name]: setting.default }) as Record<
        string,
        unknown
      >;
      assert.equal(config[name], setting.default, `${name}: ${acceptedValues(setting)}`);
    }
  });

  it("have each flag and variable once", () => {
    const all = Object.values<Setting>(SETTINGS);
    for (const names of [all.map((one) => one.flag), all.flatMap((one) => one.env ?? [])]) {
      assert.equal(new Set(names).size, names.length);
    }
  });
});
