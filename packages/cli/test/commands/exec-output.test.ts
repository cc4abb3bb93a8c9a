import { readdirSync, readFileSync } from "node:fs";
import { describe, expect } from "vitest";
import { survivors, test, until } from "../sandbox.ts";

describe("xrt exec", () => {
  test("gives the command's stdout and stderr as its own, and adds nothing", async ({ sandbox }) => {
    const ended = await sandbox.xrt(["exec", "sh", "-c", "echo out; echo err >&2"]);
    expect(ended).toEqual({ status: 0, signal: null, stdout: "out\n", stderr: "err\n" });
  });

  test("passes output on byte for byte, whatever the bytes", async ({ sandbox }) => {
    const bytes = Uint8Array.from({ length: 300_000 }, (_, at) => (at * 7 + (at >> 8)) % 256);
    sandbox.write("bytes", bytes);
    const { status } = await sandbox.bash(
      "xrt exec cat bytes > copy && cmp bytes copy && xrt exec cat bytes | cmp - bytes",
    );
    expect(status).toBe(0);
  });

  test("shows output while the command still runs", async ({ sandbox }) => {
    const script = "echo out; echo err >&2; until [ -e go ]; do sleep 0.05; done; echo end";
    const { shown, ended } = sandbox.start(["exec", "sh", "-c", script]);
    await until(() => shown.stdout === "out\n" && shown.stderr === "err\n", "both lines have come");
    sandbox.write("go", "");
    expect(await ended).toMatchObject({ status: 0, stdout: "out\nend\n", stderr: "err\n" });
  });

  test("puts stderr into stdout, in order, under --merge", async ({ sandbox }) => {
    const script = "for i in 1 2 3; do echo out $i; echo err $i >&2; done";
    const { stdout, stderr } = await sandbox.xrt(["exec", "--merge", "sh", "-c", script]);
    expect({ stdout, stderr }).toEqual({
      stdout: "out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n",
      stderr: "",
    });
  });

  test("hands its own descriptors over under --no-capture, and keeps nothing", async ({ sandbox }) => {
    const { status, stdout } = await sandbox.bash(
      "xrt exec --no-capture sh -c 'readlink /proc/self/fd/1; exit 3' > out; code=$?; readlink -f out; cat out; exit $code",
    );
    const [file, seen] = stdout.trimEnd().split("\n");
    expect(seen).toBe(file);
    expect(status).toBe(3);
    expect(sandbox.left()).toEqual([]);
  });

  test("appends where the shell appends, and shares a file with what comes before and after", async ({
    sandbox,
  }) => {
    await sandbox.bash(
      "{ echo before; xrt exec sh -c 'echo out; sleep 0.2; echo err >&2'; echo after; } >> log 2>&1",
    );
    expect(sandbox.read("log")).toBe("before\nout\nerr\nafter\n");
  });
});

describe("xrt exec with a reader of its stdout", () => {
  test("that leaves: ends at once, dies by SIGPIPE, and nothing stays", async ({ sandbox }) => {
    const { stdout, stderr } = await sandbox.bash('xrt exec yes | head -1; echo "${PIPESTATUS[0]}"');
    expect({ stdout, stderr }).toEqual({ stdout: "y\n141\n", stderr: "" });
    expect(sandbox.left()).toEqual([]);
    expect(survivors(sandbox.mark)).toEqual([]);
  });

  test("that leaves while the command is over and output is left: dies by SIGPIPE too", async ({
    sandbox,
  }) => {
    const { stdout } = await sandbox.bash(
      'xrt exec seq 1000000 | { until [ -n "$(find tmp -name result.json)" ]; do sleep 0.05; done; head -1; }; echo "${PIPESTATUS[0]}"',
    );
    expect(stdout).toBe("1\n141\n");
    expect(sandbox.left()).toEqual([]);
  });

  test("that is slow: gets everything, however long that takes after the command", async ({ sandbox }) => {
    const { stdout } = await sandbox.bash(
      'xrt exec seq 1000000 | { until [ -n "$(find tmp -name result.json)" ]; do sleep 0.05; done; sleep 1.5; wc -l; }; echo "${PIPESTATUS[0]}"',
    );
    expect(stdout.trim().split(/\s+/)).toEqual(["1000000", "0"]);
    expect(sandbox.left()).toEqual([]);
  });

  test("that is stuck: keeps its deadline, and says where the output is", async ({ sandbox }) => {
    // The reader opens the pipe and reads nothing until xrt has ended.
    const { stdout, stderr } = await sandbox.bash(
      "{ xrt exec --timeout 2 sh -c 'seq 1000000; sleep 600'; echo $? > code; } | { until [ -e code ]; do sleep 0.05; done; cat > /dev/null; }; cat code",
    );
    expect(stdout).toBe("124\n");
    expect(stderr).toContain("timeout");
    expect(stderr).toContain("its output was not read to the end");
    const directory = /its directory is kept: (.*)\n/.exec(stderr)?.[1] ?? "";
    expect(readFileSync(`${directory}/stdout.txt`, "utf8").endsWith("\n1000000\n")).toBe(true);
    expect(survivors(sandbox.mark)).toEqual([]);
  });

  test("that is stuck: dies by a signal all the same", async ({ sandbox }) => {
    const { stdout } = await sandbox.bash(
      '{ xrt exec sh -c "seq 1000000; sleep 600" & pid=$!; until [ -s "$(find tmp -name stdout.txt)" ]; do sleep 0.05; done; kill -TERM $pid; wait $pid; echo $? > code; } | { until [ -e code ]; do sleep 0.05; done; cat > /dev/null; }; cat code',
    );
    expect(stdout).toBe("143\n");
    expect(survivors(sandbox.mark)).toEqual([]);
  });

  test("that does not come: dies by a signal also when the command is over", async ({ sandbox }) => {
    const { stdout } = await sandbox.bash(
      '{ xrt exec seq 1000000 & pid=$!; until [ -n "$(find tmp -name result.json)" ]; do sleep 0.05; done; kill -TERM $pid; wait $pid; echo $? > code; } | { until [ -e code ]; do sleep 0.05; done; cat > /dev/null; }; cat code',
    );
    expect(stdout).toBe("143\n");
  });

  test("under --no-capture is the command's own: it dies by SIGPIPE, and so does xrt", async ({
    sandbox,
  }) => {
    const { stdout, stderr } = await sandbox.bash(
      'xrt exec --no-capture yes | head -1; echo "${PIPESTATUS[0]}"',
    );
    expect({ stdout, stderr }).toEqual({ stdout: "y\n141\n", stderr: "" });
    expect(sandbox.left()).toEqual([]);
  });
});

test("xrt exec dies by SIGPIPE when nobody reads its stderr any more", async ({ sandbox }) => {
  const { stdout } = await sandbox.bash(
    '{ xrt exec sh -c "while :; do echo x >&2; sleep 0.05; done" 2>&1 >&3; echo $? > code; } 3>&1 | head -1; cat code',
  );
  expect(stdout).toBe("x\n141\n");
});

test.runIf(process.platform === "linux")(
  "xrt exec says that its stdout is full, ends with 125, and keeps the output",
  async ({ sandbox }) => {
    const { status, stderr } = await sandbox.bash("xrt exec echo precious > /dev/full");
    expect(status).toBe(125);
    expect(stderr).toContain("xrt exec: cannot write to standard output: no space left on device\n");
    const directory = /its directory is kept: (.*)\n/.exec(stderr)?.[1] ?? "";
    expect(readdirSync(directory)).toContain("stdout.txt");
    expect(readFileSync(`${directory}/stdout.txt`, "utf8")).toBe("precious\n");
  },
);
