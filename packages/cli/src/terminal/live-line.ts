import type { Output } from "../output/output.ts";
import { escapeControlCharacters } from "../control-characters.ts";
import { formatDuration } from "./format-duration.ts";

/** Milliseconds: a run that is over sooner needs no line. */
const firstAfter = 100;
const interval = 250;

const clear = "\r\u001b[K";

/** A line on a terminal, rewritten while a run lasts: what runs, for how long, and how much time is left. */
export class LiveLine {
  readonly #name: string;
  readonly #terminal: Output;
  readonly #started = performance.now();
  #deadline: number | null = null;
  #timer: NodeJS.Timeout;
  #writing: Promise<void> | undefined;
  #shown = false;

  constructor(name: string, terminal: Output) {
    this.#name = escapeControlCharacters(name);
    this.#terminal = terminal;
    this.#timer = setTimeout(() => this.#tick(), firstAfter);
  }

  /** Shows the time that is left, of so many milliseconds from now on. */
  countDown(milliseconds: number): void {
    this.#deadline = performance.now() + milliseconds;
  }

  /** Removes the line. */
  async end(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#writing;
    if (this.#shown) await this.#terminal.write(clear);
  }

  #tick(): void {
    this.#timer = setTimeout(() => this.#tick(), interval);
    // A terminal that is stopped (Ctrl-S) gets no second line until it has taken the first.
    if (this.#writing !== undefined) return;
    this.#shown = true;
    this.#writing = this.#terminal
      .write(clear + this.#text())
      // A terminal that is gone shows no progress; the end of the run tells what there is to tell.
      .catch(() => undefined)
      .finally(() => (this.#writing = undefined));
  }

  #text(): string {
    const now = performance.now();
    const times = [`${formatSeconds(now - this.#started)} elapsed`];
    if (this.#deadline !== null) times.push(`${formatSeconds(Math.max(0, this.#deadline - now))} left`);
    const facts = `  ${times.join(", ")}`;
    // One short of the width: a full line would wrap, and could not be cleared.
    return `${cut(this.#name, (process.stderr.columns || 80) - 1 - facts.length)}${facts}`;
  }
}

/** Whole seconds: tenths would flicker. */
function formatSeconds(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : formatDuration(seconds * 1000);
}

/** As much as fits into so many columns; what is not ASCII may take two. */
function cut(text: string, columns: number): string {
  let room = columns;
  let kept = "";
  for (const character of text) {
    room -= character > "~" ? 2 : 1;
    if (room < 0) break;
    kept += character;
  }
  return kept;
}
