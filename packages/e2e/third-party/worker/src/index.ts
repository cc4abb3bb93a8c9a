import { defineRunnerPackage } from "@xrt/contracts";
import { optionsSchema } from "./options.ts";
import { createRunner } from "./runner.ts";

export type { Options } from "./options.ts";
export { createRunner };

export default defineRunnerPackage({
  kinds: ["example.worker"],
  options: optionsSchema,
  create: (options) => ({ "example.worker": createRunner(options) }),
});
