/** Puts rows of the table in config.ts on a command as flags, and reads them back. */
import { type Command, Option } from "commander";
import {
  acceptedValues,
  type Config,
  parseConfig,
  type Setting,
  type SettingName,
  SETTINGS,
} from "../config.ts";
import { readEnvironment } from "../adapters/deno/environment.ts";

/** `--flag <value>  help (env, default; accepted values)`. */
function optionOf(name: SettingName): Option {
  const setting: Setting = SETTINGS[name];
  const notes = [
    setting.kind === "number" || setting.kind === "choice" ? acceptedValues(setting) : "",
    setting.env === undefined ? "" : `env ${setting.env}`,
    setting.default === undefined || setting.default === "" || setting.kind === "switch"
      ? ""
      : `default: ${setting.default}`,
  ].filter((note) => note !== "");
  const help = notes.length === 0 ? setting.help : `${setting.help} (${notes.join("; ")})`;
  const option = new Option(
    setting.kind === "switch" ? `--${setting.flag}` : `--${setting.flag} <value>`,
    help,
  );
  if (option.attributeName() !== name) {
    throw new Error(`flag --${setting.flag} does not give the name ${name}`);
  }
  return option;
}

/** Adds the flags of these settings to the command. */
export function addSettings(command: Command, names: readonly SettingName[]): Command {
  for (const name of names) command.addOption(optionOf(name));
  return command;
}

/** Values from the command's flags, then the environment, then the defaults. Throws BadInput. */
export function readSettings<Name extends SettingName>(
  command: Command,
  names: readonly Name[],
): Config<Name> {
  return parseConfig(names, command.opts(), readEnvironment());
}
