import { showValue, type ErrorCode } from "@xrt/contracts";
import type { Bench } from "../bench.ts";
import type { CaseDefinition } from "../case-definition.ts";
import { demand } from "../failure.ts";
import type { Given } from "../fixtures.ts";
import { showEnding, type Ending } from "../trial/trial.ts";

/** How a run ends that nobody stops. */
export const ends: readonly CaseDefinition[] = [
  {
    id: "ends/succeeded",
    requirement: "work that ends well is succeeded",
    needs: ["succeeds"],
    async test(bench) {
      const { ending } = await bench.run(bench.fixture("succeeds"));
      demand(ending.status === "succeeded", () => `expected succeeded, got ${showEnding(ending)}`);
    },
  },
  {
    id: "ends/failed",
    requirement: "work that is started and fails is failed",
    needs: ["fails"],
    async test(bench) {
      const { trial, ending } = await bench.run(bench.fixture("fails"));
      demand(ending.status === "failed", () => `expected failed, got ${showEnding(ending)}`);
      requireCode(ending, trial.scenario.code);
    },
  },
  {
    id: "ends/rejected",
    requirement: "a request that cannot be started is rejected, and nothing of it was started",
    needs: ["rejects"],
    async test(bench) {
      const { trial, ending } = await bench.run(bench.fixture("rejects"));
      demand(ending.status === "rejected", () => `expected rejected, got ${showEnding(ending)}`);
      requireCode(ending, trial.scenario.code);
      const started = trial.context.events.some(({ type }) => type === "started");
      demand(!started, "it told that the work had started, and then that nothing was");
      const { exit_code } = ending.outcome ?? {};
      demand(
        exit_code === undefined || exit_code === null,
        () => `exit_code: what was never started has none, got ${showValue(exit_code)}`,
      );
    },
  },
  {
    id: "ends/outcome",
    requirement: "every outcome keeps the contract, field by field",
    needs: ["succeeds"],
    async test(bench) {
      for (const [name, ending] of await endings(bench)) {
        demand(ending.problem === undefined, () => `the outcome of ${name}: ${ending.problem}`);
      }
    },
  },
  {
    id: "ends/explained",
    requirement: "what did not succeed is explained: a code of the list or a namespaced one, and one line",
    needs: ["fails"],
    async test(bench) {
      for (const [name, { status, outcome, thrown }] of await endings(bench)) {
        if (status === "succeeded" || thrown !== undefined) continue;
        const { code, message } = outcome?.error ?? {};
        demand(
          code !== undefined && (Object.hasOwn(knownCodes, code) || /^[a-z0-9_]+(\.[a-z0-9_]+)+$/.test(code)),
          `the outcome of ${name}, error.code: expected a known code or a namespaced one such as "acme.quota", got ${showValue(code)}`,
        );
        demand(
          message !== undefined && message.trim() !== "" && !/[\r\n]/.test(message.trim()),
          `the outcome of ${name}, error.message: expected one line, got ${showValue(message)}`,
        );
      }
    },
  },
];

/** Every ending that the fixtures know, by the fixture's name. */
async function endings(bench: Bench): Promise<[string, Ending][]> {
  const all: [string, Ending][] = [];
  for (const name of ["succeeds", "fails", "rejects"] as const) {
    const given: Given | undefined = bench.subject.fixtures[name];
    if (given !== undefined) all.push([name, (await bench.run(given)).ending]);
  }
  return all;
}

function requireCode({ outcome }: Ending, expected: string | undefined): void {
  const code = outcome?.error?.code;
  demand(
    expected === undefined || code === expected,
    `error.code: expected ${showValue(expected)}, got ${showValue(code)}`,
  );
}

type KnownCode = Exclude<ErrorCode, `${string}.${string}`>;

/** An object, so that the compiler says when a code joins the list. */
const knownCodes: Readonly<Record<KnownCode, true>> = {
  no_runner: true,
  invalid_metadata: true,
  unsupported_field: true,
  refused_by_policy: true,
  runtime_closed: true,
  directory_missing: true,
  command_not_found: true,
  command_not_executable: true,
  payload_unreadable: true,
  exit_status: true,
  killed_by_signal: true,
  deadline: true,
  idle: true,
  cancelled: true,
  supervisor_stopped: true,
  supervisor_died: true,
  limit_exceeded: true,
  out_of_resources: true,
  storage: true,
  http_status: true,
  network: true,
  remote_failed: true,
  runner_error: true,
  runner_did_not_stop: true,
};
