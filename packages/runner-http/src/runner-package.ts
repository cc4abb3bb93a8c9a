import { defineRunnerPackage, type StandardSchema } from "@xrt/contracts";
import { httpRunners } from "./http-runners.ts";
import { optionsSchema, type HostSettings } from "./options.ts";

const options: StandardSchema<unknown, HostSettings> = optionsSchema;

/** What loads this package by its name, with options from a file, goes by. */
export const runnerPackage = defineRunnerPackage({
  kinds: ["http", "http_async"],
  options,
  create: (options) => ({ ...httpRunners(options) }),
});
