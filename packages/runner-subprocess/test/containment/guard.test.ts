import { spawn } from "node:child_process";
import { expect, test } from "vitest";
import { Guard } from "../../src/contain/guard.ts";
import { statusOf } from "../../src/contain/process-table.ts";
import { newTag } from "../../src/contain/run-tag.ts";
import { isLiving } from "../living-processes.ts";
import { until } from "../workbench.ts";

if (process.platform === "linux") {
  test("a guard kills the group that it was told of, and not another that got the number later", async () => {
    const [watched = 0, bystander = 0] = Array.from({ length: 2 }, () => {
      const child = spawn("sleep", ["300"], { detached: true, stdio: "ignore" });
      return child.pid;
    });
    const guard = new Guard("/bin/sh");
    guard.watch(newTag(), bystander, "1");
    guard.watch(newTag(), watched, statusOf(watched)?.start ?? null);
    await guard.close();
    try {
      await until("the watched group is dead", () => !isLiving(watched));
      expect(isLiving(bystander)).toBe(true);
    } finally {
      process.kill(bystander, "SIGKILL");
    }
  });

  test("a guard with nothing left to guard kills nothing when it ends", async () => {
    const { pid = 0 } = spawn("sleep", ["300"], { detached: true, stdio: "ignore" });
    const guard = new Guard("/bin/sh");
    const tag = newTag();
    guard.watch(tag, pid, statusOf(pid)?.start ?? null);
    guard.forget(tag, false);
    await guard.close();
    expect(isLiving(pid)).toBe(true);
    process.kill(pid, "SIGKILL");
  });
}
