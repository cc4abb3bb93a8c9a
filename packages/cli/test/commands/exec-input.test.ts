import { describe, expect } from "vitest";
import { test } from "../sandbox.ts";

describe("xrt exec gives the command", () => {
  test("what is piped into it", async ({ sandbox }) => {
    const { stdout } = await sandbox.bash("seq 1 5 | xrt exec cat");
    expect(stdout).toBe("1\n2\n3\n4\n5\n");
  });

  test("the file that is its stdin", async ({ sandbox }) => {
    sandbox.write("file", "content\n");
    const { stdout } = await sandbox.bash("xrt exec cat < file");
    expect(stdout).toBe("content\n");
  });

  test("only as much of it as it reads: the rest is there for the next", async ({ sandbox }) => {
    const { stdout } = await sandbox.bash("seq 1 3 | { xrt exec sh -c 'read line; echo got $line'; cat; }");
    expect(stdout).toBe("got 1\n2\n3\n");
  });

  test("nothing under -n, though there is a pipe", async ({ sandbox }) => {
    const { status, stdout } = await sandbox.bash("seq 1 5 | xrt exec -n cat");
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
  });

  test("the file of --input, and its path in XRT_INPUT_PATH", async ({ sandbox }) => {
    const file = sandbox.write("payload", "payload\n");
    const { stdout } = await sandbox.xrt([
      "exec",
      "--input",
      "payload",
      "sh",
      "-c",
      "cat; echo $XRT_INPUT_PATH",
    ]);
    expect(stdout).toBe(`payload\n${file}\n`);
  });

  test("its own stdin for --input -", async ({ sandbox }) => {
    const { stdout } = await sandbox.xrt(["exec", "--input", "-", "cat"], { input: "piped" });
    expect(stdout).toBe("piped");
  });

  test("no input from a file that is missing: it says so, with 125", async ({ sandbox }) => {
    const { status, stdout, stderr } = await sandbox.xrt(["exec", "--input", "missing", "cat"]);
    expect({ status, stdout }).toEqual({ status: 125, stdout: "" });
    expect(stderr).toMatch(/^xrt exec: .*missing.*\n$/);
  });
});

test("xrt exec refuses --input together with -n", async ({ sandbox }) => {
  const { status, stderr } = await sandbox.xrt(["exec", "-n", "--input", "x", "cat"]);
  expect({ status, stderr }).toEqual({
    status: 125,
    stderr: "xrt exec: --no-stdin and --input exclude each other; leave one out\n",
  });
});
