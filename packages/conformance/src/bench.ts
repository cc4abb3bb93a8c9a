import type { RuntimeRunner } from "@xrt/contracts";
import { Cleanups } from "./cleanups.ts";
import { resultIn, within } from "./failure.ts";
import type { Fixtures, Given, Scenario } from "./fixtures.ts";
import { endOf, startTrial, type Ending, type Trial, type TrialOptions } from "./trial/trial.ts";

/** What the cases are about. */
export interface Subject {
  readonly create: () => RuntimeRunner | Promise<RuntimeRunner>;
  readonly kind: string;
  readonly fixtures: Fixtures;
  /** Milliseconds in which whatever must happen has happened. */
  readonly patienceMs: number;
}

/** Milliseconds for the close of a runner that nobody needs any more. */
const lastWaitMs = 2000;

/** A runner of a case's own, and its runs. Disposing ends the runs and closes the runner. */
export class Bench implements AsyncDisposable {
  readonly runner: RuntimeRunner;
  readonly subject: Subject;
  readonly #trials = new Cleanups();
  #closed = false;

  constructor(runner: RuntimeRunner, subject: Subject) {
    this.runner = runner;
    this.subject = subject;
  }

  /** Another, with a runner just made. */
  static async open(subject: Subject): Promise<Bench> {
    return new Bench(await subject.create(), subject);
  }

  get patienceMs(): number {
    return this.subject.patienceMs;
  }

  /** A fixture that the case says it needs. */
  fixture<K extends keyof Fixtures>(name: K): NonNullable<Fixtures[K]> {
    const fixture = this.subject.fixtures[name];
    if (fixture === undefined) throw new Error(`the fixture ${name} is not given`);
    return fixture;
  }

  /** Calls it when the case is over. */
  defer(cleanup: () => unknown): void {
    this.#trials.defer(cleanup);
  }

  async start<S extends Scenario>(given: Given<S>, options: TrialOptions = {}): Promise<Trial<S>> {
    // Whoever needs the whole grace still ends in time.
    const graceMs = this.patienceMs / 2;
    const trial = await startTrial(this.runner, this.subject.kind, given, { graceMs, ...options });
    this.#trials.defer(() => trial[Symbol.asyncDispose]());
    return trial;
  }

  /** A run from its start to its end, which comes by itself. */
  async run<S extends Scenario>(
    given: Given<S>,
    options: TrialOptions = {},
  ): Promise<{ trial: Trial<S>; ending: Ending }> {
    const trial = await this.start(given, options);
    return { trial, ending: await this.end(trial) };
  }

  end(trial: Trial, when = "by itself"): Promise<Ending> {
    return endOf(trial, this.patienceMs, when);
  }

  /** Calls the runner's `close`, if it has one. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await within(this.patienceMs, "close() did not settle", Promise.resolve(this.runner.close?.()));
  }

  /** Ends the runs, and clears away what they left. */
  endTrials(): Promise<void> {
    return this.#trials[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.endTrials();
    // Whether a close settles is a case of its own; no other fails by it, or waits long for it.
    await resultIn(
      lastWaitMs,
      this.close().catch(() => undefined),
    );
  }
}
