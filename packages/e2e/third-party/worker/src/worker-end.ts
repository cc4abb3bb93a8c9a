import type { Worker } from "node:worker_threads";

export interface WorkerEnd {
  readonly exitCode: number;
  /** What the module threw, and nobody caught. */
  readonly error: unknown;
}

/** Resolves once the thread is over; never rejects. */
export function endOf(worker: Worker): Promise<WorkerEnd> {
  return new Promise((resolve) => {
    let error: unknown;
    worker.once("error", (thrown: unknown) => (error = thrown));
    worker.once("exit", (exitCode) => resolve({ exitCode, error }));
  });
}

export function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}
