import type { RuntimeRunner } from "@xrt/contracts";
import { AsyncHttpRunner } from "./async-http-runner.ts";
import { Connections } from "./connections.ts";
import { HttpRunner } from "./http-runner.ts";
import { resolveOptions, type HttpOptions } from "./options.ts";

/** The runners of both kinds over one pool of connections, which closes when those that ran have been closed. */
export function httpRunners(options: HttpOptions = {}): {
  readonly http: RuntimeRunner;
  readonly http_async: RuntimeRunner;
} {
  const connections = new Connections(resolveOptions("httpRunners(options)", options));
  return {
    http: new HttpRunner(options, connections),
    http_async: new AsyncHttpRunner(options, connections),
  };
}
