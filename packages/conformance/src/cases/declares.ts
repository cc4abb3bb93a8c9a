import { interfaceVersion, showValue, type RuntimeRunner } from "@xrt/contracts";
import type { CaseDefinition } from "../case-definition.ts";
import { demand } from "../failure.ts";

/** What a runner says of itself. */
export const declares: readonly CaseDefinition[] = [
  {
    id: "declares/interface",
    requirement: "it states the interface version that it was written for, and has a run method",
    async test({ runner }) {
      const stated: unknown = runner.interfaceVersion;
      const [ourMajor, ourMinor] = interfaceVersion.split(".").map(Number);
      const [, major, minor] = /^(\d+)\.(\d+)$/.exec(String(stated)) ?? [];
      demand(
        Number(major) === ourMajor && Number(minor) <= Number(ourMinor),
        `interfaceVersion: expected ${showValue(interfaceVersion)} or an older minor version of it, as a literal, got ${showValue(stated)}`,
      );
      requireMethod(runner, "run");
      for (const name of ["recover", "close"] as const) {
        if (runner[name] !== undefined) requireMethod(runner, name);
      }
    },
  },
  {
    id: "declares/times",
    requirement:
      "the times that it states are finite numbers, its grace 0 or more and its default timeout above 0",
    async test({ runner: { graceMs, defaultTimeoutSeconds } }) {
      demand(
        graceMs === undefined || (Number.isFinite(graceMs) && graceMs >= 0),
        `graceMs: expected a finite number of milliseconds, 0 or more, got ${showValue(graceMs)}`,
      );
      demand(
        defaultTimeoutSeconds === undefined ||
          (Number.isFinite(defaultTimeoutSeconds) && defaultTimeoutSeconds > 0),
        `defaultTimeoutSeconds: expected a finite number of seconds above 0, got ${showValue(defaultTimeoutSeconds)}`,
      );
    },
  },
  {
    id: "declares/supports",
    requirement: "what it supports is named by wire path, each once",
    declared: "supports",
    async test({ runner }) {
      const paths: unknown = runner.supports;
      demand(Array.isArray(paths), `supports: expected an array of wire paths, got ${showValue(paths)}`);
      for (const path of paths as unknown[]) {
        demand(
          typeof path === "string" && /^[a-z_]+(\.[a-z_]+)+$/.test(path),
          `supports: expected a wire path such as "limits.memory_bytes", got ${showValue(path)}`,
        );
      }
      demand(new Set(paths).size === paths.length, "supports: a path is named twice");
    },
  },
];

function requireMethod(runner: RuntimeRunner, name: "run" | "recover" | "close"): void {
  demand(typeof runner[name] === "function", `${name}: expected a method, got ${showValue(runner[name])}`);
}
