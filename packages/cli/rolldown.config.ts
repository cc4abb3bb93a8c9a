import { defineConfig } from "rolldown";
import { builtinsAsNeeded } from "./build/builtins-as-needed.ts";
import { thirdPartyNotices } from "./build/third-party-notices.ts";

// oxlint-disable-next-line import/no-default-export -- where rolldown looks for it
export default defineConfig({
  input: {
    main: "src/main.ts",
    // What the guard of the subprocess runner starts, by this name, beside the file that holds the guard.
    "sweep-after-supervisor": "../runner-subprocess/src/contain/sweep-after-supervisor.ts",
  },
  platform: "node",
  plugins: [builtinsAsNeeded, thirdPartyNotices("AGPL-3.0-or-later")],
  // jsonc-parser's CommonJS build cannot be bundled; its other one can.
  resolve: { mainFields: ["module", "main"] },
  treeshake: { propertyReadSideEffects: false },
  preserveEntrySignatures: false,
  output: {
    dir: "dist",
    cleanDir: true,
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "[name]-[hash].js",
    minifyInternalExports: false,
    // One chunk for each command and runner. What they share is in few files, as each takes time to load.
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [
        {
          name: "program",
          test: /builtin-members|node_modules.commander|cli.src.((definitions|input|output).)?(?!main|compile-cache)[\w-]+\.ts$/,
        },
        { name: "runtime", test: /node_modules.zod|packages.(contracts|core)/ },
      ],
    },
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: false } },
    comments: { legal: true, annotation: false, jsdoc: false },
  },
});
