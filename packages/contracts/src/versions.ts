import type { TerminalStatus } from "./status.ts";
import type { RuntimeInvocation as RuntimeInvocationV01 } from "./v0.1/runtime-invocation.ts";
import type { RuntimeResult as RuntimeResultV01 } from "./v0.1/runtime-result.ts";
import type { RuntimeInvocation as RuntimeInvocationV02 } from "./v0.2/runtime-invocation.ts";
import type { RuntimeResult as RuntimeResultV02 } from "./v0.2/runtime-result.ts";

/** Every version of the contract that this package knows, oldest first. */
export const contractVersions = ["0.1", "0.2"] as const;

export type ContractVersion = (typeof contractVersions)[number];

/** An invocation of any version that this package knows. */
export type AnyInvocation = RuntimeInvocationV01 | RuntimeInvocationV02;

/** The answer has the question's version. */
export type ResultOf<I> = (I extends { schema_version: "0.1" }
  ? RuntimeResultV01
  : I extends { schema_version: "0.2" }
    ? RuntimeResultV02
    : RuntimeResultV01 | RuntimeResultV02) & { status: TerminalStatus };

/** A result of any version that this package knows; its status is terminal. */
export type AnyResult = ResultOf<AnyInvocation>;
