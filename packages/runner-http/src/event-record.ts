import { createHash } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Artifact, Json, RunContext } from "@xrt/contracts";
import { Fault } from "./fault.ts";
import type { Report } from "./report.ts";
import type { ServerSentEvent } from "./sse-events.ts";

/** The events of a run: a line each in an NDJSON file, and emitted, as many together as came together. */
export class EventRecord {
  readonly path: string;
  readonly #context: Pick<RunContext, "emit" | "directory">;
  readonly #hash = createHash("sha256");
  #fd: number | undefined;
  #bytes = 0;
  #count = 0;

  constructor(context: Pick<RunContext, "emit" | "directory">) {
    this.#context = context;
    this.path = join(context.directory, "http-events.ndjson");
  }

  get count(): number {
    return this.#count;
  }

  /** They are in the file when it returns. Throws Fault when they cannot be kept. */
  add(events: readonly ServerSentEvent[]): void {
    if (events.length === 0) return;
    this.#count += events.length;
    let text = "";
    for (const event of events) text += `${JSON.stringify(event)}\n`;
    const lines = Buffer.from(text);
    try {
      this.#fd ??= openSync(this.path, "ax", 0o600);
      for (let offset = 0; offset < lines.byteLength;) offset += writeSync(this.#fd, lines, offset);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new Fault("storage", `the events cannot be kept in ${this.path}: ${message}`, { cause: error });
    }
    this.#hash.update(lines);
    this.#bytes += lines.byteLength;
    this.#context.emit({ type: "http.events", data: events as unknown as Json });
  }

  /** Closes the file, reports how many events there were, and describes the file; there is none without events. */
  finish(report: Report): Artifact[] {
    report.events = this.count;
    if (this.#fd === undefined) return [];
    closeSync(this.#fd);
    const artifact: Artifact = {
      path: this.path,
      artifact_id: "http_events",
      kind: "http_events",
      description: "the server-sent events, one JSON object per line",
      media_type: "application/x-ndjson",
      size_bytes: this.#bytes,
      sha256: this.#hash.digest("hex"),
    };
    return [artifact];
  }
}
