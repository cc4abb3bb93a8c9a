import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { AnyResult } from "@xrt/contracts";
import { expect, test } from "vitest";
import { runFixture } from "../fixture.ts";
import { isLiving } from "../living-processes.ts";
import { openWorkbench, until } from "../workbench.ts";

// What a run does to the shell that started it, which has the same user: `$PPID` of the command.

/** What `ulimit -a` says, without the tag, which is each run's own. */
function untagged(text: string): string {
  return text.replaceAll(/^(locks|memory|.*(file locks|resident|max memory size)).*$/gm, "");
}

/** Becomes `sh -c script` with the shell's answers (1) or orders (0) as descriptor 7. */
function holding(taker: string, descriptor: 0 | 1, script: string): string {
  return `exec ${taker} $PPID ${descriptor} sh -c '${script}'`;
}

function compileTaker(directory: string): string {
  const taker = path.join(directory, "take-descriptor");
  execFileSync("cc", ["-o", taker, fileURLToPath(new URL("./fixtures/take-descriptor.c", import.meta.url))]);
  return taker;
}

test("a run that forges the word of its end neither ends early nor ends another run", async () => {
  await using bench = await openWorkbench();
  const taker = compileTaker(bench.directory);
  const forged = "e 0\\ns 1 (x) S 1 1 1\\nxrt e 0\\n e 0\\n";
  const script = `printf "${forged}" >&7; sleep 0.3; printf "${forged}" >&7; exit 7`;
  const { result } = await bench.shell(holding(taker, 1, script));
  expect(result).toMatchObject({ status: "failed", exit_code: 7 });
  const next = await bench.shell("exit 8");
  expect(next.result.exit_code).toBe(8);
});

test("a run that floods its shell's answers costs no memory", async () => {
  await using bench = await openWorkbench();
  const taker = compileTaker(bench.directory);
  const before = process.memoryUsage.rss();
  const flood = "head -c 300000000 /dev/zero >&7; yes | head -c 20000000 >&7; exit 7";
  const { result } = await bench.shell(holding(taker, 1, flood));
  expect(result.exit_code).toBe(7);
  expect(process.memoryUsage.rss() - before).toBeLessThan(150_000_000);
});

test("a run that keeps its dead shell's answers open ends all the same", async () => {
  await using bench = await openWorkbench();
  const taker = compileTaker(bench.directory);
  const script = "setsid sleep 300 & kill -9 $PPID; sleep 300";
  const { result } = await bench.shell(holding(taker, 1, script), { timeout_seconds: 60 });
  expect(result).toMatchObject({ status: "failed", metadata: { "xrt.signal": "SIGKILL" } });
});

test("a run that kills its shell has ended, and nothing of it is left", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.shell("setsid sleep 300 & echo $! > pid; kill -9 $PPID; sleep 300");
  expect(result).toMatchObject({ status: "failed", metadata: { "xrt.signal": "SIGKILL" } });
  const left = await bench.shell("cat pid");
  expect(isLiving(Number(left.stdout))).toBe(false);
});

test("a run that stops its shell, again and again, has its end told", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.shell("kill -STOP $PPID; exit 9");
  expect(result.exit_code).toBe(9);
});

test("a shell that was stopped when it was idle keeps nobody from closing", async () => {
  const bench = await openWorkbench({ leftovers: "leave" });
  const { stdout } = await bench.shell("echo $PPID");
  const shell = Number(stdout);
  process.kill(shell, "SIGSTOP");
  await bench[Symbol.asyncDispose]();
  expect(isLiving(shell)).toBe(false);
});

test("a run that lowers its own limits leaves the next run untouched", async () => {
  await using bench = await openWorkbench();
  const limits = (await bench.shell("ulimit -a; umask; pwd")).stdout;
  await bench.shell("ulimit -n 20; ulimit -f 1; ulimit -u 50; umask 777; exit 0");
  const after = (await bench.shell("ulimit -a; umask; pwd")).stdout;
  expect(untagged(after)).toBe(untagged(limits));
});

test.each(["companion", "direct"] as const)(
  "under a hard limit below every tag a run writes what it writes, and what is left of it is swept: %s",
  async (containment) => {
    await using bench = await openWorkbench();
    const { directory } = bench;
    const command = ["sh", "-c", "setsid sleep 300 & echo $!; exit 3"];
    const limits = "{ ulimit -w 100 || ulimit -x 100; } 2>/dev/null";
    const parameters = { directory, command, options: { containment } };
    const { report } = await runFixture("inherit.ts", parameters, "", limits);
    const result = report as AnyResult;
    expect(result.exit_code).toBe(3);
    expect(readFileSync(result.stderr_path ?? "", "utf8")).toBe("");
    expect(isLiving(Number(readFileSync(result.stdout_path ?? "", "utf8")))).toBe(false);
  },
);

test.each(["SIGTERM", "SIGINT"] as const)(
  "a stop in the very moment of a start reaches the command: %s",
  async (stopSignal) => {
    await using bench = await openWorkbench({ stopSignal, graceMs: 600_000 });
    for (let turns = 0; turns < 40; turns += 1) {
      const controller = new AbortController();
      const run = bench.run(["sleep", "600"], {}, { signal: controller.signal });
      for (let turn = 0; turn < turns % 20; turn += 1) await anotherTurn();
      controller.abort(new Error("not any more"));
      // With SIGKILL it would be ten minutes later.
      expect((await run).result.status).toBe("cancelled");
    }
  },
);

test("two runtimes in one process, one closed while the other runs, leave each other alone", async () => {
  await using first = await openWorkbench();
  const second = await openWorkbench();
  const running = first.shell("touch ready; while ! [ -e go ]; do sleep 0.02; done; exit 5");
  await until("it runs", () => existsSync(path.join(first.directory, "ready")));
  await second.shell("setsid sleep 300 & exit 0");
  await second[Symbol.asyncDispose]();
  await first.shell("touch go");
  expect((await running).result.exit_code).toBe(5);
});

function anotherTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

test("a shell whose run left something alive serves no other run: it may have been stopped, or worse", async () => {
  await using bench = await openWorkbench();
  const clean = await bench.shell("exit 0");
  const { result, pgid = 0 } = await bench.shell("setsid sleep 300 & exit 0");
  expect(pgid).toBe(clean.pgid);
  expect(result.metadata["subprocess.leftovers_killed"]).toBe("1");
  await until("its shell is gone", () => !isLiving(pgid));
  expect((await bench.shell("exit 0")).result.status).toBe("succeeded");
});
