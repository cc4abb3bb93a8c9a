import { reserved, type AnyResult } from "@xrt/contracts";
import type { LeftReason, LeftRun, Run } from "@xrt/core";
import { resolve } from "node:path";
import { escapeControlCharacters, escapeInJson } from "../control-characters.ts";
import { openOutput } from "../output/open-output.ts";

/** Nothing is wrong with the others, and there may be thousands. */
const told = new Set<LeftReason>(["not_a_run", "uncertain", "unreadable"]);
const unhandled = new Set<LeftReason>(["uncertain", "unreadable"]);

/** Tells what became of each directory: results on stdout, what was left on stderr. */
export class Report {
  readonly #json: boolean;
  readonly #counts: Record<LeftReason, number> = {
    over: 0,
    live: 0,
    not_a_run: 0,
    uncertain: 0,
    unreadable: 0,
  };
  #recovered = 0;
  #complete = true;
  readonly #written: Promise<unknown>[] = [];

  constructor(json: boolean) {
    this.#json = json;
  }

  /** Every run has its result, as far as can be told. */
  get complete(): boolean {
    return this.#complete;
  }

  recovered(run: Run, result: AnyResult): void {
    this.#recovered += 1;
    const failure = result.metadata[reserved.resultError];
    if (failure !== undefined) {
      this.#complete = false;
      this.#tell(`${run.id}: ${failure}`);
    }
    const sentence = result.error_summary === null ? "" : `  ${result.error_summary}`;
    this.#write(
      1,
      this.#json
        ? escapeInJson(JSON.stringify(result))
        : escapeControlCharacters(`${run.id}  ${result.status}${sentence}`),
    );
  }

  left({ reason, message }: LeftRun): void {
    this.#counts[reason] += 1;
    if (unhandled.has(reason)) this.#complete = false;
    if (told.has(reason)) this.#tell(message);
  }

  /** Resolves once everything is written. Rejects with ClosedOutput, or Failure, where it cannot be. */
  async end(directory: string): Promise<void> {
    if (this.#recovered === 0) {
      const { over, live } = this.#counts;
      const known = over + live === 0 ? "" : ` (${over} over, ${live} going on)`;
      const sentence = `no run to recover in ${resolve(directory)}${known}`;
      this.#write(this.#json ? 2 : 1, escapeControlCharacters(sentence));
    }
    await Promise.all(this.#written);
  }

  #tell(message: string): void {
    this.#write(2, `xrt recover: ${escapeControlCharacters(message)}`);
  }

  /** Nobody waits: a reader that is slow, or gone, must not hold up the runs. */
  #write(descriptor: 1 | 2, line: string): void {
    const written = openOutput(descriptor).write(`${line}\n`);
    // The end hears of it.
    written.catch(() => undefined);
    this.#written.push(written);
  }
}
