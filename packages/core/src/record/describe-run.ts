import { resolve } from "node:path";
import {
  reserved,
  type DescribedArtifact,
  type Invocation,
  type Outcome,
  type RunError,
} from "@xrt/contracts";
import { encodeArtifact, type NeutralResult } from "@xrt/contracts/codec";
import { collectArtifacts } from "./collect-artifacts.ts";
import type { OutputFile } from "../output/output-file.ts";
import { sizeOf, type StreamName } from "../output/output-progress.ts";
import type { RunFiles } from "../prepare/prepare-run.ts";
import type { Redactor } from "./redactor.ts";
import type { RunParts } from "../run-parts.ts";

/** In UTF-16 code units; what a runner threw may be a whole page. */
const longestSummary = 4000;

/** What the result says of a run beyond its outcome: times, paths, sizes, artifacts; free of secrets. */
export async function describeRun(
  invocation: Invocation,
  files: RunFiles | undefined,
  outcome: Outcome,
  parts: RunParts,
): Promise<NeutralResult> {
  const { clock, redactor } = parts;
  const outputs =
    files === undefined || outcome.status === "rejected"
      ? undefined
      : describeOutputs(files, invocation, outcome);
  const left =
    outputs === undefined || files === undefined ? [] : await describeLeft(files, invocation, outcome, parts);
  const elapsedMs = clock.elapsedMs();
  return {
    ...identityOf(invocation),
    status: outcome.status,
    exit_code: outcome.status === "rejected" ? null : (outcome.exit_code ?? null),
    signal: outcome.signal ?? null,
    started_at: clock.timeAt(0),
    finished_at: clock.timeAt(elapsedMs),
    run_directory: files?.directory.path ?? null,
    stdout_path: outputs?.stdout.path ?? null,
    stderr_path: outputs?.stderr.path ?? null,
    error: redactError(outcome.error ?? null, redactor),
    usage: { ...outcome.usage, wall_ms: wholeMicroseconds(elapsedMs) },
    artifacts: [...Object.values(outputs ?? {}).flatMap((output) => output.artifact ?? []), ...left],
    metadata: {
      ...redactor.value(outcome.metadata ?? {}),
      ...(outcome.containment === undefined ? {} : { [reserved.containment]: outcome.containment }),
    },
  };
}

/** Milliseconds without the noise behind the third digit. */
export function wholeMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** What a result repeats of its invocation. */
export function identityOf({
  invocation_id,
  runtime_name,
  runtime_kind,
}: Invocation): Pick<NeutralResult, "invocation_id" | "runtime_name" | "runtime_kind"> {
  return { invocation_id, runtime_name, runtime_kind };
}

async function describeLeft(
  { directory }: RunFiles,
  invocation: Invocation,
  outcome: Outcome,
  { log, redactor }: RunParts,
): Promise<DescribedArtifact[]> {
  const collected = await collectArtifacts(
    directory.artifacts,
    outcome.artifacts ?? [],
    invocation.working_directory,
  );
  for (const warning of collected.warnings) log.append(redactor.record(warning, ["type", "code"]));
  const artifacts = collected.artifacts.map((artifact) => redactor.record(artifact, ["path", "sha256"]));
  for (const artifact of artifacts) log.append({ type: "artifact", artifact: encodeArtifact(artifact) });
  return artifacts;
}

interface DescribedOutput {
  readonly path: string | null;
  readonly artifact: DescribedArtifact | undefined;
}

function describeOutputs(
  files: RunFiles,
  { working_directory }: Invocation,
  outcome: Outcome,
): Record<StreamName, DescribedOutput> {
  const absolute = (path: string | null | undefined) => path && resolve(working_directory, path);
  return {
    stdout: describeOutput("stdout", files.stdout, absolute(outcome.stdout_path)),
    stderr: describeOutput("stderr", files.stderr, absolute(outcome.stderr_path)),
  };
}

/** `elsewhere`: where the runner says the stream is; null for nowhere, undefined for our own file. */
function describeOutput(
  stream: StreamName,
  file: OutputFile,
  elsewhere: string | null | undefined,
): DescribedOutput {
  if (elsewhere === null) return { path: null, artifact: undefined };
  const path = elsewhere ?? file.path;
  const size = elsewhere === undefined ? file.size() : (sizeOf(path) ?? null);
  const artifact: DescribedArtifact = {
    artifact_id: stream,
    path,
    kind: "log_excerpt",
    description: `captured ${stream}`,
    size_bytes: size,
    sha256: null,
    media_type: null,
    metadata: {},
  };
  return { path, artifact };
}

/** Redaction comes before truncation: half a secret is one too. */
function redactError(error: RunError | null, redactor: Redactor): RunError | null {
  if (error === null) return null;
  const message = redactor
    .text(error.message)
    .replaceAll(/\s*[\r\n]+\s*/g, " ")
    .trim();
  return {
    ...error,
    message: message.length > longestSummary ? `${message.slice(0, longestSummary)}…` : message,
  };
}
