import { execFileSync, spawn } from "node:child_process";
import { constants } from "node:fs";
import {
  chmod,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { outcome, type RunEvent } from "@xrt/contracts";
import { parseResult } from "@xrt/contracts/v0.1";
import { openRun } from "@xrt/core";
import { describe, expect, test } from "vitest";
import { asNobody } from "./as-nobody.ts";
import { startFixture } from "./fixture.ts";
import { mountSmallDisk, smallDiskProblem } from "./small-disk.ts";
import { directoryOf, openWorkbench, succeed, until, untilStopped, type Work } from "./workbench.ts";

const failing: Work = async () => outcome.failed("exit_status", "exited with 3", { exit_code: 3 });

const large: Work = async () => outcome.succeeded({ metadata: { large: "x".repeat(200_000) } });

/** What a program prints. Heard from its start: Node throws away what an ended child has printed to nobody. */
async function readBy(program: string, args: readonly string[]): Promise<string> {
  return text(spawn(program, args, { stdio: ["ignore", "pipe", "ignore"] }).stdout);
}

async function resultIn(file: string) {
  return parseResult(JSON.parse(await readFile(file, "utf8")));
}

function warningsOf(events: readonly RunEvent[]): string[] {
  return events.flatMap((event) => (event.type === "warning" ? [`${event.code}: ${event.message}`] : []));
}

describe("output_result_path", () => {
  test("gets the result, whatever it is, and its missing folders are made", async () => {
    await using bench = await openWorkbench();
    const file = (name: string) => path.join(bench.directory, "a", name, "result.json");
    const run = async (work: Work, name: string, fields: object = {}) => {
      const { result } = await bench.run(work, { output_result_path: file(name), ...fields });
      expect(await resultIn(file(name))).toStrictEqual(result);
      return result.status;
    };
    expect(await run(succeed, "1")).toBe("succeeded");
    expect(await run(failing, "2")).toBe("failed");
    expect(await run(succeed, "3", { working_directory: "/nowhere" })).toBe("rejected");
    const rejected = await bench.runtime.run(bench.invocation({ output_result_path: file("4") }));
    expect(await resultIn(file("4"))).toStrictEqual(rejected);
    const cancelled = await bench.start(untilStopped, { output_result_path: file("5") }).cancel();
    expect(await resultIn(file("5"))).toStrictEqual(cancelled);
    expect((await stat(file("1"))).mode & 0o777).toBe(0o666 & ~process.umask());
    expect(await readdir(path.dirname(file("1")))).toEqual(["result.json"]);
  });

  test("is read whole or not at all, however often it is replaced", async () => {
    await using bench = await openWorkbench();
    const output = path.join(bench.directory, "result.json");
    const poller = startFixture("poll-document.ts", { file: output });
    await until("it polls", () => poller.messages.length > 0);
    for (let index = 0; index < 50; index += 1) await bench.run(large, { output_result_path: output });
    poller.process.send("enough");
    await poller.ended;
    const { whole, torn } = poller.messages.at(-1) as { whole: number; torn: number };
    expect(torn).toBe(0);
    expect(whole).toBeGreaterThan(0);
  });

  test("is followed through links, to a file that is there or is not yet", async () => {
    await using bench = await openWorkbench();
    const at = (name: string) => path.join(bench.directory, name);
    await mkdir(at("real"));
    await mkdir(at("links"));
    await symlink("links", at("linked"));
    await writeFile(at("real/there"), "before");
    for (const name of ["there", "not-yet"]) {
      await symlink(`../real/${name}`, at(`links/${name}`));
      await symlink(at(`linked/${name}`), at(`links/${name}-twice`));
      for (const link of [name, `${name}-twice`]) {
        const { result } = await bench.run(succeed, { output_result_path: at(`links/${link}`) });
        expect(await resultIn(at(`real/${name}`))).toStrictEqual(result);
        expect((await lstat(at(`links/${link}`))).isSymbolicLink()).toBe(true);
        await rm(at("real/not-yet"), { force: true });
      }
    }
  });

  test("may be a pipe that somebody reads", async () => {
    await using bench = await openWorkbench();
    const pipe = path.join(bench.directory, "pipe");
    execFileSync("mkfifo", [pipe]);
    const read = readBy("cat", [pipe]);
    // It opens the pipe in its own time, and without it there is nobody to write to.
    const write = await open(pipe, "w");
    const { result } = await bench.run(succeed, { output_result_path: pipe });
    await write.close();
    expect(JSON.parse(await read)).toEqual(result);
    expect((await lstat(pipe)).isFIFO()).toBe(true);
  });

  test("may be a pipe whose reader is slow, and one who never reads is not waited for", async () => {
    await using bench = await openWorkbench();
    const pipe = path.join(bench.directory, "pipe");
    execFileSync("mkfifo", [pipe]);
    const slow = 'exec < "$0"; sleep 0.2; exec cat';
    const read = readBy("sh", ["-c", slow, pipe]);
    const write = await open(pipe, "w");
    const { result } = await bench.run(large, { output_result_path: pipe });
    await write.close();
    expect(JSON.parse(await read)).toEqual(result);

    const unread = await open(pipe, constants.O_RDWR);
    const stuck = await bench.run(large, { output_result_path: pipe });
    await unread.close();
    expect(stuck.result.status).toBe("succeeded");
    expect(stuck.result.metadata["xrt.result_error"]).toContain("was not read for 1000 ms");
  });

  test("may be a link to our own standard output, which stays a link where that is a pipe", async () => {
    await using bench = await openWorkbench();
    const link = path.join(bench.directory, "stdout");
    await symlink("/proc/self/fd/1", link);
    const fixture = fileURLToPath(new URL("./fixtures/run-one.ts", import.meta.url));
    const parameters = JSON.stringify({ directory: bench.directory, output: link });
    const child = spawn("sh", ["-c", '"$0" "$@" | cat', process.execPath, fixture, parameters], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    expect(parseResult(JSON.parse(await text(child.stdout)))).toMatchObject({ status: "succeeded" });
    expect(await readlink(link)).toBe("/proc/self/fd/1");
  });

  test.for<[string, (file: string) => unknown, string]>([
    ["a pipe that nobody reads", (file) => execFileSync("mkfifo", [file]), "ENXIO"],
    ["a directory", async (file) => mkdir(file), "EISDIR"],
    ["a link that leads in a circle", async (file) => symlink(file, file), "ELOOP"],
    [
      "where we may not write",
      async (file) => {
        await writeFile(file, "before");
        await chmod(path.dirname(file), 0o500);
      },
      "EACCES",
    ],
  ])(
    "that is %s costs only the copy: the caller hears of it in metadata and events",
    async ([, make, code]) => {
      await asNobody(async () => {
        await using bench = await openWorkbench();
        const folder = path.join(bench.directory, "folder");
        const file = path.join(folder, "result.json");
        await mkdir(folder);
        await make(file);
        const { result, events } = await bench.run(succeed, { output_result_path: file });
        await chmod(folder, 0o700);
        expect(result.status).toBe("succeeded");
        const problem = result.metadata["xrt.result_error"];
        expect(problem).toContain(`the result could not be written to ${file}: ${code}`);
        expect(warningsOf(events)).toEqual([`result_not_written: ${problem}`]);
        // The other copy tells of it too, and nothing is left beside the place.
        expect(await resultIn(path.join(directoryOf(result), "result.json"))).toStrictEqual(result);
        expect(await readdir(folder)).toEqual(["result.json"]);
      });
    },
  );

  test("whose name is as long as a file system takes it is written", async () => {
    await using bench = await openWorkbench();
    const output_result_path = path.join(bench.directory, "x".repeat(255));
    const { result } = await bench.run(succeed, { output_result_path });
    expect(await resultIn(output_result_path)).toStrictEqual(result);
    const longer = await bench.run(succeed, { output_result_path: `${output_result_path}x` });
    expect(longer.result.metadata["xrt.result_error"]).toContain("ENAMETOOLONG");
    const impossible = await bench.run(succeed, { output_result_path: "a\0b" });
    expect(impossible.result).toMatchObject({ status: "succeeded" });
    expect(impossible.result.metadata).toHaveProperty("xrt.result_error");
  });
});

describe("result.json", () => {
  test("is missing where the run deleted its own directory, and the caller has the result", async () => {
    await using bench = await openWorkbench();
    const { result, events } = await bench.run(async (_invocation, { directory }) => {
      await rm(directory, { recursive: true });
      return outcome.succeeded({ exit_code: 0 });
    });
    expect(result).toMatchObject({ status: "succeeded", exit_code: 0 });
    expect(result.metadata["xrt.result_error"]).toContain("ENOENT");
    expect(warningsOf(events).join()).toContain("result_not_written: the result could not be written");
    expect(events.at(-1)).toMatchObject({ type: "finished", result });
  });

  test("is missing where the run took away the right to write it", async () => {
    await asNobody(async () => {
      await using bench = await openWorkbench();
      for (const mode of [0, 0o500]) {
        const { result, events } = await bench.run(async (_invocation, { directory }) => {
          await chmod(directory, mode);
          return outcome.succeeded({ exit_code: 0 });
        });
        await chmod(directoryOf(result), 0o700);
        expect(result).toMatchObject({ status: "succeeded", exit_code: 0 });
        expect(result.metadata["xrt.result_error"]).toContain("EACCES");
        expect(events.at(-1)).toMatchObject({ type: "finished", result });
      }
    });
  });

  test("takes the place of whatever the run put there", async () => {
    await using bench = await openWorkbench();
    const victim = path.join(bench.directory, "victim");
    await writeFile(victim, "untouched");
    const plants: ((file: string) => Promise<unknown>)[] = [
      async (file) => execFileSync("mkfifo", [file]),
      async (file) => symlink(victim, file),
      async (file) => mkdir(path.join(file, "below"), { recursive: true }),
      async (file) => writeFile(file, "not a result"),
    ];
    for (const name of ["result.json", "result.json.tmp"]) {
      for (const plant of plants) {
        const { result } = await bench.run(async (_invocation, { directory }) => {
          await plant(path.join(directory, name));
          return outcome.succeeded();
        });
        expect(result.metadata).not.toHaveProperty("xrt.result_error");
        const file = path.join(directoryOf(result), "result.json");
        expect(await resultIn(file)).toStrictEqual(result);
        expect((await lstat(file)).isFile()).toBe(true);
        expect(await readdir(directoryOf(result))).not.toContain("result.json.tmp");
      }
    }
    expect(await readFile(victim, "utf8")).toBe("untouched");
  });

  test("is written with durable too", async () => {
    await using bench = await openWorkbench({ durable: true });
    const output = path.join(bench.directory, "result.json");
    const { result } = await bench.run(
      async (_invocation, context) => {
        await context.stdout.write("x");
        await context.checkpoint(1);
        return outcome.succeeded();
      },
      { output_result_path: output },
    );
    for (const file of [output, path.join(directoryOf(result), "result.json")])
      expect(await resultIn(file)).toStrictEqual(result);
    expect(result.metadata).not.toHaveProperty("xrt.result_error");
  });
});

/** Fills its output far beyond what there is room for, without waiting, and succeeds. */
const filling: Work = async (_invocation, { stdout }) => {
  void stdout.write("x".repeat(4 * 1024 * 1024));
  return outcome.succeeded({ metadata: { large: "y".repeat(50_000) } });
};

test("a file that may not grow any further is told, and never torn", async () => {
  await using bench = await openWorkbench();
  const fixture = fileURLToPath(new URL("./fixtures/run-one.ts", import.meta.url));
  const parameters = JSON.stringify({ directory: bench.directory, large: 100_000 });
  // Every file ends at some kilobytes (setrlimit(2): EFBIG), as on a disk that is full.
  const script = 'ulimit -f 8; exec "$0" "$@"';
  const child = spawn("sh", ["-c", script, process.execPath, fixture, parameters], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const result = parseResult(JSON.parse(await text(child.stdout)));
  expect(result).toMatchObject({ status: "succeeded" });
  expect(result.metadata["xrt.result_error"]).toContain("EFBIG");
  expect((await readdir(directoryOf(result as never))).toSorted()).toEqual([
    "artifacts",
    "events.ndjson",
    "stderr.txt",
    "stdout.txt",
  ]);
});

const problem = smallDiskProblem();
if (problem === undefined) {
  test("on a full disk the caller gets the result and what was lost, and the next run works", async () => {
    using disk = mountSmallDisk(512 * 1024);
    await using bench = await openWorkbench({ runsDirectory: disk.path });
    const output = path.join(bench.directory, "result.json");
    const { result, events } = await bench.run(filling, { output_result_path: output });
    expect(result.status).toBe("succeeded");
    expect(result.metadata["xrt.result_error"]).toContain("ENOSPC");
    expect(warningsOf(events)).toEqual([
      expect.stringContaining("output_lost: stdout is not whole: ENOSPC"),
      expect.stringContaining("result_not_written: "),
    ]);
    expect(events.at(-1)).toMatchObject({ type: "finished", result });
    // The copy on another disk is whole, and tells of it.
    expect(await resultIn(output)).toStrictEqual(result);
    expect(await readdir(directoryOf(result))).not.toContain("result.json");

    await writeFile(path.join(disk.path, "rest"), Buffer.alloc(512 * 1024)).catch(() => undefined);
    const refused = await bench.run(succeed, { invocation_id: "refused" });
    expect(refused.result).toMatchObject({
      status: "failed",
      metadata: { "xrt.error_code": "storage", "xrt.retryable": "true" },
    });
    expect(await readdir(disk.path)).not.toContain("refused");

    await rm(result.stdout_path ?? "");
    const next = await bench.run(succeed);
    expect(next.result).toMatchObject({ status: "succeeded" });
    expect(next.result.metadata).not.toHaveProperty("xrt.result_error");
    expect(await (await openRun(directoryOf(next.result))).result).toEqual(next.result);
  });
} else {
  console.log(`a full disk is not tested here: ${problem}`);
}
