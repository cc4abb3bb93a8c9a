import { execFileSync } from "node:child_process";
import { readlinkSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { LeftRun } from "@xrt/core";
import { expect, test } from "vitest";
import { startFixture } from "./fixture.ts";
import { leaveBehind, recoverAll } from "./left-behind.ts";
import { openWorkbench, until } from "./workbench.ts";

/** A pid namespace of its own, as a container has. */
const inNamespace = "unshare --user --map-root-user --pid --fork --kill-child --mount-proc".split(" ");

function namespaceProblem(): string | undefined {
  try {
    execFileSync("unshare", [...inNamespace.slice(1), "true"], { stdio: "pipe" });
    return undefined;
  } catch (error) {
    return (error as Error).message.trim();
  }
}

if (process.platform === "linux") {
  const problem = namespaceProblem();
  // Otherwise these tests run in a container themselves.
  const isOutermost = readlinkSync("/proc/self/ns/pid") === "pid:[4026531836]";

  test.skipIf(problem !== undefined)(
    "a supervisor in a container is told alive or gone from outside, and is left alone where that cannot be told",
    async () => {
      await using bench = await openWorkbench();
      const { directory } = bench;
      const started = startFixture(
        "leave-behind.ts",
        { runsDirectory: directory, ids: ["a"] },
        { through: inNamespace },
      );
      try {
        await until("the run waits", async () => {
          if (started.process.exitCode !== null) throw new Error((await started.ended).stderr);
          return started.messages.includes("waiting");
        });
        const { runs, left } = await recoverAll(bench.runtime, directory);
        expect(runs).toEqual([]);
        expect(left).toMatchObject([{ reason: isOutermost ? "live" : "uncertain" }]);
      } finally {
        started.process.kill("SIGKILL");
        await started.ended;
      }
      // Its namespace takes a moment to end after the process that we started.
      let recovered: string[] = [];
      await until("the supervisor is gone", async () => {
        const { runs, left } = await recoverAll(bench.runtime, directory);
        recovered = [...runs.map(({ id }) => id), ...left.map(({ reason }) => reason)];
        return recovered[0] !== "live";
      });
      expect(recovered).toEqual([isOutermost ? "a" : "uncertain"]);
    },
  );

  test.skipIf(problem !== undefined)(
    "from inside a container nothing can be told of a supervisor outside: its run is left, and a sentence says so",
    async () => {
      await using bench = await openWorkbench();
      const directory = path.join(bench.directory, "runs");
      await mkdir(directory);
      const pid = await leaveBehind(directory, ["a"]);
      const recoverer = startFixture("recover-all.ts", { directory }, { through: inNamespace });
      try {
        await until("the recoverer is ready", () => recoverer.messages.includes("ready"));
        recoverer.process.send("go");
        await until("it is done", () => recoverer.messages.includes("done"));
      } finally {
        recoverer.process.kill("SIGKILL");
        await recoverer.ended;
      }
      const left = recoverer.messages.flatMap((message) => (message as { left?: LeftRun }).left ?? []);
      expect(left).toEqual([
        {
          directory: path.join(directory, "a"),
          reason: "uncertain",
          message: `${path.join(directory, "a")} is left as it is: its supervisor (pid ${pid} in another pid namespace, such as another container's) may be alive there; recover it in there, or outside of all containers`,
        },
      ]);
    },
  );
}
