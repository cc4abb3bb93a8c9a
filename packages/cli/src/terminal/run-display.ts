import type { AnyResult, RunEvent } from "@xrt/contracts";
import type { Output } from "../output/output.ts";
import { paintFor } from "./colors.ts";
import { LiveLine } from "./live-line.ts";
import { lastErrorLines } from "./last-error-lines.ts";
import { directoryOf, summarize } from "./summary.ts";

/** What a terminal shows of a run: a live line while it lasts, then a summary. */
export class RunDisplay {
  readonly #terminal: Output;
  readonly #color: boolean;
  readonly #line: LiveLine | null;

  constructor(name: string, color: boolean, terminal: Output) {
    this.#terminal = terminal;
    this.#color = color;
    // A terminal that cannot clear a line (TERM=dumb) gets the summary alone.
    this.#line = process.env["TERM"] === "dumb" ? null : new LiveLine(name, terminal);
  }

  show(event: RunEvent): void {
    if (event.type !== "accepted" || event.deadline === null) return;
    this.#line?.countDown(Date.parse(event.deadline) - Date.parse(event.time));
  }

  /** Removes the live line. */
  async clear(): Promise<void> {
    await this.#line?.end();
  }

  async summarize(result: AnyResult): Promise<void> {
    const errorLines = await lastErrorLines(result);
    const parts = { paint: paintFor(this.#color), errorLines, directory: directoryOf(result) };
    await this.#terminal.write(summarize(result, parts));
  }
}
