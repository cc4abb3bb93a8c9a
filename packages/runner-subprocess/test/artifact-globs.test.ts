import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { createInvocation } from "@xrt/contracts/v0.1";
import { expect, test } from "vitest";
import { collectArtifacts } from "../src/artifact-globs.ts";
import { mkfifo } from "./mkfifo.ts";
import { openWorkbench, type Finished, type Workbench } from "./workbench.ts";

async function collect(bench: Workbench, patterns: readonly string[], script = "exit 0"): Promise<Finished> {
  return bench.shell(script, { metadata: { "subprocess.artifact_globs": JSON.stringify(patterns) } });
}

function ids({ result }: Finished): string[] {
  return result.artifacts.map(({ artifact_id }) => artifact_id).slice(2);
}

function warnings({ events }: Finished): string[] {
  return events.flatMap((event) => (event.type === "warning" ? [event.message] : []));
}

const build =
  "mkdir -p dist/deep && echo a > dist/a.txt && echo b > dist/deep/b.txt && echo c > c.log && exit 3";

test("what matches in the working directory is described, by its relative path and in order", async () => {
  await using bench = await openWorkbench();
  const finished = await collect(bench, ["c.log", "dist/**", "dist/a.*"], build);
  // Also of a run that failed: that is when one wants to look.
  expect(finished.result.exit_code).toBe(3);
  expect(ids(finished)).toEqual(["c.log", "dist/a.txt", "dist/deep/b.txt"]);
  expect(finished.result.artifacts.at(-1)).toMatchObject({
    path: path.join(bench.directory, "dist/deep/b.txt"),
    kind: "file",
    metadata: { "xrt.size_bytes": "2" },
  });
  expect(warnings(finished)).toEqual([]);
});

test("what matches nothing is no artifact and no problem", async () => {
  await using bench = await openWorkbench();
  const finished = await collect(bench, ["nothing/**", "*.xml"]);
  expect(finished.result.status).toBe("succeeded");
  expect(ids(finished)).toEqual([]);
});

test("what the run itself and runs before it wrote is skipped, wherever it is", async () => {
  await using bench = await openWorkbench();
  await bench.shell("exit 0");
  expect(ids(await collect(bench, ["**", ".xrt/**", ".xrt/*/stdout.txt"], "touch kept"))).toEqual(["kept"]);
  const elsewhere = await bench.shell("touch kept", {
    artifact_directory: path.join(bench.directory, "runs"),
    metadata: { "subprocess.artifact_globs": '["**"]' },
  });
  expect(ids(elsewhere)).toEqual(["kept"]);
});

test("links that lead out of the working directory are refused with a warning, links inside it are kept", async () => {
  await using bench = await openWorkbench();
  const work = path.join(bench.directory, "work");
  await mkdir(path.join(work, "sub"), { recursive: true });
  await writeFile(path.join(bench.directory, "secret.txt"), "outside");
  await writeFile(path.join(work, "inside.txt"), "inside");
  await symlink("../secret.txt", path.join(work, "out.txt"));
  await symlink("..", path.join(work, "up"));
  await symlink("inside.txt", path.join(work, "in.txt"));
  await symlink("nowhere", path.join(work, "dangling.txt"));
  await symlink("../..", path.join(work, "sub", "loop"));
  const finished = await bench.run(["true"], {
    working_directory: work,
    metadata: { "subprocess.artifact_globs": '["**","up/secret.txt"]' },
  });
  expect(finished.result.status).toBe("succeeded");
  expect(ids(finished)).toEqual(["in.txt", "inside.txt"]);
  expect(finished.result.artifacts.at(-2)?.path).toBe(path.join(work, "inside.txt"));
  const refused = warnings(finished).join("\n");
  expect(refused).toContain("out.txt is not kept: it leads out of working_directory");
  expect(refused).toContain("up/secret.txt is not kept: it leads out of working_directory");
  expect(refused).toContain("dangling.txt is not kept: it cannot be followed (ENOENT)");
});

test("FIFOs and devices are refused with a warning, and nobody waits for them", async () => {
  await using bench = await openWorkbench();
  mkfifo(path.join(bench.directory, "pipe"));
  await symlink("/dev/zero", path.join(bench.directory, "zeros"));
  const finished = await collect(bench, ["*"]);
  expect(ids(finished)).toEqual([]);
  expect(warnings(finished).join("\n")).toContain("pipe is not kept: it is neither a file nor a link to one");
  expect(warnings(finished).join("\n")).toContain("zeros is not kept");
});

test("a working directory that the run took away leaves no artifacts and no failure", async () => {
  await using bench = await openWorkbench();
  const work = path.join(bench.directory, "work");
  await mkdir(work);
  const finished = await bench.shell(`rm -r ${work}`, {
    working_directory: work,
    artifact_directory: path.join(bench.directory, "runs"),
    metadata: { "subprocess.artifact_globs": '["**"]' },
  });
  expect(finished.result.status).toBe("succeeded");
  expect(ids(finished)).toEqual([]);
});

test.for([
  ["a numeric range", "{1..9999999}"],
  ["braces that multiply", "{a,b}".repeat(16)],
  ["many stars", "*a*a*a*a*a*a*a*ab"],
  ["an extended glob", "+(a|aa)b"],
])("a pattern that would keep the host busy is rejected: %s", async ([, pattern = ""]) => {
  await using bench = await openWorkbench();
  await writeFile(path.join(bench.directory, "a".repeat(150)), "");
  const { result } = await collect(bench, [pattern]);
  expect(result.status).toBe("rejected");
  expect(result.error_summary).toMatch(/write several patterns|leave some out/);
});

test("a tree far deeper than any build is searched with every ** that is allowed", async () => {
  await using bench = await openWorkbench();
  const deep = path.join(...Array.from({ length: 200 }, () => "a"));
  await mkdir(path.join(bench.directory, deep), { recursive: true });
  await writeFile(path.join(bench.directory, deep, "x"), "");
  const finished = await collect(bench, ["**/**/**/x", "**/a/**/*a*/**/y"]);
  expect(ids(finished)).toEqual([path.join(deep, "x")]);
  expect(warnings(finished)).toEqual([]);
});

test.for([
  ["that matches everything", "**", "deadline"],
  ["that matches nothing", "**/no-such-file", "deadline"],
  ["that matches nothing", "**/no-such-file", "cancel"],
])("a search %s keeps the ending of its process when it is stopped: %s, %s", async ([, pattern, by]) => {
  await using bench = await openWorkbench();
  const tree = path.join(bench.directory, "tree");
  await Promise.all(
    Array.from({ length: 50 }, (_, index) => mkdir(path.join(tree, String(index)), { recursive: true })),
  );
  const stop = new AbortController();
  const warned: string[] = [];
  const collecting = collectArtifacts(
    [pattern ?? ""],
    {
      ...createInvocation({ runtime_kind: "subprocess", working_directory: tree, command: ["true"] }),
      limits: null,
    },
    {
      directory: path.join(bench.directory, "run"),
      signal: stop.signal,
      forceSignal: new AbortController().signal,
      emit: (event) => warned.push(event.type === "warning" ? (event.code ?? "") : event.type),
    },
  );
  stop.abort(new DOMException(by, by === "deadline" ? "TimeoutError" : "AbortError"));
  expect(await collecting).toEqual([]);
  expect(warned).toEqual(["subprocess.artifact_globs_incomplete"]);
});

test.for(["TimeoutError", "AbortError"])(
  "a stop (%s) after the process has ended neither changes its success nor waits for all files",
  async (name) => {
    await using bench = await openWorkbench();
    const many = Array.from({ length: 2000 }, (_, index) => path.join(bench.directory, `link-${index}`));
    await Promise.all(many.map((link) => symlink("nowhere", link)));
    const stop = new AbortController();
    const finished = await bench.run(
      ["true"],
      { metadata: { "subprocess.artifact_globs": '["*"]' } },
      {
        signal: stop.signal,
        onEvent: (event) => {
          if (event.type === "warning") stop.abort(new DOMException("enough", name));
        },
      },
    );
    expect(finished.result).toMatchObject({ status: "succeeded", exit_code: 0, error_summary: null });
    expect(warnings(finished).at(-1)).toContain("the run had to end before every file");
    expect(warnings(finished).length).toBeLessThan(many.length);
  },
);
