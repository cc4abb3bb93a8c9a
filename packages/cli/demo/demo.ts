// Runs three real invocations through the command line and shows what came back. `pnpm demo`, from the top folder.
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RuntimeResult } from "@xrt/contracts/v0.1";
import { countProcesses, runThroughCommandLine } from "./processes.ts";

/** In the environment of everything that the third invocation starts. */
const mark = randomUUID();
const folder = mkdtempSync(join(tmpdir(), "xrt-demo-"));
let asExpected = true;

try {
  title("1. One that succeeds, and leaves an artifact");
  const first = await run({
    command: ["sh", "-c", 'echo "checking"; echo "3 of 3 checks passed" > "$XRT_ARTIFACT_DIR/report.txt"'],
    runtime_name: "checks",
  });
  const report = first.artifacts.find(({ path }) => path.endsWith("report.txt"));
  expect(first.status === "succeeded" && report !== undefined);
  if (report !== undefined) {
    show("artifact", report.path.slice(folder.length + 1));
    show("in it", readFileSync(report.path, "utf8").trim());
    show("sha256", report.metadata["xrt.sha256"]);
  }

  title("2. One that fails");
  const second = await run({
    command: ["sh", "-c", 'echo "settings.json: there is no key \\"port\\"" >&2; exit 3'],
    runtime_name: "server",
  });
  expect(second.status === "failed" && second.exit_code === 3);
  if (second.stderr_path !== null) show("stderr", readFileSync(second.stderr_path, "utf8").trim());

  title("3. One that overruns its deadline of 2 seconds, while it holds a grandchild");
  const third = run({
    command: ["sh", "-c", "sh -c 'sleep 600 & wait' & wait"],
    runtime_name: "stuck",
    environment: { XRT_DEMO_MARK: mark },
    timeout_seconds: 2,
  });
  const most = await highestCountUntil(third);
  expect((await third).status === "timed_out");
  if (process.platform === "linux") {
    const survivors = await countProcesses(mark);
    show("processes", `${most} while it ran, ${survivors} now; counted from /proc by another process`);
    expect(most >= 3 && survivors === 0);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

console.log(
  asExpected
    ? "\nAll three came back as they should, and nothing is left."
    : "\nThat is not as it should be.",
);
process.exitCode = asExpected ? 0 : 1;

async function run(invocation: Readonly<Record<string, unknown>>): Promise<RuntimeResult> {
  const { result, exitStatus } = await runThroughCommandLine({
    invocation_id: `demo-${String(invocation["runtime_name"])}`,
    runtime_kind: "subprocess",
    working_directory: folder,
    ...invocation,
  });
  const took = (Date.parse(result.finished_at) - Date.parse(result.started_at)) / 1000;
  show("status", `${result.status}, after ${took.toFixed(1)} s`);
  show("exit code", `${result.exit_code} (xrt run itself: ${exitStatus})`);
  if (result.error_summary !== null) show("error", result.error_summary.replaceAll(`${folder}/`, ""));
  return result;
}

/** Looks again and again, as long as the run lasts. */
async function highestCountUntil(ended: Promise<unknown>): Promise<number> {
  const over = ended.then(() => "over" as const);
  let most = 0;
  for (;;) {
    const seen = await Promise.race([over, process.platform === "linux" ? countProcesses(mark) : over]);
    if (seen === "over") return most;
    most = Math.max(most, seen);
  }
}

function title(text: string): void {
  console.log(`\n${text}`);
}

function show(name: string, value: string | undefined): void {
  console.log(`   ${name.padEnd(10)} ${value}`);
}

function expect(holds: boolean): void {
  if (!holds) asExpected = false;
}
