import { openOutput } from "../output/open-output.ts";
import { runnerCatalog } from "../runner-catalog.ts";

export async function printRunners(): Promise<void> {
  const entries = Object.entries(runnerCatalog);
  const width = Math.max(...entries.map(([kind]) => kind.length));
  const lines = entries.map(([kind, entry]) => `${kind.padEnd(width)}  ${entry.package}\n`);
  const output = openOutput(1);
  await output.write(lines.join(""));
}
