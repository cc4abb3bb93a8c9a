import type { Json } from "@xrt/contracts";
import type { RemoteRun } from "./async-run.ts";
import type { AsyncHttpConfig } from "./metadata/async-http-schema.ts";

/** Written before the kickoff is sent: from then on the service may have a run. */
export const kickoffCheckpoint: Json = { version: 1, phase: "kickoff" };

/** Where the run is, for whoever takes it up after our death. */
export function runningCheckpoint({ runId, pollUrl }: RemoteRun): Json {
  return { version: 1, phase: "running", run_id: runId, poll_url: pollUrl?.href ?? null };
}

/** The run that a checkpoint names; null where none was known yet. */
export function readCheckpoint(state: Json, config: AsyncHttpConfig): RemoteRun | null {
  if (typeof state !== "object" || state === null || !("phase" in state) || state["phase"] !== "running")
    return null;
  const { run_id: runId, poll_url: pollUrl } = state;
  const id = typeof runId === "string" ? runId : null;
  // By the template, so that the origin is the configured one.
  if (config.pollUrl !== null) return { runId: id, pollUrl: config.pollUrl.expand(id) };
  const url = typeof pollUrl === "string" ? URL.parse(pollUrl) : null;
  return { runId: id, pollUrl: url !== null && url.origin === config.url.origin ? url : null };
}
