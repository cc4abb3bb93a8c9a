export type { Artifact, DescribedArtifact } from "./artifact.ts";
export {
  createXrtError,
  isXrtError,
  type Issue,
  type XrtError,
  type XrtErrorCode,
  type XrtErrorDetails,
} from "./errors.ts";
export type { CoreEvent, RunEvent, RunnerEvent, Supervisor } from "./events.ts";
export type { Invocation, RuntimeKind } from "./invocation.ts";
export type { Json } from "./json.ts";
export type { Limits } from "./v0.2/limits.ts";
export { isNamespaced } from "./v0.2/namespaced.ts";
export { outcome, type Outcome } from "./outcome.ts";
export { outcomeProblem } from "./outcome-problem.ts";
export type { OutputSink } from "./output-sink.ts";
export { packageEntry } from "./package-entry.ts";
export { redacted } from "./redacted.ts";
export { isReservedMetadataKey, reserved, reservedPrefix } from "./reserved-metadata.ts";
export type { RunContext } from "./run-context.ts";
export { errorCodes, isErrorCode, type ErrorCode, type RunError } from "./v0.2/run-error.ts";
export {
  defineRunner,
  defineRunnerPackage,
  interfaceVersion,
  type RunnerPackage,
  type RuntimeRunner,
} from "./runner.ts";
export { runnerManifestDisagreement, runnerManifestProblem, type RunnerManifest } from "./runner-manifest.ts";
export { createdRunnersProblem, runnerPackageProblem } from "./runner-package-problem.ts";
export type { StandardSchema } from "./standard-schema.ts";
export { isTerminalStatus, terminalStatuses, type TerminalStatus } from "./status.ts";
export type { Usage } from "./v0.2/usage.ts";
export {
  contractVersions,
  type AnyInvocation,
  type AnyResult,
  type ContractVersion,
  type ResultOf,
} from "./versions.ts";
export { nearestTo, unknownKeySentence } from "./nearest.ts";
export { firstIssues } from "./first-issues.ts";
export { joinIssues } from "./schema-issues.ts";
export { showValue } from "./show-value.ts";
