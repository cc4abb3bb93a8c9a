import type { Json } from "./json.ts";
import type { ArtifactDescriptor } from "./v0.2/artifact-descriptor.ts";
import type { AnyResult } from "./versions.ts";

/**
 * One vocabulary for handles, `onEvent`, `events.ndjson` and the command line. Readers skip types they do not know.
 * `seq` rises by one from 0, in `events.ndjson` without a gap: output events are not written there, and carry the number of
 * the event before them.
 */
export type RunEvent = {
  event_version: 1;
  seq: number;
  /** RFC 3339, UTC, milliseconds. */
  time: string;
  invocation_id: string;
} & (CoreEvent | RunnerEvent);

/** Who supervises a run, so that another process can tell whether it still lives. */
export interface Supervisor {
  pid: number;
  /** Clock ticks after boot (Linux: field 22 of `/proc/<pid>/stat`, proc(5)); null where unknown. */
  process_start: string | null;
  boot_id: string | null;
  pid_namespace: string | null;
  /** What the machine is called: another boot under the same name is the same machine, started again. Older records lack it. */
  host_name?: string | null;
}

/** What core tells of every run. */
export type CoreEvent =
  | {
      type: "accepted";
      run_directory: string;
      runtime_kind: string;
      runtime_name: string;
      schema_version: string;
      /** RFC 3339, or null without a deadline. */
      deadline: string | null;
      supervisor: Supervisor;
    }
  /** `bytes` more are in the stream's file, from `offset` on. Merged for a slow reader. */
  | { type: "output"; stream: "stdout" | "stderr"; offset: number; bytes: number }
  | { type: "checkpoint"; state: Json }
  | {
      type: "stopping";
      cause: "deadline" | "cancelled" | "supervisor" | "limit";
      reason: string | null;
      grace_ms: number;
    }
  | { type: "artifact"; artifact: ArtifactDescriptor }
  | { type: "finished"; result: AnyResult };

/** What a runner tells by `context.emit`; types of its own are namespaced: `acme.queued`. */
export type RunnerEvent =
  | { type: "started"; pid?: number; pgid?: number; process_start?: string; remote_id?: string; url?: string }
  | { type: "progress"; phase?: string; message?: string; done?: number; total?: number }
  | { type: "warning"; code: string; message: string }
  | { type: `${string}.${string}`; data: Json };
