import { constants, createReadStream, openSync, statSync } from "node:fs";
import { Socket } from "node:net";
import type { RunContext } from "@xrt/contracts";
import type { RunInput } from "../runtime-options.ts";
import { messageOf } from "../system-error.ts";

export type ContextInput = NonNullable<RunContext["input"]>;

/** What a runner is given as input: the caller's own, else the payload file, else nothing. */
export function contextInput(input: RunInput | undefined, payloadPath: string | null): ContextInput | null {
  if (input !== undefined) return { path: null, stream: () => inputStream(input) };
  if (payloadPath === null) return null;
  return { path: payloadPath, stream: () => payloadStream(payloadPath) };
}

/** Tells the caller's source that nobody will read it, so that it can let go of what it holds. Nobody waits for that. */
export function releaseInput(input: RunInput | undefined): void {
  // Undefined first: without an input, nothing here may load web streams, which cost every start milliseconds.
  if (input === undefined || !(input instanceof ReadableStream) || input.locked) return;
  input.cancel("the run has ended").catch((error: unknown) => {
    process.emitWarning(`the input stream could not be cancelled: ${messageOf(error)}`, {
      code: "XRT_INPUT",
    });
  });
}

function inputStream(input: RunInput): ReadableStream<Uint8Array> {
  if (input instanceof ReadableStream) return input;
  if (typeof input === "string") return oneChunk(Buffer.from(input, "utf8"));
  if (input instanceof Uint8Array) return oneChunk(input);
  // Not Readable.toWeb(), which throws out of reach when its stream is cancelled while a chunk is on its way.
  return ReadableStream.from(input);
}

function oneChunk(chunk: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      if (chunk.byteLength > 0) controller.enqueue(chunk);
      controller.close();
    },
  });
}

function payloadStream(path: string): ReadableStream<Uint8Array> {
  return statSync(path).isFIFO() ? pipeStream(path) : ReadableStream.from(createReadStream(path));
}

/** A pipe is opened without waiting for its writer: open(2) would hold one of the few threads that all files share. */
function pipeStream(path: string): ReadableStream<Uint8Array> {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const socket = new Socket({ fd, writable: false });
  return new ReadableStream({
    start(controller) {
      socket.on("data", (chunk) => {
        controller.enqueue(chunk);
        if ((controller.desiredSize ?? 0) <= 0) socket.pause();
      });
      socket.once("end", () => controller.close());
      socket.once("error", (error) => controller.error(error));
    },
    pull() {
      socket.resume();
    },
    cancel() {
      socket.destroy();
    },
  });
}
