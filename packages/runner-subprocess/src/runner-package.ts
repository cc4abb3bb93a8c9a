import { defineRunnerPackage, type StandardSchema } from "@xrt/contracts";
import { optionsSchema, type HostSettings } from "./options.ts";
import { SubprocessRunner } from "./runner.ts";

const options: StandardSchema<unknown, HostSettings> = optionsSchema;

/** What loads this package by its name, with options from a file, goes by. */
export const runnerPackage = defineRunnerPackage({
  kinds: ["subprocess"],
  options,
  create: ({ graceMs, ...others }) => ({
    subprocess: new SubprocessRunner({ ...others, graceMs: graceMs ?? undefined }),
  }),
});
