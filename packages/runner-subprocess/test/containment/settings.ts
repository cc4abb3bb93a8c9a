import { accessSync, constants } from "node:fs";
import { spawnSync } from "node:child_process";
import { userInfo } from "node:os";
import { fileURLToPath } from "node:url";
import type { SubprocessOptions } from "@xrt/runner-subprocess";

/** A user that supervisors run as. */
export interface User {
  readonly name: string;
  /** What spawn is told; empty: as we are. */
  readonly ids: { readonly uid?: number; readonly gid?: number };
}

/** How the runner contains what it starts: what it chooses by itself, and what does without any other process. */
export type Mode = "auto" | "direct" | "cgroup";

export interface Setting {
  readonly mode: Mode;
  readonly user: User;
  /** For a title. */
  readonly name: string;
}

/** How a supervisor goes. */
export const endings = [
  "SIGTERM",
  "SIGINT",
  "SIGHUP",
  "SIGKILL",
  "process.exit()",
  "an uncaught exception",
] as const;
export type SupervisorEnding = (typeof endings)[number];

const self: User = { name: userInfo().username, ids: {} };
export const nobody: User = { name: "nobody", ids: { uid: 65_534, gid: 65_534 } };

/** Ourselves; and where that is root, who is exempt from most limits, also a user who is not. */
export const users: readonly User[] = problemOfNobody() === undefined ? [self, nobody] : [self];

const modes: readonly Mode[] = ["auto", "direct"];

export const settings: readonly Setting[] = modes.flatMap((mode) =>
  users.map((user) => ({ mode, user, name: `${mode} as ${user.name}` })),
);

export function optionsOf(mode: Mode): SubprocessOptions {
  return mode === "auto" ? {} : { containment: mode };
}

function problemOfNobody(): string | undefined {
  const problem = whyNotNobody();
  if (problem !== undefined) console.log(`containment is tested as ${self.name} alone: ${problem}`);
  return problem;
}

function whyNotNobody(): string | undefined {
  if (process.getuid?.() !== 0) return "the tests do not run as root, so they cannot become another user";
  const fixture = fileURLToPath(new URL("./fixtures/supervise-trees.ts", import.meta.url));
  accessSync(fixture, constants.R_OK);
  const { status } = spawnSync(process.execPath, ["--check", fixture], { ...nobody.ids, cwd: "/" });
  return status === 0
    ? undefined
    : `the user ${nobody.name} may not read ${fixture}, or run ${process.execPath}`;
}
