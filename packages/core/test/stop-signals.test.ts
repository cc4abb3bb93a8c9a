import { cp, mkdir, readFile, symlink } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseResult, type RuntimeResult } from "@xrt/contracts/v0.1";
import { expect, test } from "vitest";
import { begun, startFixture, type Fixture } from "./fixture.ts";
import type { SuperviseParameters } from "./fixtures/supervise.ts";
import { livingWith } from "./living-processes.ts";
import { openWorkbench, runnerOf, succeed, until, untilStopped } from "./workbench.ts";

interface Supervision extends AsyncDisposable {
  readonly fixture: Fixture;
  readonly directory: string;
  resultOf(id: string): Promise<RuntimeResult>;
  /** How many of the runs' processes live. */
  living(): number;
}

/** A supervisor in a process of its own, whose runs have all been started. */
async function supervise(parameters: Partial<SuperviseParameters>): Promise<Supervision> {
  const bench = await openWorkbench();
  const { directory } = bench;
  const ids = parameters.ids ?? ["a", "b"];
  // Its last argument is unique, so that its processes can be told from all others.
  const command = [...(parameters.command ?? ["sh", "-c", "while :; do sleep 0.1; done"]), directory];
  const fixture = startFixture("supervise.ts", { ids, ...parameters, directory, command });
  const living = () => livingWith(directory).length;
  const supervision: Supervision = {
    fixture,
    directory,
    living,
    async resultOf(id) {
      const file = path.join(directory, ".xrt", id, "result.json");
      return parseResult(JSON.parse(await readFile(file, "utf8")));
    },
    async [Symbol.asyncDispose]() {
      fixture.process.kill("SIGKILL");
      await fixture.ended;
      for (const pid of livingWith(directory)) process.kill(pid, "SIGKILL");
      await bench[Symbol.asyncDispose]();
    },
  };
  return begun(supervision, fixture.heard("started", ids.length));
}

const counts = () => ["SIGTERM", "SIGINT", "SIGHUP"].map((signal) => process.listenerCount(signal));

const once = { listening: [1, 1, 1] };

test.for(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
  "%s stops every run, writes the results, and then ends the supervisor by that signal",
  async (signal) => {
    await using supervision = await supervise({});
    const { fixture } = supervision;
    fixture.process.kill(signal);
    expect(await fixture.ended).toEqual({ status: null, signal, stderr: "" });
    expect(supervision.living()).toBe(0);
    for (const id of ["a", "b"]) {
      expect(await supervision.resultOf(id)).toMatchObject({
        status: "cancelled",
        error_summary: `the subprocess run was cancelled: the supervisor got ${signal}`,
        metadata: { "xrt.error_code": "supervisor_stopped" },
      });
    }
    expect(fixture.messages).toContainEqual(once);
    const stopping = fixture.events.filter((event) => event.type === "stopping");
    expect(stopping).toMatchObject([{ cause: "supervisor" }, { cause: "supervisor" }]);
  },
);

test.for(["on", "once"] as const)(
  "a host that listens itself, by %s, is left alive, with all runs stopped",
  async (host) => {
    await using supervision = await supervise({ host });
    const { fixture } = supervision;
    fixture.process.kill("SIGTERM");
    expect(await fixture.ended).toEqual({ status: 0, signal: null, stderr: "" });
    expect(fixture.messages).toContainEqual({ host: "SIGTERM" });
    expect(fixture.messages.at(-1)).toEqual({
      statuses: ["cancelled", "cancelled"],
      listeningAfter: [host === "on" ? 1 : 0, 0, 0],
    });
  },
);

test("a second signal kills at once, however long the grace", async () => {
  await using supervision = await supervise({
    ids: ["a"],
    command: ["sh", "-c", 'trap "" TERM; echo deaf; while :; do sleep 0.1; done'],
    graceMs: 1_000_000,
  });
  const { fixture, directory } = supervision;
  await until("it ignores SIGTERM", async () =>
    (await readFile(path.join(directory, ".xrt", "a", "stdout.txt"), "utf8")).includes("deaf"),
  );
  fixture.process.kill("SIGTERM");
  await fixture.heard("stopping");
  expect(supervision.living()).toBeGreaterThan(0);
  fixture.process.kill("SIGTERM");
  expect(await fixture.ended).toMatchObject({ signal: "SIGTERM" });
  await until("the run's process is gone", () => supervision.living() === 0);
});

test("two runtimes share one listener", async () => {
  await using supervision = await supervise({ runtimes: 2 });
  supervision.fixture.process.kill("SIGTERM");
  expect(await supervision.fixture.ended).toMatchObject({ signal: "SIGTERM" });
  expect(supervision.fixture.messages).toContainEqual(once);
  for (const id of ["a", "b"]) expect((await supervision.resultOf(id)).status).toBe("cancelled");
});

test("two copies of core in one process share one listener", async () => {
  await using bench = await openWorkbench();
  const copy = path.join(bench.directory, "copy");
  const here = fileURLToPath(new URL("..", import.meta.url));
  await cp(path.join(here, "src"), path.join(copy, "src"), { recursive: true });
  await cp(path.join(here, "package.json"), path.join(copy, "package.json"));
  await mkdir(path.join(copy, "node_modules", "@xrt"), { recursive: true });
  const contracts = path.join("node_modules", "@xrt", "contracts");
  await symlink(path.join(here, "..", "contracts"), path.join(copy, contracts));

  await using supervision = await supervise({ copy: path.join(copy, "src", "index.ts") });
  supervision.fixture.process.kill("SIGTERM");
  expect(await supervision.fixture.ended).toEqual({ status: null, signal: "SIGTERM", stderr: "" });
  expect(supervision.fixture.messages).toContainEqual(once);
  for (const id of ["a", "b"]) expect((await supervision.resultOf(id)).status).toBe("cancelled");
});

test("with handleSignals: false nothing listens, and a signal ends the supervisor as ever", async () => {
  await using supervision = await supervise({ handleSignals: false });
  const { fixture } = supervision;
  fixture.process.kill("SIGTERM");
  expect(await fixture.ended).toMatchObject({ signal: "SIGTERM" });
  expect(fixture.messages).toContainEqual({ listening: [0, 0, 0] });
  expect(fixture.events.map(({ type }) => type)).not.toContain("stopping");
});

test("a host that begins a run whenever one has ended is ended all the same", async () => {
  await using supervision = await supervise({ again: true, ids: ["a"] });
  supervision.fixture.process.kill("SIGTERM");
  expect(await supervision.fixture.ended).toMatchObject({ signal: "SIGTERM" });
  expect((await supervision.resultOf("a")).status).toBe("cancelled");
  expect(supervision.fixture.events.filter((event) => event.type === "started")).toHaveLength(1);
});

test("there are listeners while runs live, and none before or after", async () => {
  const before = counts();
  await using bench = await openWorkbench();
  const runs = [bench.start(untilStopped), bench.start(untilStopped)];
  expect(counts()).toEqual(before.map((count) => count + 1));
  await runs[0]?.cancel();
  expect(counts()).toEqual(before.map((count) => count + 1));
  await runs[1]?.cancel();
  expect(counts()).toEqual(before);
  // One after the other, with no turn between.
  for (let index = 0; index < 20; index += 1) await bench.run(runnerOf(succeed));
  expect(counts()).toEqual(before);
});
