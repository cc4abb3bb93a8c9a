import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import type { Readable, Writable } from "node:stream";
import { parseStatus, statusOf, type ProcessStatus } from "../contain/process-table.ts";
import { shellPrelude } from "./shell-order.ts";
import { spawnAssistant } from "./spawn-assistant.ts";

/** How a command of a companion shell came to its end. */
export interface CompanionEnd {
  /** As `$?` has it: the exit status, or 128 + n after signal n. Null when the shell itself was killed. */
  readonly status: number | null;
  /** What the shell said meanwhile: of a signal that killed the command, or of what it could not do. */
  readonly said: string;
}

export interface CompanionListener {
  /** The command's process is there, and will be the command in a moment. */
  onStarted(status: ProcessStatus): void;
  /** Called once, also without `onStarted`: then nothing was executed. */
  onEnded(end: CompanionEnd): void;
}

/**
 * A shell that waits for orders and starts one command at a time, in its own session and process group. It forks a
 * process of one megabyte where we would fork ours, with all its memory, and stop the event loop meanwhile.
 */
export class CompanionShell {
  readonly pid: number;
  /** See `ProcessStatus.start`. */
  readonly start: string | null;
  readonly #child: ChildProcess;
  readonly #stdin: Writable;
  readonly #stdout: Readable;
  #text = "";
  #said = "";
  #listener: CompanionListener | null = null;
  /** In every line about the order that is under way: a late line about another, or a forged one, is none. */
  #order = "";
  #ended = false;
  readonly #identity = ownIdentity();
  readonly #closed: Promise<void>;

  /** Undefined where the system would not start one. */
  static open(shell: string): CompanionShell | undefined {
    const child = spawnAssistant(shell, [], { stdio: ["pipe", "pipe", "ignore"], env: {} });
    return child?.pid === undefined ? undefined : new CompanionShell(child, child.pid);
  }

  private constructor(child: ChildProcess, pid: number) {
    this.pid = pid;
    this.start = statusOf(pid)?.start ?? null;
    this.#child = child;
    this.#stdin = child.stdin as Writable;
    this.#stdout = child.stdout as Readable;
    // A shell that was killed cannot be written to; its end tells.
    this.#stdin.on("error", () => undefined);
    this.#stdout.on("data", (bytes: Buffer) => this.#read(bytes.toString("latin1")));
    this.#closed = new Promise((resolve) => {
      child.once("close", () => {
        this.#ended = true;
        resolve();
        this.#finish({ status: null, said: this.#said });
      });
    });
    // What it has forked may be about to tell of itself; but a process can keep the pipe open for ever.
    child.once("exit", () => {
      const lastWords = setTimeout(() => this.#stdout.destroy(), lastWordsMs).unref();
      child.once("close", () => clearTimeout(lastWords));
    });
    this.#stdin.write(introduction);
    this.unref();
  }

  /** Whether the shell is still there to take orders, and what it starts would run as we would. */
  get usable(): boolean {
    return (
      !this.#ended &&
      this.#child.exitCode === null &&
      this.#child.signalCode === null &&
      this.#identity === ownIdentity()
    );
  }

  /** A process of the group may have stopped all of it; the shell must tell of an end also then. */
  wake(): void {
    // Not process.kill(), which throws when it is no longer ours to signal.
    if (statusOf(this.pid)?.state === "T") this.#child.kill("SIGCONT");
  }

  /** Starts a command, made by `becomeCommand`. One at a time. */
  order(words: string, listener: CompanionListener): void {
    const order = (this.#order = randomBytes(9).toString("base64url"));
    this.#listener = listener;
    this.#said = "";
    this.#ref();
    this.#stdin.write(
      `(read -r xrt_s </proc/self/stat;echo "${order} s $xrt_s"\n${words}\n)\necho "${order} e $?"\n`,
    );
  }

  /** Ends the shell, which has no command any more. By SIGKILL: a process of its last run may have stopped it. */
  close(): Promise<void> {
    this.#ref();
    this.#stdin.end();
    this.#child.kill("SIGKILL");
    return this.#closed;
  }

  /** Idle shells keep nobody waiting: at our end they read the end of their orders, and end too. */
  unref(): void {
    this.#child.unref();
    (this.#stdin as unknown as { unref(): void }).unref();
    (this.#stdout as unknown as { unref(): void }).unref();
  }

  #ref(): void {
    this.#child.ref();
    (this.#stdin as unknown as { ref(): void }).ref();
    (this.#stdout as unknown as { ref(): void }).ref();
  }

  #read(text: string): void {
    this.#text += text;
    for (;;) {
      const end = this.#text.indexOf("\n");
      if (end === -1) break;
      this.#readLine(this.#text.slice(0, end));
      this.#text = this.#text.slice(end + 1);
    }
    // Longer than any line of ours: others can write here too.
    if (this.#text.length > longestLine) this.#text = "";
  }

  #readLine(line: string): void {
    const { length } = this.#order;
    const rest = line.slice(length + 3);
    if (length > 0 && line.startsWith(`${this.#order} s `)) this.#listener?.onStarted(parseStatus(rest));
    else if (length > 0 && line.startsWith(`${this.#order} e `))
      this.#finish({ status: Number(rest), said: this.#said });
    else if (this.#said.length < longestLine) this.#said += `${line}\n`;
  }

  #finish(end: CompanionEnd): void {
    const listener = this.#listener;
    this.#listener = null;
    this.#order = "";
    listener?.onEnded(end);
  }
}

/** Milliseconds between a shell's end and the end of what can still be said of it. */
const lastWordsMs = 1000;
/** Characters. */
const longestLine = 16_384;

/** As whom we run: a host that gives up its privileges must not keep them in a shell that it started before. */
function ownIdentity(): string {
  const ids = [process.getuid?.(), process.geteuid?.(), process.getgid?.(), process.getegid?.()];
  return [...ids, ...(process.getgroups?.() ?? [])].join(" ");
}

/**
 * What a process of the group does to the whole group must not end the shell, which has to tell of it. Traps, other
 * than ignored signals, are not inherited by commands (POSIX, Shell Command Language 2.12).
 */
const catchable = Array.from({ length: 64 }, (_, n) => n + 1).filter(
  (signal) => ![9, 17, 19, 32, 33].includes(signal),
);

const introduction = `exec 2>&1\ntrap : ${catchable.join(" ")}\n${shellPrelude}\n`;
