/** How a tree comes to its end: by the tool's deadline, by its leader, or because the supervisor is gone. */
export type End = "deadline" | "leader" | NodeJS.Signals | "exit" | "exception";

export interface Row {
  readonly title: string;
  /** A shape of shapes.c. */
  readonly shape: string;
  readonly end: End;
}

const deadline = (title: string, shape: string): Row => ({ title, shape, end: "deadline" });
const leader = (title: string, shape: string): Row => ({ title, shape, end: "leader" });
const gone = (title: string, end: End): Row => ({ title, shape: "grandchild", end });

export const rows: readonly Row[] = [
  deadline("leader ignores SIGTERM", "ignores-sigterm"),
  deadline("grandchild in the group", "grandchild"),
  deadline("both ignore SIGTERM", "both-ignore-sigterm"),
  deadline("grandchild in a group of its own", "own-group"),
  deadline("`setsid`", "setsid"),
  deadline("double fork", "double-fork"),
  deadline("double fork with an emptied environment", "empty-environment"),
  deadline("a new generation every millisecond", "hopper"),
  deadline("double fork that is not dumpable", "non-dumpable"),
  deadline("stopped leader", "stopped-leader"),
  deadline("stopped group", "stopped-group"),
  deadline("stopped daemon", "stopped-escapee"),
  leader("leader exits 0, a grandchild holds its output", "grandchild"),
  leader("leader exits 0, a daemon stays", "double-fork"),
  gone("supervisor: SIGTERM", "SIGTERM"),
  gone("supervisor: SIGINT", "SIGINT"),
  gone("supervisor: SIGHUP", "SIGHUP"),
  gone("supervisor: SIGKILL", "SIGKILL"),
  gone("supervisor: `process.exit()`", "exit"),
  gone("supervisor: uncaught exception", "exception"),
];
