import { readFileSync } from "node:fs";
import { contractKinds, jsonSchema } from "@xrt/contracts/v0.1";
import { jsonSchema as jsonSchemaV02 } from "@xrt/contracts/v0.2";
import { describe, expect } from "vitest";
import { test } from "../sandbox.ts";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
const commands = ["run", "exec", "recover", "validate", "schema", "runners"];

describe("xrt schema", () => {
  test.for(contractKinds)("prints the JSON Schema of %s", async (kind, { sandbox }) => {
    const { status, stdout, stderr } = await sandbox.xrt(["schema", kind]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual(jsonSchema(kind));
  });

  test.for(contractKinds)("prints that of %s in the version that is asked for", async (kind, { sandbox }) => {
    const { status, stdout } = await sandbox.xrt(["schema", "--schema-version", "0.2", kind]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual(jsonSchemaV02(kind));
  });

  test("lists the known versions for an unknown one", async ({ sandbox }) => {
    const { status, stdout, stderr } = await sandbox.xrt(["schema", "--schema-version=2", "runtime_result"]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toBe('xrt schema: --schema-version: "2" is not known; known: 0.1, 0.2\n');
  });

  test("lists the known kinds for an unknown one, and in its help", async ({ sandbox }) => {
    const { status, stdout, stderr } = await sandbox.xrt(["schema", "invocation"]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    const known = contractKinds.join(", ");
    expect(stderr).toBe(`xrt schema: "invocation" is not a contract kind; known: ${known}\n`);
    expect((await sandbox.xrt(["schema", "--help"])).stdout).toContain(known);
  });
});

test("xrt runners lists each kind with its package", async ({ sandbox }) => {
  const { status, stdout } = await sandbox.xrt(["runners"]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^subprocess +@xrt\/runner-subprocess$/m);
});

describe("xrt --version", () => {
  test("names ours, the contract's and the runner interface's", async ({ sandbox }) => {
    const { status, stdout } = await sandbox.xrt(["--version"]);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: `xrt ${version} (contract 0.1, 0.2; runner interface 1.0)\n`,
    });
  });

  test("says the same as JSON", async ({ sandbox }) => {
    const { stdout } = await sandbox.xrt(["--version", "--json"]);
    expect(JSON.parse(stdout)).toEqual({
      xrt: version,
      contract_versions: ["0.1", "0.2"],
      runner_interface_version: "1.0",
    });
  });
});

describe("help", () => {
  test("of xrt lists the commands, with examples", async ({ sandbox }) => {
    const { status, stdout, stderr } = await sandbox.xrt(["--help"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command} `, "m"));
    expect(stdout).toContain("Examples:\n");
  });

  test.for(commands)("of %s has examples, with --help as with help", async (command, { sandbox }) => {
    const { status, stdout } = await sandbox.xrt([command, "--help"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`Examples:\n  .*xrt ${command}`));
    expect((await sandbox.xrt(["help", command])).stdout).toBe(stdout);
  });

  test("of every command fits into 80 columns", async ({ sandbox }) => {
    for (const command of commands) {
      const { stdout } = await sandbox.xrt([command, "--help"]);
      expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    }
  });

  test("dies by SIGPIPE where nobody reads it", async ({ sandbox }) => {
    const { stdout, stderr } = await sandbox.bash('xrt --help | true; echo "${PIPESTATUS[0]}"');
    // The pipe may take it all before its reader is gone.
    expect(stdout).toMatch(/^(141|0)\n$/);
    expect(stderr).toBe("");
  });
});

describe("xrt refuses with 2 and a sentence", () => {
  test.for([
    [[], "a command is missing: expected run, exec, recover, validate, schema or runners; see xrt --help"],
    [["valdate"], '"valdate" is not a command (did you mean validate?): expected run, '],
    [["help", "nonsense"], "there is no such command; see xrt --help"],
    [["--nonsense"], "unknown option '--nonsense'; see xrt --help"],
    [["--vrsion"], "unknown option '--vrsion' (Did you mean --version?); see xrt --help"],
  ] as const)("%j", async ([args, sentence], { sandbox }) => {
    const { status, stdout, stderr } = await sandbox.xrt(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(`xrt: ${sentence}`);
    expect(stderr).toMatch(/^[^\n]*\n$/);
  });
});
