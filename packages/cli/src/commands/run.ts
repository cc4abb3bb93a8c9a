import { isXrtError, type AnyInvocation } from "@xrt/contracts";
import { decodeInvocation, type DecodedInvocation } from "@xrt/contracts/codec";
import { ExecutorRuntime, type Run } from "@xrt/core";
import { resolve } from "node:path";
import { isatty } from "node:tty";
import type { RunCommandOptions } from "../definitions/run.ts";
import { exitStatusOf } from "../exit-status.ts";
import { Failure } from "../failure.ts";
import { inputName } from "../input/read-bytes.ts";
import { readJson } from "../input/read-json.ts";
import { loadedRunners } from "../loaded-runners.ts";
import { openOutput } from "../output/open-output.ts";
import { ClosedOutput } from "../output/output.ts";
import { runnersFor } from "../runner-catalog.ts";
import { watchStopSignals } from "../stop-signals.ts";
import { tellReplacements } from "../tell-replacements.ts";
import { escapeControlCharacters, escapeInJson } from "../control-characters.ts";
import type { RunDisplay } from "../terminal/run-display.ts";

/** Runs the invocation of a file, or of standard input (`-`), and writes its result; the exit status. */
export async function run(source: string, options: RunCommandOptions): Promise<number> {
  const decoded = readInvocation(source, await readJson(source));
  const invocation = withDirectory(decoded.document, options.dir);
  // As every version has it: in v0.1 a kind of somebody's own stands in the metadata.
  const kind = decoded.invocation.runtime_kind;
  const loaded = await loadedRunners(options);
  const events = options.events === undefined ? null : await openEvents(options.events);
  const display = await openDisplay(invocation, options);
  await tellReplacements("run", [kind], loaded);
  const runtime = new ExecutorRuntime({ runners: await runnersFor(kind, loaded) });

  const signals = watchStopSignals();
  const live = runtime.start(invocation, display === null ? {} : { onEvent: (event) => display.show(event) });
  const writing = events === null ? null : events.write(live);
  const result = await live.result;
  // From here on a signal ends us as usual, also where nobody takes the result.
  signals.stop();

  const cleared = display?.clear();
  if (isatty(1)) await cleared;
  const failure = await writing;
  if (failure instanceof ClosedOutput) throw failure;
  if (options.events !== "-") await openOutput(1).write(`${escapeInJson(JSON.stringify(result, null, 2))}\n`);
  await cleared;
  if (failure instanceof Failure)
    await openOutput(2).write(`xrt run: ${escapeControlCharacters(failure.message)}\n`);
  await display?.summarize(result);
  await runtime.close();
  return options.exitZero === true ? 0 : exitStatusOf[result.status];
}

function readInvocation(source: string, value: unknown): DecodedInvocation {
  try {
    return decodeInvocation(value);
  } catch (error) {
    if (!isXrtError(error)) throw error;
    throw new Failure(`${inputName(source)}: ${error.message}`, { cause: error });
  }
}

function withDirectory(invocation: AnyInvocation, directory: string | undefined): AnyInvocation {
  return directory === undefined ? invocation : { ...invocation, artifact_directory: resolve(directory) };
}

async function openEvents(target: string): Promise<{ write(live: Run): Promise<Error | null> }> {
  const { openEventsFile, writeEvents } = await import("../run/events-file.ts");
  const file = await openEventsFile(target);
  return { write: (live) => writeEvents(live, file) };
}

/** Progress and a summary for people: where standard error is a terminal. */
async function openDisplay(
  invocation: AnyInvocation,
  { events, color }: RunCommandOptions,
): Promise<RunDisplay | null> {
  // Events on the same terminal would be torn apart by a line that rewrites itself.
  if (!isatty(2) || (events === "-" && isatty(1))) return null;
  const { RunDisplay } = await import("../terminal/run-display.ts");
  return new RunDisplay(invocation.runtime_name, color, openOutput(2));
}
