import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
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

test("an alternative that climbs out is refused even where no pattern says so", async () => {
  await using bench = await openWorkbench();
  const work = path.join(bench.directory, "work");
  await mkdir(work);
  await writeFile(path.join(bench.directory, "secret.txt"), "outside");
  const finished = await bench.run(["true"], {
    working_directory: work,
    metadata: { "subprocess.artifact_globs": '[".{.,}/*.txt"]' },
  });
  expect(ids(finished)).toEqual([]);
  expect(warnings(finished)).toEqual(["../secret.txt is not kept: it leads out of working_directory"]);
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
