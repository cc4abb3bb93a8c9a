import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { fixturePath } from "./fixture.ts";
import { openWorkbench } from "./workbench.ts";

const ways = [
  { name: "companion", options: {}, environment: {} },
  { name: "direct", options: { containment: "direct" }, environment: {} },
  { name: "a name that no shell exports", options: {}, environment: { "odd.name": "1" } },
  { name: "such a name, direct", options: { containment: "direct" }, environment: { "odd.name": "1" } },
  { name: "a large environment", options: {}, environment: { LARGE: "x".repeat(100_000) } },
] as const;

test.each(ways)(
  "what is in the environment is never in the arguments of a process, nor in a file: $name",
  async ({ options, environment }) => {
    await using bench = await openWorkbench(options);
    const secret = `ssh-${crypto.randomUUID()}`;
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const watcher = new Worker(fixturePath("watch-arguments.ts"), { workerData: { text: secret, stop } });
    await once(watcher, "message");
    for (let n = 0; n < 20; n += 1) {
      const secretEnvironment = { SECRET: secret };
      const { stdout } = await bench.run(
        ["sh", "-c", 'printf "${#SECRET}"'],
        { environment },
        { secretEnvironment },
      );
      expect(stdout).toBe(String(secret.length));
    }
    // The watch itself works.
    execFileSync("sh", ["-c", "sleep 0.5", secret]);
    Atomics.store(stop, 0, 1);
    const [{ looks, found }] = (await once(watcher, "message")) as [{ looks: number; found: string[] }];
    expect(looks).toBeGreaterThan(1);
    expect(found.filter((words) => !words.includes("sleep 0.5"))).toEqual([]);
    expect(found).not.toEqual([]);
    expect(() => execFileSync("grep", ["-rlF", secret, bench.directory])).toThrow("Command failed");
  },
);
