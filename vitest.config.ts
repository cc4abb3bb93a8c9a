import { existsSync } from "node:fs";
import { defineConfig } from "vitest/config";

// What a package does once before all of its test files, if it has such a file.
const globalSetup = "test/global-setup.ts";

// Every package's tests, run from the package's own folder: `vitest run --config ../../vitest.config.ts`.
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: existsSync(globalSetup) ? [globalSetup] : [],
    // Real processes on a slow machine take their time; a test that hangs is still ended.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The file is read by .ci/test-figures.mjs.
    reporters: ["default", "json"],
    outputFile: { json: "test-results.json" },
  },
});
