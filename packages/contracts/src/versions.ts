import type { TerminalStatus } from "./status.ts";
import type * as v01 from "./v0.1/index.ts";

/** Every version of the contract that this package knows, oldest first. */
export const contractVersions = ["0.1"] as const;

export type ContractVersion = (typeof contractVersions)[number];

export type AnyInvocation = v01.RuntimeInvocation;

/** The answer has the question's version. */
export type ResultOf<I> = (I extends { schema_version: "0.1" } ? v01.RuntimeResult : v01.RuntimeResult) & {
  status: TerminalStatus;
};

export type AnyResult = ResultOf<AnyInvocation>;
