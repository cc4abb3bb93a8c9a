#!/usr/bin/env node
import { createRunnerPackage } from "./create-runner-package.ts";
import { UsageError } from "./usage-error.ts";
import { readArguments, usage } from "./read-arguments.ts";

try {
  const wanted = readArguments(process.argv.slice(2));
  if (wanted === "help") {
    process.stdout.write(usage);
  } else {
    const files = createRunnerPackage(wanted);
    process.stdout.write(
      `${wanted.name} is in ${wanted.folder} (${files.length} files), for the kind ${wanted.kind}.\n\n` +
        `  cd ${wanted.folder}\n  npm install\n  npm test\n\nIts README says what to do next.\n`,
    );
  }
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`create-runner: ${error.message}\n`);
  process.exitCode = 2;
}
