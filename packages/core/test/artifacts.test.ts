import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, link, mkdir, open, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { outcome, type Artifact, type RunContext, type RunEvent } from "@xrt/contracts";
import { expect, test } from "vitest";
import { asNobody } from "./as-nobody.ts";
import { directoryOf, openWorkbench, recordedEvents } from "./workbench.ts";

const sha256 = (data: Buffer | string) => createHash("sha256").update(data).digest("hex");

/** Runs work that leaves files in the artifact directory; gives what was described beyond stdout and stderr. */
async function leaving(
  leave: (artifacts: string, context: RunContext<unknown>) => Promise<readonly Artifact[] | void>,
  check?: (artifacts: string) => Promise<void>,
) {
  await using bench = await openWorkbench();
  const { result, events } = await bench.run(async (_invocation, context) => {
    const named = (await leave(context.artifactDirectory, context)) ?? [];
    return outcome.succeeded({ exit_code: 0, artifacts: named });
  });
  // Whatever a run leaves, that is how it ended.
  expect(result).toMatchObject({ status: "succeeded", exit_code: 0, error_summary: null });
  const directory = path.join(directoryOf(result), "artifacts");
  await check?.(directory);
  return {
    directory,
    artifacts: result.artifacts.filter(({ kind }) => kind !== "log_excerpt"),
    warnings: events.flatMap((event) => (event.type === "warning" ? [event.message] : [])),
    events,
    recorded: await recordedEvents(directoryOf(result)).catch((): RunEvent[] => []),
  };
}

test("what is left is described with its size and hash, also in folders, in the order of names", async () => {
  const { artifacts, directory, warnings, recorded } = await leaving(async (left) => {
    await mkdir(path.join(left, "nested", "deep"), { recursive: true });
    await mkdir(path.join(left, "empty folder"));
    await writeFile(path.join(left, "report.txt"), "four");
    await writeFile(path.join(left, "nested", "deep", "é\nname"), "");
    await writeFile(path.join(left, "nested", "large"), Buffer.alloc(3 * 1024 * 1024, 7));
  });
  const expected = [
    ["nested/deep/é\nname", "0", sha256("")],
    ["nested/large", String(3 * 1024 * 1024), sha256(Buffer.alloc(3 * 1024 * 1024, 7))],
    ["report.txt", "4", sha256("four")],
  ].map(([artifact_id = "", size, hash]) => ({
    schema_version: "0.1",
    contract_kind: "artifact_descriptor",
    artifact_id,
    path: path.join(directory, artifact_id),
    kind: "file",
    description: "left in the artifact directory",
    metadata: { "xrt.size_bytes": size, "xrt.sha256": hash },
  }));
  expect(artifacts).toEqual(expected);
  expect(warnings).toEqual([]);
  expect(recorded.filter(({ type }) => type === "artifact")).toMatchObject(
    expected.map(({ artifact_id }) => ({ artifact: { artifact_id } })),
  );
});

test("a link inside is followed, one that leads out, or nowhere, is refused", async () => {
  await using other = await openWorkbench();
  const secret = path.join(other.directory, "secret");
  await writeFile(secret, "not the run's");
  const { artifacts, warnings, directory } = await leaving(async (left) => {
    await writeFile(path.join(left, "file"), "text");
    await symlink("file", path.join(left, "inside"));
    await symlink(secret, path.join(left, "outside"));
    await symlink("/etc", path.join(left, "folder outside"));
    await symlink("nowhere", path.join(left, "dangling"));
    await symlink("loop", path.join(left, "loop"));
    await symlink("../stdout.txt", path.join(left, "beside"));
  });
  expect(artifacts.map(({ artifact_id }) => artifact_id)).toEqual(["file", "inside"]);
  expect(artifacts[1]?.metadata).toEqual(artifacts[0]?.metadata);
  expect(warnings).toHaveLength(5);
  for (const name of ["outside", "folder outside", "beside"])
    expect(warnings).toContain(
      `${path.join(directory, name)} is not described: it is a link that leads out of the artifact directory`,
    );
  for (const name of ["dangling", "loop"])
    expect(warnings).toContainEqual(
      expect.stringContaining(`${path.join(directory, name)} is not described`),
    );
});

test("a link put in the place of the artifact directory leads nowhere", async () => {
  await using other = await openWorkbench();
  await writeFile(path.join(other.directory, "secret"), "not the run's");
  const { artifacts, warnings } = await leaving(async (left) => {
    await rename(left, `${left}.gone`);
    await symlink(other.directory, left);
  });
  expect(artifacts).toEqual([]);
  expect(warnings).toHaveLength(1);
});

test("a pipe and a socket are refused, and nobody waits for them", async () => {
  const server = createServer();
  const { artifacts, warnings } = await leaving(async (left) => {
    execFileSync("mkfifo", [path.join(left, "pipe")]);
    // A socket's path has room for some hundred bytes only.
    const socket = path.relative(process.cwd(), path.join(left, "s"));
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    await rename(path.join(left, "s"), path.join(left, "socket"));
    await writeFile(path.join(left, "file"), "");
  });
  server.close();
  expect(artifacts.map(({ artifact_id }) => artifact_id)).toEqual(["file"]);
  expect(warnings).toHaveLength(2);
});

// Only root can make one.
if (process.getuid?.() === 0) {
  test("a device is refused", async () => {
    const { artifacts, warnings } = await leaving(async (left) => {
      execFileSync("mknod", [path.join(left, "zero"), "c", "1", "5"]);
    });
    expect(artifacts).toEqual([]);
    expect(warnings).toHaveLength(1);
  });
}

test("what may not be read is told, and the rest described", async () => {
  const { artifacts, warnings } = await asNobody(async () =>
    leaving(
      async (left) => {
        await writeFile(path.join(left, "closed"), "", { mode: 0 });
        await mkdir(path.join(left, "folder"), { mode: 0 });
        await writeFile(path.join(left, "open"), "");
      },
      (left) => chmod(path.join(left, "folder"), 0o700),
    ),
  );
  expect(artifacts.map(({ artifact_id }) => artifact_id)).toEqual(["open"]);
  expect(warnings).toHaveLength(2);
});

test("a run that takes away the right to look into its directory keeps its status", async () => {
  const { artifacts, warnings } = await asNobody(async () =>
    leaving(
      async (_left, { directory }) => chmod(directory, 0),
      (left) => chmod(path.dirname(left), 0o700),
    ),
  );
  expect(artifacts).toEqual([]);
  expect(warnings.join()).toContain("is not described");
});

test("a run that deletes its artifact directory, or its whole directory, keeps its status", async () => {
  const only = await leaving(async (left) => rm(left, { recursive: true }));
  expect(only.artifacts).toEqual([]);
  expect(only.warnings).toEqual([expect.stringContaining(only.directory)]);
  const all = await leaving(async (_left, { directory }) => rm(directory, { recursive: true }));
  expect(all.artifacts).toEqual([]);
  expect(all.warnings.join()).toContain(all.directory);
  expect(all.events.at(-1)).toMatchObject({ type: "finished" });
});

test("a runner names files of its own, in the working directory or elsewhere", async () => {
  await using bench = await openWorkbench();
  const elsewhere = path.join(bench.directory, "elsewhere.bin");
  await writeFile(elsewhere, "12345");
  await writeFile(path.join(bench.directory, "report.html"), "<p>");
  const { result } = await bench.run(async () =>
    outcome.succeeded({
      artifacts: [
        {
          path: "report.html",
          artifact_id: "report",
          kind: "report",
          description: "what was found",
          media_type: "text/html",
          metadata: { "acme.page": "1" },
        },
        { path: elsewhere },
        { path: "missing" },
        { path: "." },
        { path: "nul\0" },
      ],
    }),
  );
  expect(result.status).toBe("succeeded");
  expect(result.artifacts.slice(2)).toMatchObject([
    {
      artifact_id: "report",
      path: path.join(bench.directory, "report.html"),
      kind: "report",
      description: "what was found",
      metadata: { "acme.page": "1", "xrt.media_type": "text/html", "xrt.size_bytes": "3" },
    },
    { artifact_id: "elsewhere.bin", path: elsewhere, kind: "file", description: "" },
  ]);
});

test("a file that the runner names, and that lies in the artifact directory, is described once", async () => {
  const { artifacts } = await leaving(async (left) => {
    await writeFile(path.join(left, "a"), "");
    await writeFile(path.join(left, "b"), "");
    return [{ path: path.join(left, "a"), artifact_id: "named", kind: "report" }];
  });
  expect(artifacts.map(({ artifact_id, kind }) => [artifact_id, kind])).toEqual([
    ["named", "report"],
    ["b", "file"],
  ]);
});

test("ids are unique, and stdout and stderr are taken", async () => {
  const { artifacts } = await leaving(async (left, { directory }) => {
    await writeFile(path.join(left, "stdout"), "");
    await writeFile(path.join(left, "same"), "");
    const file = path.join(directory, "file");
    await writeFile(file, "");
    return [
      { path: file, artifact_id: "same" },
      { path: file, artifact_id: "same" },
      { path: file, artifact_id: "stderr" },
    ];
  });
  expect(artifacts.map(({ artifact_id }) => artifact_id)).toEqual([
    "same",
    "same~2",
    "stderr~2",
    "same~3",
    "stdout~2",
  ]);
});

test("an enormous file is described without its hash, and takes none from the others", async () => {
  const { artifacts, warnings, directory } = await leaving(async (left) => {
    const file = await open(path.join(left, "enormous"), "w");
    await file.truncate(2 ** 40);
    await file.close();
    await writeFile(path.join(left, "small"), "");
    await link(path.join(left, "small"), path.join(left, "same file"));
  });
  expect(
    artifacts.map(({ metadata }) => [metadata["xrt.size_bytes"], metadata["xrt.sha256"]?.length]),
  ).toEqual([
    [String(2 ** 40), undefined],
    ["0", 64],
    ["0", 64],
  ]);
  expect(warnings).toEqual([
    `${path.join(directory, "enormous")} has no sha256: it is too large to be hashed here`,
  ]);
});

test("of more than 10,000 files the rest is said to be left out", async () => {
  const { artifacts, warnings, directory } = await leaving(async (left) => {
    execFileSync("sh", ["-c", 'seq -f "%05.0f" 1 10001 | xargs touch'], { cwd: left });
  });
  expect(artifacts).toHaveLength(10_000);
  expect(warnings).toEqual([`only 10000 files in ${directory} are described: there are more`]);
});

test("a rejected run has no artifacts", async () => {
  await using bench = await openWorkbench();
  const { result } = await bench.run(async (_invocation, { artifactDirectory }) => {
    await writeFile(path.join(artifactDirectory, "left"), "");
    return outcome.rejected("command_not_found", "no such program");
  });
  expect(result).toMatchObject({ status: "rejected", artifacts: [], stdout_path: null });
});

test("output that a runner keeps elsewhere is described there, however odd the place", async () => {
  await using bench = await openWorkbench();
  const file = path.join(bench.directory, "log.txt");
  await writeFile(file, "12345");
  const { result } = await bench.run(async () =>
    outcome.succeeded({ stdout_path: "log.txt", stderr_path: null }),
  );
  expect(result).toMatchObject({ stdout_path: file, stderr_path: null });
  expect(result.artifacts).toMatchObject([
    { artifact_id: "stdout", path: file, metadata: { "xrt.size_bytes": "5" } },
  ]);
  for (const stdout_path of ["missing", path.join(file, "below"), "nul\0", "/"]) {
    const odd = await bench.run(async () => outcome.succeeded({ stdout_path }));
    expect(odd.result.status).toBe("succeeded");
  }
});
