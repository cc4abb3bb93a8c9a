#!/usr/bin/env node
import { enableCompileCache } from "./compile-cache.ts";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

if (major < 22 || (major === 22 && minor < 19)) {
  // Nothing else of ours can be relied upon there.
  console.error(`xrt: this is Node ${process.versions.node}, and xrt needs 22.19 or later`);
  process.exitCode = 2;
} else {
  // Nothing else is imported before, so that everything comes from there.
  enableCompileCache();
  void import("./program.ts").then(({ main }) => main(process.argv.slice(2)));
}
