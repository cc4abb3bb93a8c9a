import { Failure } from "../failure.ts";

/**
 * What the work resolves to. Where it waits for something that can never come, Node would end the program without a word,
 * and with status 0: it throws Failure instead.
 */
export async function unlessStalled<T>(what: string, work: () => Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onStalled = (): void => reject(new Failure(`${what} waits for what never comes`));
  process.once("beforeExit", onStalled);
  try {
    return await Promise.race([work(), promise]);
  } finally {
    process.off("beforeExit", onStalled);
  }
}
