import { Socket } from "node:net";
import { describeWriteError } from "./describe-write-error.ts";
import type { Output } from "./output.ts";

/** A pipe or a socket: the event loop waits for its reader. */
export class PipeOutput implements Output {
  readonly #descriptor: 1 | 2;
  readonly #socket: Socket;
  #error: Error | undefined;

  /** `fd` leads to the same pipe as `descriptor`, which messages name. */
  constructor(descriptor: 1 | 2, fd: number) {
    this.#descriptor = descriptor;
    this.#socket = new Socket({ fd, readable: false, writable: true });
    // Every write is told of its own failure; an error without a listener would end the process.
    this.#socket.on("error", (error) => this.#fail(error));
  }

  write(chunk: Uint8Array | string): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#error !== undefined) {
        reject(this.#error);
        return;
      }
      this.#socket.write(chunk, (error) => {
        if (error === null || error === undefined) resolve();
        else reject(this.#fail(error));
      });
    });
  }

  /** The first error is the cause; later ones only say that the socket is gone. */
  #fail(error: Error): Error {
    this.#error ??= describeWriteError(this.#descriptor, error);
    return this.#error;
  }
}
