import { readFile } from "node:fs/promises";
import { expect } from "vitest";
import type { Setting } from "./settings.ts";
import type { Supervisor } from "./supervisor.ts";
import { letGo, startAlone, type Scratch } from "./trees.ts";

/** Those who have nothing to do with the runs that end, and must not notice. */
export interface Bystanders {
  /** Fails when one of them is gone. */
  areWell(): void;
  /** Lets the runs among them end, and fails unless each succeeded with all of its output. */
  endWell(): Promise<void>;
}

/**
 * Two live runs of the same runtime, each with an escapee that it needs; a process that the supervisor has for itself;
 * and two trees of nobody, of the very program, arguments and user of those that are killed.
 */
export async function startBystanders(
  supervisor: Supervisor,
  scratch: Scratch,
  setting: Setting,
): Promise<Bystanders> {
  const runs = [scratch.bystander(), scratch.bystander()].map((tree) => ({
    tree,
    run: supervisor.start({ command: tree.command, working_directory: tree.folder }),
  }));
  const own = scratch.tree("double-fork", { lifetime: 300 });
  supervisor.tell({ type: "spawn", command: own.command, cwd: own.folder });
  const strangers = [
    scratch.tree("setsid", { lifetime: 300 }),
    scratch.tree("empty-environment", { lifetime: 300 }),
  ];
  for (const stranger of strangers) startAlone(stranger, setting.user.ids);
  const all = [...runs.map(({ tree }) => tree), own, ...strangers];
  await Promise.all(all.map((tree) => tree.ready()));
  const pids = (): string[] => all.flatMap((tree) => tree.living().map((line) => line.split(" ")[0] ?? ""));
  const before = pids();
  expect(before).toHaveLength(2 * all.length);
  return {
    areWell: () => expect(pids()).toEqual(before),
    async endWell() {
      expect(pids()).toEqual(before);
      for (const { tree, run } of runs) {
        letGo(tree);
        const result = await run.result;
        expect(result, result.error_summary ?? "").toMatchObject({ status: "succeeded", exit_code: 0 });
        const lines = (await readFile(result.stdout_path ?? "", "utf8")).trimEnd().split("\n");
        const count = lines.length - 1;
        expect(lines).toEqual([...Array.from({ length: count }, (_, n) => String(n)), `end ${count}`]);
        await tree.gone();
      }
    },
  };
}
