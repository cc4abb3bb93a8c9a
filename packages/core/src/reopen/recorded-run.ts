import { existsSync, lstatSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { AnyResult, ErrorCode, RunEvent, Supervisor } from "@xrt/contracts";
import { encodeResult, parseResult, type DecodedInvocation } from "@xrt/contracts/codec";
import type { RuntimeStatus } from "@xrt/contracts/v0.1";
import { isClaimed } from "../recover/claim.ts";
import { cancelFile } from "../stop/cancel-requests.ts";
import { identityOf } from "../record/describe-run.ts";
import { outputPath, pollIntervalMs, streams } from "../output/output-progress.ts";
import { eventsFile } from "../events/event-log.ts";
import { RecordedEnd } from "./recorded-end.ts";
import { readEvents } from "../events/read-events.ts";
import { readRegularFile } from "../record/read-regular-file.ts";
import { readRunOutput } from "../output/read-run-output.ts";
import { resultFile } from "../record/record-result.ts";
import type { OutputOptions, RunRecord } from "../run.ts";
import type { RunSource } from "../run-source.ts";
import { splitLines } from "../output/split-lines.ts";
import { isDead } from "../stop/supervisor-identity.ts";
import { messageOf, systemCode } from "../system-error.ts";
import { writeDocument } from "../record/write-document.ts";

/** What the first lines of `events.ndjson` tell. */
export interface Beginning {
  readonly decoded: DecodedInvocation;
  readonly startedAt: string;
  readonly deadline: string | null;
  /** Null for a record without one: its supervisor died while it was writing the line. */
  readonly supervisor: Supervisor | null;
}

/** A run as its directory tells it: over, or going on under another supervisor. */
export class RecordedRun implements RunRecord {
  readonly id: string;
  readonly directory: string;
  readonly #beginning: Beginning;
  readonly #source: RunSource;
  readonly #end: RecordedEnd;
  #known: AnyResult | undefined;
  #waiting: Promise<AnyResult> | undefined;

  constructor(directory: string, beginning: Beginning) {
    this.id = basename(directory);
    this.directory = directory;
    this.#beginning = beginning;
    this.#end = new RecordedEnd(join(directory, eventsFile), beginning.decoded.invocation.invocation_id);
    this.#source = { ended: () => this.#look() !== undefined, wait: pause };
  }

  get status(): RuntimeStatus {
    return this.#look()?.status ?? "running";
  }

  /** Waits from the first time it is asked for. */
  get result(): Promise<AnyResult> {
    this.#waiting ??= this.#wait();
    return this.#waiting;
  }

  get events(): AsyncIterable<RunEvent> {
    return {
      [Symbol.asyncIterator]: () => readEvents(this.directory, this.#source, () => this.#lastEvent()),
    };
  }

  output(stream: "stdout" | "stderr" = "stdout", options: OutputOptions = {}): ReadableStream<Uint8Array> {
    return readRunOutput(this.directory, stream, options, this.#source);
  }

  lines(stream: "stdout" | "stderr" = "stdout"): AsyncIterable<string> {
    return { [Symbol.asyncIterator]: () => splitLines(this.output(stream)) };
  }

  /** Its supervisor sees the request within a quarter of a second. Rejects when the request cannot be written. */
  async cancel(reason = "another process asked for it"): Promise<AnyResult> {
    if (this.#look() === undefined) {
      writeDocument(join(this.directory, cancelFile), `${JSON.stringify({ reason })}\n`, {
        durable: false,
        mode: 0o600,
      });
    }
    return this.result;
  }

  async #wait(): Promise<AnyResult> {
    const known = this.#look();
    if (known !== undefined) return known;
    try {
      for await (const event of this.events) {
        if (event.type !== "finished") continue;
        // `result.json` follows in a moment; where it could not be written, this is all that tells the end.
        if (this.#look() === undefined) await pause();
        this.#known = this.#look() ?? event.result;
        return this.#known;
      }
    } catch (error) {
      return this.#failed("storage", `its events cannot be read: ${messageOf(error)}`);
    }
    return this.#failed("storage", "its events end without one that says how it ended");
  }

  /** The result, once there is one or nobody is left to write it. */
  #look(): AnyResult | undefined {
    this.#known ??= this.#readResult();
    if (this.#known !== undefined || !this.#isAbandoned()) return this.#known;
    // It may have been written between the two looks, as its supervisor's last act.
    this.#known = this.#readResult() ?? this.#resultOfTheDead();
    return this.#known;
  }

  #readResult(): AnyResult | undefined {
    const path = join(this.directory, resultFile);
    try {
      const { size } = lstatSync(path);
      // Until its supervisor has ended the run, what is there is its own program's, which may claim anything.
      const end = this.#isAbandoned() ? undefined : this.#end.look(size);
      if (end === null) return undefined;
      const value: unknown = JSON.parse(readRegularFile(path));
      const result = parseResult(value) as AnyResult;
      // The true one takes its name in a moment.
      return end === undefined || isDeepStrictEqual(value, end.result) ? result : undefined;
    } catch (error) {
      if (systemCode(error) === "ENOENT" && existsSync(this.directory)) return undefined;
      return this.#failed("storage", `its ${resultFile} cannot be read: ${messageOf(error)}`);
    }
  }

  #isAbandoned(): boolean {
    const { supervisor } = this.#beginning;
    return (supervisor === null || isDead(supervisor)) && !isClaimed(this.directory);
  }

  /** It is not written, which is recovery's to do. */
  #resultOfTheDead(): AnyResult {
    const { supervisor } = this.#beginning;
    const who = supervisor === null ? "the supervisor" : `the supervisor (pid ${supervisor.pid})`;
    return this.#failed("supervisor_died", `${who} died before the run ended; its output is kept`);
  }

  /** What can be said of a run that left no result. */
  #failed(code: ErrorCode, message: string): AnyResult {
    const { decoded, startedAt } = this.#beginning;
    return encodeResult(decoded.version, {
      ...identityOf(decoded.invocation),
      status: "failed",
      exit_code: null,
      signal: null,
      started_at: startedAt,
      finished_at: this.#lastChange(),
      run_directory: this.directory,
      stdout_path: outputPath(this.directory, "stdout"),
      stderr_path: outputPath(this.directory, "stderr"),
      error: { code, message },
      usage: null,
      artifacts: [],
      metadata: {},
    });
  }

  /** When the run last wrote an event or output, as far as can be told; never before its start. */
  #lastChange(): string {
    const { startedAt } = this.#beginning;
    const files = [eventsFile, ...streams.map((stream) => basename(outputPath(this.directory, stream)))];
    const latest = Math.max(...files.map((file) => lastWritten(join(this.directory, file))));
    return latest > Date.parse(startedAt) ? new Date(latest).toISOString() : startedAt;
  }

  *#lastEvent(): Generator<RunEvent> {
    const result = this.#look();
    if (result === undefined) return;
    const { invocation } = this.#beginning.decoded;
    // Number and time are those of the end: no event was written after it.
    yield {
      event_version: 1,
      seq: Number.MAX_SAFE_INTEGER,
      time: result.finished_at,
      invocation_id: invocation.invocation_id,
      type: "finished",
      result,
    };
  }
}

/** Milliseconds since the epoch; a file that is gone, or that nobody may look at, tells of no time. */
function lastWritten(path: string): number {
  try {
    return lstatSync(path).mtimeMs;
  } catch {
    return -Infinity;
  }
}

function pause(): Promise<void> {
  return sleep(pollIntervalMs);
}
