import type { CaseDefinition } from "../case-definition.ts";
import { requireContent } from "./content.ts";
import { requireStatus } from "./stops.ts";

const atOnce = 50;

/** More than one run. */
export const repeats: readonly CaseDefinition[] = [
  {
    id: "repeats/second",
    requirement: "a second run of the same runner is as good as the first",
    needs: ["succeeds"],
    async test(bench) {
      const first = await bench.run(bench.fixture("succeeds"));
      requireStatus("succeeded", first.ending);
      requireStatus("succeeded", (await bench.run(bench.fixture("succeeds"))).ending);
    },
  },
  {
    id: "repeats/after-failure",
    requirement: "after a run that failed, the same runner runs another",
    needs: ["fails", "succeeds"],
    async test(bench) {
      requireStatus("failed", (await bench.run(bench.fixture("fails"))).ending);
      requireStatus("succeeded", (await bench.run(bench.fixture("succeeds"))).ending);
    },
  },
  {
    id: "repeats/fifty-at-once",
    requirement: "fifty runs at once all succeed, and each keeps its output to itself",
    needs: ["writesOutput"],
    async test(bench) {
      const trials = await Promise.all(
        Array.from({ length: atOnce }, () => bench.start(bench.fixture("writesOutput"))),
      );
      for (const trial of trials) {
        requireStatus("succeeded", await bench.end(trial, `with ${atOnce} at once`));
        const { stdout, stderr } = trial.scenario;
        if (stdout !== undefined) requireContent("stdout", trial.context.output("stdout"), stdout);
        if (stderr !== undefined) requireContent("stderr", trial.context.output("stderr"), stderr);
      }
    },
  },
];
