import { ExecutorRuntime, type Run } from "@xrt/core";
import { accessSync, constants, statSync } from "node:fs";
import type { RecoverOptions } from "../definitions/recover.ts";
import { Failure } from "../failure.ts";
import { loadedRunners } from "../loaded-runners.ts";
import { Report } from "../recover/report.ts";
import { allRunners } from "../runner-catalog.ts";
import { tellReplacements } from "../tell-replacements.ts";
import { watchStopSignals, type StopSignalWatch } from "../stop-signals.ts";
import { describeSystemError } from "../system-error.ts";

/** So many are recovered side by side: a remote run may take hours, and each holds three files open. */
const mostAtOnce = 64;

const cancelled = 130;

/** Recovers every run that is to be recovered below a directory, and tells of each; the exit status. */
export async function recover(directory: string, options: RecoverOptions): Promise<number> {
  checkDirectory(directory);
  const report = new Report(options.json === true);
  // Which kinds there are is known only once the records are read: so all of them.
  const loaded = await loadedRunners(options);
  await tellReplacements("recover", loaded.keys(), loaded);
  const runtime = new ExecutorRuntime({ runners: await allRunners(loaded) });
  const signals = watchStopSignals();
  await recoverAll(runtime.recover(directory, { onLeft: (left) => report.left(left) }), report, signals);
  signals.stop();
  await report.end(directory);
  await runtime.close();
  if (signals.received !== null) return cancelled;
  return report.complete ? 0 : 1;
}

async function recoverAll(runs: AsyncIterable<Run>, report: Report, signals: StopSignalWatch): Promise<void> {
  const going = new Set<Promise<void>>();
  for await (const run of runs) {
    const ended = tellEnd(run, report).finally(() => going.delete(ended));
    going.add(ended);
    if (signals.received !== null) {
      // It began after the runtime had stopped the others.
      await run.cancel(`xrt got ${signals.received}`);
      break;
    }
    if (going.size >= mostAtOnce) await Promise.race(going);
    if (signals.received !== null) break;
  }
  await Promise.all(going);
}

async function tellEnd(run: Run, report: Report): Promise<void> {
  report.recovered(run, await run.result);
}

function checkDirectory(directory: string): void {
  let isDirectory: boolean;
  try {
    isDirectory = statSync(directory).isDirectory();
    accessSync(directory, constants.R_OK);
  } catch (error) {
    throw new Failure(`cannot read ${directory}: ${describeSystemError(error)}`, { cause: error });
  }
  if (!isDirectory) {
    throw new Failure(`${directory} is not a directory; name a run directory, or a folder of such`);
  }
}
