import type { RuntimeRunner } from "@xrt/contracts";
import type { Bench } from "./bench.ts";
import type { Fixtures } from "./fixtures.ts";

/** A case before it is bound to a runner. */
export interface CaseDefinition {
  readonly id: string;
  readonly requirement: string;
  /** Fixtures without which it is skipped. */
  readonly needs?: readonly (keyof Fixtures)[];
  /** A member of the runner without which it is skipped. */
  readonly declared?: "recover" | "close" | "metadata" | "supports";
  /** Why it is skipped in any case. */
  readonly skip?: string;
  test(bench: Bench): Promise<void>;
}

/** Why a case is skipped; false when it is not. */
export function skipReason(
  { skip, needs = [], declared }: CaseDefinition,
  runner: RuntimeRunner,
  fixtures: Fixtures,
): string | false {
  if (skip !== undefined) return skip;
  if (declared !== undefined && runner[declared] === undefined) return `the runner declares no ${declared}`;
  const missing = needs.filter((name) => fixtures[name] === undefined);
  if (missing.length === 0) return false;
  return `no fixture is given for ${missing.join(" and ")}`;
}
