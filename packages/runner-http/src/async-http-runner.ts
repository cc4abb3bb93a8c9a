import type {
  Artifact,
  Invocation,
  Json,
  Outcome,
  RunContext,
  RuntimeRunner,
  StandardSchema,
} from "@xrt/contracts";
import { outcome } from "@xrt/contracts";
import { startOf, type AsyncRun, type RemoteRun, type Terminal } from "./async-run.ts";
import { kickoffCheckpoint, readCheckpoint, runningCheckpoint } from "./checkpoint.ts";
import { conclude, endingOf, stoppedEnding } from "./conclude.ts";
import { Connections } from "./connections.ts";
import { Fault } from "./fault.ts";
import { requestHeaders } from "./first-request.ts";
import { textAt } from "./json-path.ts";
import { keepBytes, keepResult } from "./keep-result.ts";
import { kickoff } from "./kickoff.ts";
import { followKickoff } from "./kickoff-stream.ts";
import { asyncHttpSchema, type AsyncHttpConfig } from "./metadata/async-http-schema.ts";
import { metadataPrefix } from "./metadata/http-schema.ts";
import { resolveOptions, type HostSettings, type HttpOptions } from "./options.ts";
import { lostSecret } from "./lost-secrets.ts";
import { pollToEnd } from "./poll.ts";
import { askOnceMore, cancelRemote, cleanUpRemote } from "./remote-cancel.ts";
import { Report } from "./report.ts";
import { Scope } from "./scope.ts";
import type { HttpResponse } from "./send-request.ts";
import { streamToEnd } from "./stream-completion.ts";

const defaultTimeoutSeconds = 3600;

/** Milliseconds after a stop in which a kickoff's reply is waited for, so that the run that it started can be cancelled. */
const lingerMs = 1500;

/** Starts a run at a service and follows it to its end, by polls or by a stream of events (kind `http_async`). */
export class AsyncHttpRunner implements RuntimeRunner<AsyncHttpConfig> {
  readonly interfaceVersion = "1.0";
  readonly graceMs = 5000;
  readonly defaultTimeoutSeconds: number;
  readonly metadata: { readonly prefix: string; readonly schema: StandardSchema<unknown, AsyncHttpConfig> };
  readonly #host: HostSettings;
  readonly #connections: Connections;

  /** Throws TypeError for an option that it does not know or that has no such value. */
  constructor(options: HttpOptions = {}, connections?: Connections) {
    this.#host = resolveOptions("new AsyncHttpRunner(options)", options);
    this.#connections = connections ?? new Connections(this.#host);
    this.defaultTimeoutSeconds = this.#host.defaultTimeoutSeconds ?? defaultTimeoutSeconds;
    this.metadata = { prefix: metadataPrefix, schema: asyncHttpSchema(this.#host) };
  }

  run(invocation: Invocation, context: RunContext<AsyncHttpConfig>): Promise<Outcome> {
    return this.#supervise(invocation, context, null);
  }

  /** Takes up a run whose supervisor died. Without its run id it is started again only under an idempotency key. */
  async recover(invocation: Invocation, state: Json, context: RunContext<AsyncHttpConfig>): Promise<Outcome> {
    const remote = readCheckpoint(state, context.config);
    if (remote === null && context.config.idempotencyKey === null) {
      return outcome.failed(
        "supervisor_died",
        "the supervisor died before the kickoff's reply was known: the service may have a run that nobody follows; set http.idempotency_key to have such a kickoff sent again",
      );
    }
    const lost = lostSecret(invocation, state, context.config, this.#host);
    if (lost !== undefined) {
      const id = remote?.runId ?? null;
      const run = id === null ? "the remote run" : `the remote run ${JSON.stringify(id)}`;
      return outcome.failed(
        "supervisor_died",
        `the supervisor died, and ${run} cannot be followed, nor cancelled: ${lost}`,
      );
    }
    return this.#supervise(invocation, context, remote);
  }

  /** Closes its connections. */
  async close(): Promise<void> {
    await this.#connections.release(this);
  }

  async #supervise(
    invocation: Invocation,
    context: RunContext<AsyncHttpConfig>,
    known: RemoteRun | null,
  ): Promise<Outcome> {
    const report = new Report("kickoff");
    this.#connections.retain(this);
    const { config } = context;
    try {
      context.signal.throwIfAborted();
      const headers = await requestHeaders(config, invocation, context, this.#host);
      const sender = { connections: this.#connections, allowAddress: this.#host.allowAddress };
      return await new Supervision({ config, invocation, context, report, sender, headers }).run(known);
    } catch (error) {
      return conclude(endingOf(error, report, context), report, context);
    }
  }
}

/** One run, from its kickoff or its checkpoint to its end. */
class Supervision {
  readonly #run: AsyncRun;
  readonly #artifacts: Artifact[] = [];

  constructor(run: AsyncRun) {
    this.#run = run;
  }

  async run(known: RemoteRun | null): Promise<Outcome> {
    const { context } = this.#run;
    let remote = known;
    try {
      if (remote === null) {
        using scope = this.#patience();
        await context.checkpoint(kickoffCheckpoint);
        const kicked = await kickoff(this.#run, scope.signal);
        if (kicked.stream !== null) return await this.#followKickoff(kicked.stream, scope);
        if (kicked.terminal !== null)
          return await this.#settle(kicked.remote, kicked.terminal, context.signal);
        remote = kicked.remote;
      }
      return await this.#follow(remote);
    } catch (error) {
      if (error instanceof Fault && error.details.body !== undefined)
        await keepBytes(this.#run, error.details.body);
      return this.#conclude(endingOf(error, this.#run.report, context));
    }
  }

  /** A stop waits a little for the run id where a cancel could follow. */
  #patience(): Scope {
    const { context, config } = this.#run;
    const ms = config.cancel === null ? 0 : lingerMs;
    return new Scope({ signal: context.forceSignal, after: context.signal, lingerMs: ms });
  }

  /** The kickoff is answered with the run's events. */
  async #followKickoff(response: HttpResponse, scope: Scope): Promise<Outcome> {
    let remote: RemoteRun = { runId: null, pollUrl: null };
    const found = async (one: RemoteRun): Promise<void> => {
      remote = one;
      scope.hasten();
      await this.#announce(one);
    };
    let terminal: Terminal;
    try {
      terminal = await followKickoff(this.#run, response, found, scope.signal, this.#artifacts);
    } catch (error) {
      return this.#letGo(remote, error);
    }
    return this.#settle(remote, terminal, this.#run.context.signal);
  }

  async #announce({ runId, pollUrl }: RemoteRun): Promise<void> {
    const { context, report } = this.#run;
    report.runId = runId ?? undefined;
    context.emit({
      type: "started",
      ...(runId === null ? {} : { remote_id: runId }),
      ...(pollUrl === null ? {} : { url: pollUrl.href }),
    });
    await context.checkpoint(runningCheckpoint({ runId, pollUrl }));
  }

  async #follow(remote: RemoteRun): Promise<Outcome> {
    const { context, config } = this.#run;
    let terminal: Terminal;
    try {
      await this.#announce(remote);
      using scope = new Scope({ signal: context.signal, after: context.forceSignal });
      context.signal.throwIfAborted();
      terminal =
        config.completion === "stream"
          ? await streamToEnd(this.#run, remote, scope.signal, this.#artifacts)
          : await pollToEnd(this.#run, remote, scope.signal);
    } catch (error) {
      return this.#letGo(remote, error);
    }
    return this.#settle(remote, terminal, context.signal);
  }

  /** The run is live, and we stop following it: it is told to stop, and asked once more how it stands. */
  async #letGo(remote: RemoteRun, error: unknown): Promise<Outcome> {
    const { context, config, report } = this.#run;
    if (config.cancel === null) throw error;
    const { phase } = report;
    await cancelRemote(this.#run, remote);
    if (!context.signal.aborted) throw error;
    const terminal = await askOnceMore(this.#run, remote);
    report.phase = phase;
    if (terminal?.meaning === "succeeded") return this.#settle(remote, terminal, context.forceSignal);
    if (terminal !== null) await cleanUpRemote(this.#run, remote);
    return this.#conclude(stoppedEnding(report, context));
  }

  /** The run is over. */
  async #settle(remote: RemoteRun, terminal: Terminal, signal: AbortSignal): Promise<Outcome> {
    const { report, context } = this.#run;
    report.remoteStatus = terminal.state;
    using scope = new Scope({ signal, after: context.forceSignal });
    try {
      await keepResult(this.#run, remote, terminal, scope.signal);
    } finally {
      await cleanUpRemote(this.#run, remote);
    }
    const { meaning } = terminal;
    if (meaning === "succeeded") return this.#conclude({ status: meaning, exit_code: 0, error: null });
    const error = { code: "remote_failed" as const, message: this.#describe(terminal) };
    return this.#conclude({ status: meaning, exit_code: 1, error });
  }

  #describe({ state, value }: Terminal): string {
    const { errorPath } = this.#run.config;
    const told = errorPath === null ? undefined : textAt(value, errorPath);
    const detail = told === undefined ? "" : `: ${startOf(this.#run, Buffer.from(told))}`;
    return `the remote run ended with the state ${JSON.stringify(state)}${detail}`;
  }

  #conclude(ending: Parameters<typeof conclude>[0]): Outcome {
    return conclude(ending, this.#run.report, this.#run.context, this.#artifacts);
  }
}
