import { describe, expect } from "vitest";
import { invocation, test, until } from "../sandbox.ts";
import { hasTmux, Terminal } from "./terminal.ts";

const escape = "\u001b";

describe.skipIf(!hasTmux)("xrt run on a terminal", () => {
  const waiting = 'until [ -e go ]; do sleep 0.05; done; echo "trouble \u001b[2J here" >&2; exit 3';

  test("shows elapsed and remaining time on a live line, then a short summary in its place", async ({
    sandbox,
  }) => {
    const command = ["sh", "-c", waiting];
    sandbox.write("in.json", invocation({ runtime_name: "build", command, timeout_seconds: 50 }));
    using terminal = new Terminal(sandbox, "xrt run in.json > out; echo code $?");
    await terminal.shows(/^build {2}\d+ s elapsed, 4\d s left$/m);
    await terminal.shows(/^build {2}[1-9]\d* s elapsed/m);
    sandbox.write("go", "");
    const screen = await terminal.shows("code 1");
    expect(screen).not.toContain("elapsed");
    expect(screen).toMatch(/^failed {2}build, \d[\d.]* m?s, exit code 3\n {2}.*exited with status 3/);
    expect(screen.replaceAll("\n", "")).toContain("| trouble \\u001b[2J here");
    expect(JSON.parse(sandbox.read("out"))).toMatchObject({ status: "failed" });
  });

  test("prints the result above the summary where stdout is the terminal too", async ({ sandbox }) => {
    sandbox.write("in.json", invocation({ command: ["sleep", "0.5"] }));
    using terminal = new Terminal(sandbox, "xrt run in.json; echo code $?");
    const screen = await terminal.shows("code 0");
    expect(screen).toMatch(/^\{\n {2}"schema_version": "0\.1",\n[^]*\n\}\nsucceeded {2}test, /);
    expect(screen).not.toContain("elapsed");
  });

  test("draws no live line among events, nor on a terminal that cannot clear one", async ({ sandbox }) => {
    sandbox.write("in.json", invocation({ command: ["sleep", "1"] }));
    using terminal = new Terminal(
      sandbox,
      "xrt run --events - in.json; TERM=dumb xrt run in.json > out; echo code $?",
    );
    const screen = await terminal.shows("code 0");
    expect(screen).not.toContain("elapsed");
    expect(screen.replaceAll("\n", "")).toContain('"type":"finished"');
    expect(screen).toMatch(/succeeded {2}test, .*exit code 0/);
  });

  test("is cancelled by Ctrl-C, and tells its result", async ({ sandbox }) => {
    sandbox.write("in.json", invocation({ command: ["sleep", "600"] }));
    using terminal = new Terminal(sandbox, "trap : INT; xrt run in.json > out; echo code $?");
    await terminal.shows("elapsed");
    terminal.press("C-c");
    const screen = await terminal.shows("code 130");
    expect(screen).toMatch(/cancelled {2}test, /);
    expect(JSON.parse(sandbox.read("out"))).toMatchObject({ status: "cancelled" });
  });

  test.for([
    ["colours", "", {}, true],
    ["no colours with --no-color", "--no-color", {}, false],
    ["no colours with NO_COLOR", "", { NO_COLOR: "1" }, false],
    ["colours with an empty NO_COLOR", "", { NO_COLOR: "" }, true],
  ] as const)("has %s", async ([_name, option, env, colored], { sandbox }) => {
    sandbox.write("in.json", invocation());
    using terminal = new Terminal(sandbox, `xrt run ${option} in.json > out; echo code $?`, env);
    await terminal.shows("code 0");
    expect(terminal.screen(true).includes(`${escape}[32msucceeded`)).toBe(colored);
  });

  test("writes none of that where stderr is no terminal", async ({ sandbox }) => {
    sandbox.write("in.json", invocation({ command: ["sleep", "0.5"] }));
    using terminal = new Terminal(sandbox, "xrt run in.json 2> err; echo code $?");
    const screen = await terminal.shows("code 0");
    expect(screen).not.toContain("elapsed");
    expect(sandbox.read("err")).toBe("");
  });
});

describe.skipIf(!hasTmux)("xrt exec on a terminal", () => {
  test("gives the command no terminal, but with --no-capture its own", async ({ sandbox }) => {
    const look = "sh -c 'for fd in 0 1 2; do if [ -t $fd ]; then echo $fd yes; else echo $fd no; fi; done'";
    using terminal = new Terminal(
      sandbox,
      `xrt exec ${look}; echo ---; xrt exec --no-capture ${look}; echo done`,
    );
    const screen = await terminal.shows("done");
    expect(screen).toMatch(/^0 no\n1 no\n2 no\n---\n0 yes\n1 yes\n2 yes\ndone/);
  });

  test("passes what is typed on to a command under --no-capture", async ({ sandbox }) => {
    using terminal = new Terminal(
      sandbox,
      "xrt exec --no-capture sh -c 'echo ready; read line; echo got $line'; echo code $?",
    );
    await terminal.shows("ready");
    terminal.press("hello", "Enter");
    expect(await terminal.shows("code 0")).toContain("got hello");
  });

  test("ends with its command on Ctrl-C", async ({ sandbox }) => {
    using terminal = new Terminal(
      sandbox,
      "trap : INT; xrt exec -q sh -c 'trap \"echo tidied; exit\" TERM; echo ready; while :; do sleep 0.05; done'; echo code $?",
    );
    await terminal.shows("ready");
    terminal.press("C-c");
    const screen = await terminal.shows("code 130");
    expect(screen).toContain("tidied");
  });

  test("keeps its deadline while the terminal is stopped by Ctrl-S", async ({ sandbox }) => {
    using terminal = new Terminal(
      sandbox,
      "xrt exec --timeout 2 sh -c 'while :; do echo y; sleep 0.01; done'; echo $? > code",
    );
    await terminal.shows("y\ny\n");
    terminal.press("C-s");
    await until(() => exists(sandbox.read.bind(sandbox, "code")), "xrt has ended");
    expect(sandbox.read("code")).toBe("124\n");
  });

  test("colours the summary of -v, but not under --no-color", async ({ sandbox }) => {
    using terminal = new Terminal(sandbox, "xrt exec -v true; xrt exec -v --no-color true; echo done");
    await terminal.shows("done");
    expect(terminal.screen(true).split(`${escape}[32msucceeded`)).toHaveLength(2);
    expect(terminal.screen().split("succeeded")).toHaveLength(3);
  });
});

function exists(read: () => string): boolean {
  try {
    return read() !== "";
  } catch {
    return false;
  }
}
