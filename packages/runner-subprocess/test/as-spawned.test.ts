import { spawnSync } from "node:child_process";
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Containment } from "../src/contain/containment.ts";
import { runContained } from "./contained.ts";

// A command finds itself as a spawn of its own would have left it, whatever shell or Node was in its place before.

const ways = [
  { name: "a companion", option: "companion", environment: {} },
  { name: "a shell of its own", option: "direct", environment: {} },
  { name: "a companion and Node", option: "companion", environment: { "a.b": "1" } },
  { name: "a shell of its own and Node", option: "direct", environment: { "a.b": "1" } },
] as const;

let scratch: string;

beforeAll(async () => {
  scratch = await realpath(await mkdtemp(path.join(os.tmpdir(), "xrt-as-spawned-")));
});

afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
});

/** What it prints as our own child, with the same descriptors. */
function bare(argv: readonly string[]): string {
  const [program = "", ...args] = argv;
  return spawnSync(program, args, {
    cwd: scratch,
    env: {},
    stdio: ["ignore", "pipe", "pipe"],
  }).stdout.toString();
}

describe.each(ways)("started by $name", ({ option, environment }) => {
  let containment: Containment;
  beforeAll(() => {
    containment = new Containment(option);
  });
  afterAll(() => containment.close());

  async function contained(argv: readonly string[], more: Record<string, string> = {}): Promise<string> {
    const command = { argv, directory: scratch, environment: { ...environment, ...more } };
    const { end, stdout, stderr } = await runContained(containment, scratch, command);
    expect({ ...end, stderr: stderr.toString() }).toEqual({ code: 0, signal: null, stderr: "" });
    return stdout.toString();
  }

  test("no signal is ignored or blocked that would not be", async () => {
    const argv = [
      "/bin/grep",
      "-E",
      "^Sig(Blk|Ign)|^Umask|^Seccomp:|^NoNewPrivs|^Groups|^Uid|^Cap",
      "/proc/self/status",
    ];
    expect(await contained(argv)).toBe(bare(argv));
  });

  test("its descriptors are 0, 1 and 2, and what whoever started us left open for all", async () => {
    const argv = ["/bin/ls", "/proc/self/fd"];
    expect(await contained(argv)).toBe(bare(argv));
    expect(await contained(["/bin/sh", "-c", "readlink /proc/$$/fd/0"])).toBe("/dev/null\n");
  });

  test("its limits are ours, but for the two that carry a tag", async () => {
    const argv = ["/bin/grep", "-vE", "^Max (file locks|resident set) ", "/proc/self/limits"];
    expect(await contained(argv)).toBe(bare(argv));
  });

  test("its niceness, its processors and its umask are ours", async () => {
    const argv = [
      "/bin/sh",
      "-c",
      "umask; nice; grep Cpus_allowed: /proc/self/status; cat /proc/self/oom_score_adj",
    ];
    expect(await contained(argv)).toBe(bare(argv));
  });

  test("a file without a first line that names an interpreter is a script of sh", async () => {
    await writeFile(path.join(scratch, "plain"), 'echo "$1" "$#"\n', { mode: 0o755 });
    expect(await contained(["./plain", "a  b", "c"])).toBe("a  b 2\n");
  });

  test("its name is what it was called, and not where it was found", async () => {
    const argv = ["cat", "/proc/self/cmdline"];
    expect(await contained(argv, { PATH: "/usr/bin:/bin" })).toBe("cat\0/proc/self/cmdline\0");
  });
});
