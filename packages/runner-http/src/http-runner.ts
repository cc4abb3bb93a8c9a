import type { Invocation, Outcome, RunContext, RuntimeRunner, StandardSchema } from "@xrt/contracts";
import { conclude, endingOf } from "./conclude.ts";
import { Connections } from "./connections.ts";
import { Fault } from "./fault.ts";
import { httpSchema, metadataPrefix, type HttpConfig } from "./metadata/http-schema.ts";
import { resolveOptions, type HostSettings, type HttpOptions } from "./options.ts";
import { idempotencyHeader, requestHeaders, requestPayload } from "./first-request.ts";
import { readResponse } from "./read-response.ts";
import { Report } from "./report.ts";
import { Scope } from "./scope.ts";
import { sendRequest, type HttpRequest, type HttpResponse } from "./send-request.ts";
import { streamResponse } from "./stream-response.ts";

const defaultTimeoutSeconds = 300;

/**
 * One HTTP request and its response (kind `http`): 2xx is succeeded, anything else failed, with the status code as exit code
 * and the body in the run's stdout file.
 */
export class HttpRunner implements RuntimeRunner<HttpConfig> {
  readonly interfaceVersion = "1.0";
  readonly defaultTimeoutSeconds: number;
  readonly metadata: { readonly prefix: string; readonly schema: StandardSchema<unknown, HttpConfig> };
  readonly #host: HostSettings;
  readonly #connections: Connections;

  /** Throws TypeError for an option that it does not know or that has no such value. */
  constructor(options: HttpOptions = {}, connections?: Connections) {
    this.#host = resolveOptions("new HttpRunner(options)", options);
    this.#connections = connections ?? new Connections(this.#host);
    this.defaultTimeoutSeconds = this.#host.defaultTimeoutSeconds ?? defaultTimeoutSeconds;
    this.metadata = { prefix: metadataPrefix, schema: httpSchema(this.#host) };
  }

  async run(invocation: Invocation, context: RunContext<HttpConfig>): Promise<Outcome> {
    const report = new Report("request");
    this.#connections.retain(this);
    using scope = new Scope({ signal: context.signal, after: context.forceSignal });
    try {
      context.signal.throwIfAborted();
      const { config } = context;
      const body = requestPayload(config, context);
      // Over an open connection that the server closes at this moment a request is lost. However soon we close idle ones:
      // an event loop that was busy meanwhile does not come to it.
      const repeatable =
        (config.idempotencyKey !== null || idempotent.has(config.method)) && body?.replayable !== false;
      const request: HttpRequest = {
        url: config.url,
        method: config.method,
        headers: {
          ...(await requestHeaders(config, invocation, context, this.#host)),
          ...idempotencyHeader(config, context),
        },
        accept: config.stream === null ? "*/*" : "text/event-stream",
        body,
        freshness: repeatable ? "reuse" : "fresh",
        redirect: config.redirect,
      };
      const send = (sent: HttpRequest): Promise<HttpResponse> =>
        this.#send(sent, repeatable, scope.signal, report);
      if (config.stream !== null) {
        const stream = { config, stream: config.stream, request, send };
        return await streamResponse(stream, context, report, scope.signal);
      }
      const response = await send(request);
      report.saw(response);
      return await readResponse(response, config.maxBodyBytes, context, report);
    } catch (error) {
      return conclude(endingOf(error, report, context), report, context);
    }
  }

  /** Closes its connections. */
  async close(): Promise<void> {
    await this.#connections.release(this);
  }

  /** A repeatable request is sent once more when its connection closed before an answer: it was an old one, most often. */
  async #send(
    request: HttpRequest,
    repeatable: boolean,
    signal: AbortSignal,
    report: Report,
  ): Promise<HttpResponse> {
    const sender = { connections: this.#connections, allowAddress: this.#host.allowAddress };
    report.attempts += 1;
    try {
      return await sendRequest(request, sender, signal);
    } catch (error) {
      if (!isStale(error) || !repeatable) throw error;
      report.attempts += 1;
      return await sendRequest({ ...request, freshness: "fresh" }, sender, signal);
    }
  }
}

/** RFC 9110, 9.2.2. */
const idempotent = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

function isStale(error: unknown): boolean {
  const code: unknown =
    error instanceof Fault && (error.details.cause as { code?: unknown } | undefined)?.code;
  return code === "UND_ERR_SOCKET" || code === "ECONNRESET" || code === "EPIPE";
}
