import { reserved } from "@xrt/contracts";
import { setTimeout as delay } from "node:timers/promises";
import type { ExecOptions } from "../definitions/exec.ts";
import { dieBySignal } from "../die-by-signal.ts";
import { deliver, type Delivery } from "../exec/deliver.ts";
import { endingOf, ours, type Ending } from "../exec/ending.ts";
import { forgetNodeEnvFiles } from "../exec/forget-node-env-files.ts";
import { execRequest } from "../exec/invocation.ts";
import { deletePlace, openPlace, type Place } from "../exec/place.ts";
import { isWorthKeeping, sentencesOf } from "../exec/report.ts";
import { startRun } from "../exec/start.ts";
import { Failure } from "../failure.ts";
import { openOutput } from "../output/open-output.ts";
import { watchStopSignals } from "../stop-signals.ts";
import { paintFor } from "../terminal/colors.ts";
import { directoryOf, summarize } from "../terminal/summary.ts";

/** Milliseconds that our own words wait for a standard error that nobody reads. */
const patience = 1000;

/** Runs the command and ends as it did: the exit status, or death by its signal. */
export async function exec(command: string[], options: ExecOptions): Promise<number> {
  refuseContradictions(options);
  forgetNodeEnvFiles(process.argv.slice(2));
  const request = await execRequest(command, options);
  // All in one turn of the event loop: no signal can come between the directory and the run that it is for.
  const signals = watchStopSignals();
  const place = openPlace(options.dir);
  const run = startRun(request, options, place.base);
  const delivery = await deliver(run, options, signals);
  await say(await tidy(place, delivery, options));
  const ending = endOf(delivery, signals.received, options);
  return "signal" in ending ? dieBySignal(ending.signal) : ending.status;
}

function refuseContradictions({ stdin, input, killAfter }: ExecOptions): void {
  if (!stdin && input !== undefined)
    throw new Failure("--no-stdin and --input exclude each other; leave one out");
  // What a Node timer takes.
  if (killAfter > 2_147_483_647) throw new Failure("--kill-after is too long; the longest is 24d");
}

/** Deletes a temporary directory that nobody needs any more; what is to be said. */
async function tidy(place: Place, delivery: Delivery, options: ExecOptions): Promise<string> {
  const { result } = delivery;
  const isKept = !place.temporary || isWorthKeeping(delivery, options);
  const sentences = sentencesOf(delivery, place.temporary && isKept, options);
  if (!isKept) sentences.push(...(await deletePlace(place)));
  const text = sentences.map((sentence) => `xrt exec: ${sentence}\n`).join("");
  if (options.verbose !== true) return text;
  const directory = isKept ? directoryOf(result) : undefined;
  return text + summarize(result, { paint: paintFor(options.color), directory });
}

async function say(text: string): Promise<void> {
  if (text === "") return;
  // Without a reader there is nobody to tell, and one that does not read must not keep us.
  const told = openOutput(2)
    .write(text)
    .catch(() => undefined);
  await Promise.race([told, delay(patience)]);
}

function endOf(
  { result, closed, failure }: Delivery,
  received: NodeJS.Signals | null,
  asked: Pick<ExecOptions, "result">,
): Ending {
  if (closed) return { signal: "SIGPIPE" };
  if (received !== null) return { signal: received };
  const resultIsLost = asked.result !== undefined && reserved.resultError in result.metadata;
  return failure === null && !resultIsLost ? endingOf(result) : { status: ours };
}
