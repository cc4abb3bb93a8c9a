import { showValue, type RuntimeRunner } from "@xrt/contracts";
import type { CaseDefinition } from "../case-definition.ts";
import { demand } from "../failure.ts";
import type { Fixtures } from "../fixtures.ts";
import { requireStatus } from "./stops.ts";

const prefix = "limits.";

const requirement =
  "a limit that it supports ends work that goes beyond it: failed, with the code limit_exceeded";

/** One case for each limit that the runner supports; where it supports none, one that says so. */
export function limits({ supports }: RuntimeRunner, { exceeds = {} }: Fixtures): CaseDefinition[] {
  const paths = Array.isArray(supports) ? supports.filter((path) => String(path).startsWith(prefix)) : [];
  if (paths.length === 0) {
    return [{ id: "limits/held", requirement, skip: "the runner supports no limits", test: async () => {} }];
  }
  return paths.map((path) => {
    const given = exceeds[path];
    const id = `limits/held/${path.slice(prefix.length)}`;
    if (given === undefined) {
      return {
        id,
        requirement,
        skip: `no fixture is given for exceeds[${showValue(path)}]`,
        test: async () => {},
      };
    }
    return {
      id,
      requirement,
      async test(bench) {
        const { ending } = await bench.run(given);
        requireStatus("failed", ending);
        const code = ending.outcome?.error?.code;
        demand(code === "limit_exceeded", `error.code: expected "limit_exceeded", got ${showValue(code)}`);
      },
    };
  });
}
