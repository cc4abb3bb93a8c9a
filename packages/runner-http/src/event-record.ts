import { createHash } from "node:crypto";
import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { Artifact, Json, RunContext } from "@xrt/contracts";
import type { ServerSentEvent } from "./sse-events.ts";

/** The events of a run: a line each in an NDJSON file, and emitted, as many together as came together. */
export class EventRecord {
  readonly path: string;
  readonly #context: Pick<RunContext, "emit" | "directory">;
  readonly #hash = createHash("sha256");
  #file: FileHandle | undefined;
  #bytes = 0;
  #count = 0;

  constructor(context: Pick<RunContext, "emit" | "directory">) {
    this.#context = context;
    this.path = join(context.directory, "http-events.ndjson");
  }

  get count(): number {
    return this.#count;
  }

  /** Resolves when they are in the file; rejects with the system's error. */
  async add(events: readonly ServerSentEvent[]): Promise<void> {
    if (events.length === 0) return;
    this.#count += events.length;
    let text = "";
    for (const event of events) text += `${JSON.stringify(event)}\n`;
    const lines = Buffer.from(text);
    this.#file ??= await open(this.path, "ax", 0o600);
    const written = this.#file.appendFile(lines);
    this.#hash.update(lines);
    this.#bytes += lines.byteLength;
    this.#context.emit({ type: "http.events", data: events as unknown as Json });
    await written;
  }

  /** Closes the file, and describes it; undefined when there were no events. */
  async finish(): Promise<Artifact | undefined> {
    if (this.#file === undefined) return undefined;
    await this.#file.close();
    return {
      path: this.path,
      artifact_id: "http_events",
      kind: "http_events",
      description: "the server-sent events, one JSON object per line",
      media_type: "application/x-ndjson",
      size_bytes: this.#bytes,
      sha256: this.#hash.digest("hex"),
    };
  }
}
