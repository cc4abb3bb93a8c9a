import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { parseResult, type RuntimeResult } from "@xrt/contracts/v0.1";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** `xrt run -`, as a shell script would use it. */
export async function runThroughCommandLine(
  invocation: unknown,
): Promise<{ result: RuntimeResult; exitStatus: number | null }> {
  const xrt = spawn(process.execPath, [main, "run", "-"], { stdio: ["pipe", "pipe", "inherit"] });
  const closed = new Promise<number | null>((resolve, reject) => {
    xrt.once("error", reject).once("close", resolve);
  });
  xrt.stdin.end(JSON.stringify(invocation));
  const output = await text(xrt.stdout);
  return { result: parseResult(JSON.parse(output)), exitStatus: await closed };
}

/** How many processes have the mark in their environment, as a process of its own finds in /proc. */
export async function countProcesses(mark: string): Promise<number> {
  const script = 'grep -l -a -F "$1" /proc/[0-9]*/environ 2>/dev/null | wc -l';
  const counter = spawn("sh", ["-c", script, "sh", mark], { stdio: ["ignore", "pipe", "inherit"] });
  return Number(await text(counter.stdout));
}
