#!/usr/bin/env node
import { runCommand } from "./command.ts";
import { UsageError } from "./usage-error.ts";

async function main(): Promise<void> {
  try {
    process.exitCode = await runCommand(process.argv.slice(2), (text) => process.stdout.write(text));
  } catch (error) {
    // Of a fault of ours or the package's, the stack says where; of a misuse the sentence is enough.
    const sentence = error instanceof UsageError ? `xrt-conformance: ${error.message}` : showFault(error);
    process.stderr.write(`${sentence}\n`);
    process.exitCode = 2;
  }
}

function showFault(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

void main();
