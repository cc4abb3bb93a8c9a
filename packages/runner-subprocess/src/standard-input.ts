import { closeSync, constants, fstatSync, openSync } from "node:fs";
import type { Writable } from "node:stream";
import { outcome, type Outcome, type RunContext } from "@xrt/contracts";
import type { SubprocessConfig } from "./metadata.ts";

/** What is handed to spawn as descriptor 0. */
export interface StandardInput {
  readonly stdio: number | "pipe" | "ignore" | "inherit";
  /** It is a file, which another process can open anew by our descriptor. */
  readonly isFile: boolean;
  /** With a pipe: what is to be written into it. */
  readonly source: InputReader | null;
  /** Closes our copy of what was opened. */
  close(): void;
}

export type InputReader = ReadableStreamDefaultReader<Uint8Array>;

/** The payload file itself, a pipe for the caller's `input`, or nothing; never ours, unless the host says so. */
export function openStandardInput(
  { config, input }: Pick<RunContext<SubprocessConfig>, "config" | "input">,
  whenEmpty: "empty" | "inherit",
): StandardInput | Outcome {
  if (config.stdin === "none") return withoutFile("ignore");
  if (input === null) return withoutFile(whenEmpty === "inherit" ? "inherit" : "ignore");
  if (input.path !== null) return openPayload(input.path);
  try {
    return withoutFile("pipe", input.stream().getReader());
  } catch (error) {
    // A stream that somebody else reads already.
    return outcome.rejected("payload_unreadable", `the input cannot be read: ${(error as Error).message}`);
  }
}

function withoutFile(stdio: StandardInput["stdio"], source: InputReader | null = null): StandardInput {
  return { stdio, isFile: stdio === "ignore", source, close: () => undefined };
}

/** Tells the source that nobody reads on. Not awaited: it may never answer, and one that fails has no one to tell. */
export function cancelSource(source: InputReader): void {
  source.cancel().catch(() => undefined);
}

function openPayload(path: string): StandardInput | Outcome {
  let fd: number;
  try {
    // O_NONBLOCK: a FIFO without a writer must not hang us. spawn makes the child's standard input blocking again.
    fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    return describeOpenFailure(path, error as NodeJS.ErrnoException);
  }
  const status = fstatSync(fd);
  if (status.isDirectory()) {
    closeSync(fd);
    return outcome.rejected("payload_unreadable", `the input payload is a directory: ${path}; name a file`);
  }
  return { stdio: fd, isFile: status.isFile(), source: null, close: () => closeSync(fd) };
}

function describeOpenFailure(path: string, { code, message }: NodeJS.ErrnoException): Outcome {
  if (code === "EMFILE" || code === "ENFILE" || code === "ENOMEM") {
    const sentence = `the input payload ${path} could not be opened (${code}); raise the limit of open files, or run fewer at once`;
    return outcome.failed("out_of_resources", sentence, {
      error: { code: "out_of_resources", message: sentence, retryable: true },
    });
  }
  const why = code === "ENOENT" ? "it does not exist" : code === "EACCES" ? "permission denied" : message;
  return outcome.rejected("payload_unreadable", `the input payload cannot be read: ${path} (${why})`);
}

/** The pumping of the caller's `input` into a child. */
export interface Feed {
  /** Why the source broke off, or null. */
  readonly failure: Error | null;
  /** The child has ended: drops what is left, and tells the source that nobody wants it. */
  stop(): void;
}

/** Writes the source into the child's standard input at the child's pace; `onFailure` is called when the source breaks. */
export function feed(source: InputReader, stdin: Writable, onFailure: () => void): Feed {
  let failure: Error | null = null;
  let stopped = false;
  // A program may close its standard input, or end, before it has read everything (`head -1` does): EPIPE and
  // ECONNRESET say no more than that, and whether the program succeeded is for its exit status to say.
  stdin.on("error", () => undefined);

  const pump = async (): Promise<void> => {
    for (;;) {
      const { done, value } = await source.read();
      if (stopped || done || stdin.destroyed) return;
      if (!stdin.write(value)) await drained(stdin);
    }
  };
  const finish = (): void => {
    stdin.end();
    // Either it is at its end, or nobody reads on.
    cancelSource(source);
  };
  pump().then(finish, (error: unknown) => {
    if (stopped) return;
    failure = error instanceof Error ? error : new Error(String(error));
    // First, so that the end of the input, too early as it is, reaches nobody.
    onFailure();
    finish();
  });

  return {
    get failure() {
      return failure;
    },
    stop() {
      stopped = true;
      stdin.destroy();
      cancelSource(source);
    },
  };
}

/** Resolves when more may be written, or nobody reads any more. */
function drained(stdin: Writable): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      stdin.off("drain", settle);
      stdin.off("close", settle);
      resolve();
    };
    stdin.on("drain", settle);
    stdin.on("close", settle);
    if (stdin.destroyed) settle();
  });
}
