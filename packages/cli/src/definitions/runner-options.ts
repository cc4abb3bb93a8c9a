import type { Command } from "commander";
import { collect } from "./collect.ts";

/** Which runners to load besides the built-in ones. */
export interface RunnerOptions {
  /** Package names, or paths of package folders. */
  readonly runner?: readonly string[];
  /** A JSON file, see `readConfig`. */
  readonly config?: string;
}

/** Part of the help of every command with these options. */
export const aboutRunners = `
A package is the name of one that is installed in node_modules of this directory
or of one above it, or the path of its folder, beginning with ./, ../ or /. A
configuration is { "runners": [{ "package": "…", "options": {…} }] }; without
--config it is the file that XRT_CONFIG names. No other file is looked at.`;

/** Adds `--runner` and `--config` to a command. */
export function addRunnerOptions(command: Command): Command {
  return command
    .option("--runner <package>", "load the runners of this package too (repeatable)", collect)
    .option("--config <file>", "load the runners that this JSON file names (default: XRT_CONFIG)");
}
