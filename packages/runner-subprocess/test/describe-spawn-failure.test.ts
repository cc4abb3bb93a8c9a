import { chmod, copyFile, mkdir, open, readdir, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { livingInGroup } from "./living-processes.ts";
import { afterChecks, openWorkbench, type Finished } from "./workbench.ts";

function expectRejected({ result, pgid }: Finished, code: string, ...parts: string[]): void {
  expect(result).toMatchObject({ status: "rejected", exit_code: null, metadata: { "xrt.error_code": code } });
  for (const part of parts) expect(result.error_summary).toContain(part);
  expect(pgid).toBeUndefined();
}

test("a program that is nowhere on PATH is rejected by name", async () => {
  await using bench = await openWorkbench();
  expectRejected(
    await bench.run(["no-such-program"]),
    "command_not_found",
    '"no-such-program" is in no directory of PATH',
  );
});

test("a path at which there is nothing is rejected by name", async () => {
  await using bench = await openWorkbench();
  expectRejected(await bench.run(["./nothing"]), "command_not_found", '"./nothing" does not exist');
  expectRejected(await bench.run(["/etc/passwd/x"]), "command_not_found", '"/etc/passwd/x" does not exist');
  await symlink("/nowhere", path.join(bench.directory, "dangling"));
  expectRejected(await bench.run(["./dangling"]), "command_not_found", '"./dangling" does not exist');
});

test("an empty program name is rejected", async () => {
  await using bench = await openWorkbench();
  expectRejected(await bench.run([""]), "command_not_found", "command[0] is empty");
});

test("a file without the permission to be executed is rejected, with what mends it", async () => {
  await using bench = await openWorkbench();
  const file = path.join(bench.directory, "script");
  await writeFile(file, "#!/bin/sh\n", { mode: 0o644 });
  expectRejected(
    await bench.run(["./script"]),
    "command_not_executable",
    '"./script" is not executable',
    file,
    "chmod +x",
  );
  const onPath = await bench.run(["script"], { environment: { PATH: bench.directory } });
  expectRejected(onPath, "command_not_executable", '"script" is not executable', file);
});

if (process.getuid?.() !== 0) {
  test("a directory that may not be searched is named where a path leads through it, and skipped on PATH", async () => {
    await using bench = await openWorkbench();
    const closed = path.join(bench.directory, "closed");
    await mkdir(closed);
    await chmod(closed, 0o000);
    const program = path.join(closed, "program");
    expectRejected(await bench.run([program]), "command_not_executable", "cannot be reached", program);
    const PATH = `${closed}:/bin:/usr/bin`;
    expectRejected(
      await bench.run(["no-such-program"], { environment: { PATH } }),
      "command_not_found",
      PATH,
    );
    expect((await bench.run(["true"], { environment: { PATH } })).result.status).toBe("succeeded");
  });

  test("a working directory that may not be entered is rejected", async () => {
    await using bench = await openWorkbench();
    const closed = path.join(bench.directory, "closed");
    await mkdir(closed);
    await chmod(closed, 0o000);
    const fields = { working_directory: closed, artifact_directory: path.join(bench.directory, "runs") };
    expectRejected(await bench.run(["true"], fields), "directory_missing", "cannot be entered", closed);
  });
}

test("a directory instead of a program is rejected", async () => {
  await using bench = await openWorkbench();
  expectRejected(
    await bench.run([bench.directory]),
    "command_not_executable",
    "is a directory, not a program",
  );
});

test("a script whose interpreter is missing is rejected, and the interpreter is named", async () => {
  await using bench = await openWorkbench();
  await writeFile(path.join(bench.directory, "script"), "#!/no/such/interpreter -x\nexit 0\n", {
    mode: 0o755,
  });
  expectRejected(await bench.run(["./script"]), "command_not_executable", '"/no/such/interpreter"');
});

test("a script with the line ends of Windows is rejected, and they are named", async () => {
  await using bench = await openWorkbench();
  await writeFile(path.join(bench.directory, "script"), "#!/bin/sh\r\nexit 0\r\n", { mode: 0o755 });
  expectRejected(await bench.run(["./script"]), "command_not_executable", '"/bin/sh\\r"', "as on Windows");
});

test("a script without a first line that names an interpreter is run by the shell, as execvp(3) has it", async () => {
  await using bench = await openWorkbench();
  await writeFile(path.join(bench.directory, "script"), "exit 6\n", { mode: 0o755 });
  expect((await bench.run(["./script"])).result.exit_code).toBe(6);
});

test("an argument list that is too long is rejected, with its size", async () => {
  await using bench = await openWorkbench();
  const big = "x".repeat(3_000_000);
  expectRejected(
    await bench.run(["true", big]),
    "subprocess.argument_list_too_long",
    '"true" is too long: 3000006 bytes',
  );
  const inEnvironment = await bench.run(["true"], { environment: { BIG: big } });
  expectRejected(inEnvironment, "subprocess.argument_list_too_long", "of environment");
});

test("a NUL byte is rejected, wherever it stands, and a value with one is not shown", async () => {
  await using bench = await openWorkbench();
  expectRejected(await bench.run(["true", "a\0b"]), "subprocess.nul_byte", "command[1] contains a NUL byte");
  expectRejected(await bench.run(["tr\0ue"]), "subprocess.nul_byte", "command[0] contains a NUL byte");
  const inValue = await bench.run(["true"], { environment: { TOKEN: "hidden\0" } });
  expectRejected(inValue, "subprocess.nul_byte", 'the environment variable "TOKEN" contains a NUL byte');
  expect(inValue.result.error_summary).not.toContain("hidden");
  const inName = await bench.run(["true"], { environment: { "A\0B": "x" } });
  expectRejected(inName, "subprocess.nul_byte", "the environment variable");
});

test("a working directory that is a file is rejected", async () => {
  await using bench = await openWorkbench();
  const file = path.join(bench.directory, "file");
  await writeFile(file, "");
  expectRejected(
    await bench.run(["true"], { working_directory: file }),
    "directory_missing",
    "not a directory",
    file,
  );
});

test("a working directory that vanishes before the process starts is rejected", async () => {
  await using bench = await openWorkbench();
  const directory = path.join(bench.directory, "work");
  const elsewhere = path.join(bench.directory, "runs");
  await mkdir(directory);
  const runner = afterChecks(bench.runner, () => rm(directory, { recursive: true }));
  const fields = { working_directory: directory, artifact_directory: elsewhere };
  const missing = await bench.run(["true"], fields, { runner });
  expectRejected(missing, "directory_missing", `working directory does not exist: ${directory}`);

  await mkdir(directory);
  const replacer = afterChecks(bench.runner, async () => {
    await rm(directory, { recursive: true });
    await writeFile(directory, "");
  });
  const replaced = await bench.run(["true"], fields, { runner: replacer });
  expectRejected(replaced, "directory_missing", `working directory is not a directory: ${directory}`);
});

test("a program that is being written is failed and worth another try", async () => {
  await using bench = await openWorkbench();
  const program = path.join(bench.directory, "program");
  await copyFile("/bin/sh", program);
  // Held open for writing while it is run: ETXTBSY (execve(2)).
  const writer = await open(program, "a");
  try {
    const busy = await bench.run(["./program", "-c", "exit 0"]);
    expect(busy.result).toMatchObject({
      status: "failed",
      metadata: { "xrt.error_code": "command_not_executable", "xrt.retryable": "true" },
    });
  } finally {
    await writer.close();
  }
  expect((await bench.run(["./program", "-c", "exit 0"])).result.status).toBe("succeeded");
});

async function countOpen(): Promise<number> {
  return (await readdir("/proc/self/fd")).length;
}

test("runs that could not be started leave no descriptor open", async () => {
  await using bench = await openWorkbench();
  const payload = path.join(bench.directory, "payload");
  await writeFile(payload, "x");
  await bench.run(["./nothing"], { input_payload_path: payload });
  const before = await countOpen();
  for (let round = 0; round < 10; round += 1) {
    await bench.run(["./nothing"], { input_payload_path: payload });
    await bench.run(["true", "\0"], { input_payload_path: payload });
    await bench.run(["./nothing"], {}, { input: "unread" });
  }
  expect(await countOpen()).toBeLessThanOrEqual(before);
});

test("a command runs in its working directory", async () => {
  await using bench = await openWorkbench();
  const { stdout, pgid } = await bench.run(["pwd"]);
  expect(stdout).toBe(`${bench.directory}\n`);
  expect(livingInGroup(pgid ?? 0)).toEqual([]);
});
