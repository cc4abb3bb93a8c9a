import os from "node:os";
import { expect, test } from "vitest";
import { openWorkbench } from "./workbench.ts";

test.for([1, 2, 7, 124, 126, 127, 128, 137, 255])(
  "exit status %i is the exit code of a failed run",
  async (status) => {
    await using bench = await openWorkbench();
    const { result } = await bench.shell(`exit ${status}`);
    expect(result).toMatchObject({
      status: "failed",
      exit_code: status,
      error_summary: `"sh" exited with status ${status}; its stderr is in ${result.stderr_path}`,
      metadata: { "xrt.error_code": "exit_status" },
    });
    expect(result.metadata).not.toHaveProperty("xrt.signal");
  },
);

const deadly = (
  "SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGBUS SIGFPE SIGKILL SIGUSR1 SIGSEGV SIGUSR2 SIGPIPE SIGALRM SIGTERM " +
  "SIGXCPU SIGXFSZ SIGVTALRM SIGPROF SIGSYS"
).split(" ") as NodeJS.Signals[];

test.for(deadly)(
  "death by %s is a failed run that names the signal, with exit code 128 + n",
  async (signal) => {
    await using bench = await openWorkbench();
    // No core files.
    const { result } = await bench.shell(`ulimit -c 0; kill -s ${signal.slice(3)} $$; sleep 30`);
    expect(result).toMatchObject({
      status: "failed",
      exit_code: 128 + os.constants.signals[signal],
      error_summary: `"sh" was killed by ${signal}; its stderr is in ${result.stderr_path}`,
      metadata: { "xrt.error_code": "killed_by_signal", "xrt.signal": signal },
    });
  },
);

test("the started event tells of the process, of its start and of its group", async () => {
  await using bench = await openWorkbench();
  const { events, stdout } = await bench.shell("echo $$; cut -d ' ' -f 5,22 /proc/$$/stat");
  const [pid, pgid, start] = stdout.split(/\s/);
  expect(events.find(({ type }) => type === "started")).toMatchObject({
    type: "started",
    pid: Number(pid),
    pgid: Number(pgid),
    process_start: start,
  });
});

test("a command that this process starts itself leads its group", async () => {
  await using bench = await openWorkbench({ containment: "direct" });
  const { events, stdout } = await bench.shell("echo $$");
  const pid = Number(stdout);
  expect(events.find(({ type }) => type === "started")).toMatchObject({ type: "started", pid, pgid: pid });
});
