import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { packages, repository, type WorkspacePackage } from "./workspace.ts";

interface Task {
  readonly taskId: string;
  readonly dependencies: readonly string[];
  readonly inputs: Readonly<Record<string, string>>;
}

const { tasks } = JSON.parse(
  execFileSync("turbo", ["run", "test", "types", "lint", "--dry=json"], {
    cwd: repository,
    encoding: "utf8",
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1" },
    maxBuffer: 2 ** 28,
  }),
) as { tasks: Task[] };

describe.each(packages)("what is cached of $name", (subject) => {
  test.each(["test", "types", "lint"])(
    "by %s is done again when a source that it imports changes",
    (name) => {
      const reached = hashedWith(`${subject.name}#${name}`);
      const covered = dependenciesOf(subject, new Set()).filter(({ name: other }) => {
        const task = tasks.find(({ taskId }) => taskId === `${other}#transit`);
        return (
          reached.has(`${other}#transit`) &&
          Object.keys(task?.inputs ?? {}).some((file) => file.startsWith("src/"))
        );
      });
      expect(covered).toEqual(dependenciesOf(subject, new Set()));
    },
  );
});

/** The tasks whose inputs go into a task's own hash. */
function hashedWith(taskId: string, reached = new Set<string>()): Set<string> {
  if (reached.has(taskId)) return reached;
  reached.add(taskId);
  for (const next of tasks.find((task) => task.taskId === taskId)?.dependencies ?? [])
    hashedWith(next, reached);
  return reached;
}

/** All of ours that a package depends on, at any depth. */
function dependenciesOf(from: WorkspacePackage, seen: Set<WorkspacePackage>): WorkspacePackage[] {
  const names = Object.keys({ ...from.manifest.dependencies, ...from.manifest.devDependencies });
  for (const next of packages.filter(({ name }) => names.includes(name))) {
    if (seen.has(next)) continue;
    seen.add(next);
    dependenciesOf(next, seen);
  }
  return [...seen];
}
