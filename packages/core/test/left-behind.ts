import type { RuntimeInvocation } from "@xrt/contracts/v0.1";
import type * as v02 from "@xrt/contracts/v0.2";
import type { ExecutorRuntime, LeftRun, Run } from "@xrt/core";
import { startFixture } from "./fixture.ts";
import { until } from "./workbench.ts";

/** Runs in a folder whose supervisor, a process of its own, was killed. */
export async function leaveBehind(
  runsDirectory: string,
  ids: readonly string[],
  options: {
    fields?: Partial<RuntimeInvocation>;
    later?: Partial<v02.RuntimeInvocation>;
    checkpoints?: boolean;
    uid?: number;
  } = {},
): Promise<number> {
  const { uid, ...parameters } = options;
  const started = startFixture(
    "leave-behind.ts",
    { runsDirectory, ids, ...parameters },
    uid === undefined ? {} : { uid },
  );
  try {
    await until("every run waits", async () => {
      if (started.process.exitCode !== null) throw new Error((await started.ended).stderr);
      return started.messages.length >= ids.length;
    });
  } finally {
    started.process.kill("SIGKILL");
    await started.ended;
  }
  return started.process.pid ?? 0;
}

/** What recovering a folder came to, once every run is over. */
export async function recoverAll(
  runtime: ExecutorRuntime,
  directory?: string,
): Promise<{ runs: Run[]; left: LeftRun[] }> {
  const runs: Run[] = [];
  const left: LeftRun[] = [];
  for await (const run of runtime.recover(directory, { onLeft: (one) => left.push(one) })) runs.push(run);
  await Promise.all(runs.map((run) => run.result));
  return { runs, left };
}
