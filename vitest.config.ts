import { defineConfig } from "vitest/config";

// Every package's tests, run from the package's own folder: `vitest run --config ../../vitest.config.ts`.
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Real processes on a slow machine take their time; a test that hangs is still ended.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The file is read by .ci/test-figures.mjs.
    reporters: ["default", "json"],
    outputFile: { json: "test-results.json" },
  },
});
