import { isTerminalStatus, isXrtError, outcome, showValue, terminalStatuses } from "@xrt/contracts";
import type { AnyResult, Invocation, Outcome } from "@xrt/contracts";
import { latestResult, parseResult } from "@xrt/contracts/codec";

/** What a dispatcher returned, as an outcome. What breaks the contract is `failed`, with a sentence that says how. */
export function readAnswer(answer: unknown, invocation: Invocation): Outcome {
  if (typeof answer !== "object" || answer === null || Array.isArray(answer)) {
    return broken(invocation, `expected an Outcome or a RuntimeResult, got ${showValue(answer)}`);
  }
  const { status } = answer as { status?: unknown };
  if (!isTerminalStatus(status)) {
    const list = terminalStatuses.map((known) => JSON.stringify(known)).join(", ");
    return broken(invocation, `status: expected one that is terminal (${list}), got ${showValue(status)}`);
  }
  // The envelope tells them apart: an Outcome has none.
  return Object.hasOwn(answer, "contract_kind") ? readResult(answer, invocation) : (answer as Outcome);
}

function readResult(answer: object, invocation: Invocation): Outcome {
  let result: AnyResult;
  try {
    result = parseResult(answer) as AnyResult;
  } catch (error) {
    if (!isXrtError(error)) throw error;
    return broken(invocation, error.message);
  }
  const latest = latestResult(result);
  for (const field of ["invocation_id", "runtime_name", "runtime_kind"] as const) {
    if (latest[field] === invocation[field]) continue;
    const sentence = `the result is of another run: its ${field} is ${showValue(latest[field])}, and this run's is ${showValue(invocation[field])}`;
    return broken(invocation, sentence);
  }
  return outcome.from(result);
}

function broken({ runtime_name }: Invocation, problem: string): Outcome {
  return outcome.failed(
    "runner_error",
    `the dispatcher for ${showValue(runtime_name)} broke its contract: ${problem}`,
  );
}
