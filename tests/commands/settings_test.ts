import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Command } from "commander";
import { addSettings, readSettings } from "../../src/commands/settings.ts";
import { type SettingName, SETTINGS } from "../../src/config.ts";

describe("addSettings", () => {
  it("gives every setting of the table a flag under its own name", () => {
    const names = Object.keys(SETTINGS) as SettingName[];
    const command = addSettings(new Command("x"), names);
    assert.deepEqual(command.options.map((option) => option.attributeName()), names);
  });

  it("shows default, bounds and variable in the help", () => {
    const help = addSettings(new Command("x"), ["factors"]).helpInformation().replaceAll(/\s+/g, " ");
    assert.match(help, /--factors <value> latent factors.*from 1 to 1024; env FOZ_FACTORS; default: 64/);
  });
});

describe("readSettings", () => {
  it("reads flags that were given", () => {
    const command = addSettings(new Command("x").action(() => {}), ["factors", "json", "seed"]);
    command.parse(["--factors", "8", "--json"], { from: "user" });
    assert.deepEqual(readSettings(command, ["factors", "json", "seed"]), { factors: 8, json: true, seed: 1 });
  });
});
