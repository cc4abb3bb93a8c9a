import { closeSync, constants, fstatSync, openSync } from "node:fs";
import type { Writable } from "node:stream";
import { outcome, type Outcome, type RunContext } from "@xrt/contracts";
import type { SubprocessConfig } from "./metadata.ts";

/** What is handed to spawn as descriptor 0. */
export interface StandardInput {
  readonly stdio: number | "pipe" | "ignore" | "inherit";
  /** Closes our copy of what was opened. */
  close(): void;
}

const closeNothing = (): void => undefined;

/** The payload file itself, a pipe for the caller's `input`, or nothing; never ours, unless the host says so. */
export function openStandardInput(
  { config, input }: Pick<RunContext<SubprocessConfig>, "config" | "input">,
  whenEmpty: "empty" | "inherit",
): StandardInput | Outcome {
  if (config.stdin === "none") return { stdio: "ignore", close: closeNothing };
  if (input === null) return { stdio: whenEmpty === "inherit" ? "inherit" : "ignore", close: closeNothing };
  if (input.path === null) return { stdio: "pipe", close: closeNothing };
  return openPayload(input.path);
}

function openPayload(path: string): StandardInput | Outcome {
  let fd: number;
  try {
    // O_NONBLOCK: a FIFO without a writer must not hang us. spawn makes the child's standard input blocking again.
    fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    return describeOpenFailure(path, error as NodeJS.ErrnoException);
  }
  if (fstatSync(fd).isDirectory()) {
    closeSync(fd);
    return outcome.rejected("payload_unreadable", `the input payload is a directory: ${path}; name a file`);
  }
  return { stdio: fd, close: () => closeSync(fd) };
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
export function feed(source: ReadableStream<Uint8Array>, stdin: Writable, onFailure: () => void): Feed {
  const reader = source.getReader();
  let failure: Error | null = null;
  let stopped = false;
  // A program may close its standard input, or end, before it has read everything (`head -1` does): EPIPE and
  // ECONNRESET say no more than that, and whether the program succeeded is for its exit status to say.
  stdin.on("error", () => undefined);

  const pump = async (): Promise<void> => {
    for (;;) {
      const { done, value } = await reader.read();
      if (stopped || done || stdin.destroyed) return;
      if (!stdin.write(value)) await drained(stdin);
    }
  };
  const finish = (): void => {
    stdin.end();
    // Either it is at its end, or nobody reads on. A source that fails to be cancelled has no one to tell.
    reader.cancel().catch(() => undefined);
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
      // Not awaited: a source may never answer, and the run is over.
      reader.cancel().catch(() => undefined);
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
