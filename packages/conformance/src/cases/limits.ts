import { showValue } from "@xrt/contracts";
import type { CaseDefinition } from "../case-definition.ts";
import { demand } from "../failure.ts";
import { requireStatus } from "./stops.ts";

/** What the runner says that it supports. */
export const limits: readonly CaseDefinition[] = [
  {
    id: "limits/held",
    requirement:
      "every limit that it supports ends work that goes beyond it: failed, with the code limit_exceeded",
    declared: "supports",
    needs: ["exceeds"],
    async test(bench) {
      const exceeds = bench.fixture("exceeds");
      for (const path of bench.runner.supports ?? []) {
        const given = exceeds[path];
        demand(
          given !== undefined,
          `supports has ${showValue(path)}, and \`exceeds\` has no fixture for it (known: ${Object.keys(exceeds).join(", ")})`,
        );
        const { ending } = await bench.run(given);
        requireStatus("failed", ending);
        const code = ending.outcome?.error?.code;
        demand(
          code === "limit_exceeded",
          `${path}: expected the code limit_exceeded, got ${showValue(code)}`,
        );
      }
    },
  },
];
