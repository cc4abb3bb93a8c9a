import { Bench } from "../bench.ts";
import type { CaseDefinition } from "../case-definition.ts";
import { demand, messageOf } from "../failure.ts";
import { requireStatus } from "./stops.ts";

/** What `close` does. */
export const closes: readonly CaseDefinition[] = [
  {
    id: "closes/unused",
    requirement: "a runner that never ran anything can be closed",
    declared: "close",
    async test(bench) {
      await requireClose(bench);
    },
  },
  {
    id: "closes/used",
    requirement: "a runner can be closed after its runs, and another of its sort goes on",
    declared: "close",
    needs: ["succeeds"],
    async test(bench) {
      requireStatus("succeeded", (await bench.run(bench.fixture("succeeds"))).ending);
      await using other = await Bench.open(bench.subject);
      await bench.endTrials();
      await requireClose(bench);
      requireStatus("succeeded", (await other.run(bench.fixture("succeeds"))).ending);
    },
  },
];

async function requireClose(bench: Bench): Promise<void> {
  try {
    await bench.close();
  } catch (error) {
    demand(false, `close() failed: ${messageOf(error)}`);
  }
}
