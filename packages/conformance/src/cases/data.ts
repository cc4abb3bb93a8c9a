import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { showValue, type Artifact } from "@xrt/contracts";
import type { CaseDefinition } from "../case-definition.ts";
import { demand, sleep } from "../failure.ts";
import type { Ending, Trial } from "../trial/trial.ts";
import { outputOf, requireContent } from "./content.ts";
import { requireStatus } from "./stops.ts";

/** What goes into a run, and what comes out of it. */
export const data: readonly CaseDefinition[] = [
  {
    id: "data/invocation",
    requirement: "the invocation is left as it was",
    needs: ["succeeds"],
    async test(bench) {
      const { trial } = await bench.run(bench.fixture("succeeds"), { frozen: false });
      demand(isDeepStrictEqual(trial.invocation, trial.asked), "it changed the invocation that it was given");
      // Core's are frozen all the way down: what would change one throws.
      requireStatus("succeeded", (await bench.run(bench.fixture("succeeds"))).ending);
    },
  },
  {
    id: "data/output",
    requirement: "output is kept byte for byte, and all of it is in the file when the run is over",
    needs: ["writesOutput"],
    async test(bench) {
      const { trial, ending } = await bench.run(bench.fixture("writesOutput"));
      requireStatus("succeeded", ending);
      for (const stream of ["stdout", "stderr"] as const) {
        const expected = trial.scenario[stream];
        if (expected !== undefined) requireContent(stream, outputOf(trial, ending, stream), expected);
      }
    },
  },
  {
    id: "data/nothing-late",
    requirement: "once it has answered, it writes, tells and checkpoints nothing more",
    needs: ["succeeds"],
    async test(bench) {
      const { writesOutput = bench.fixture("succeeds") } = bench.subject.fixtures;
      const { trial } = await bench.run(writesOutput);
      // What comes later than this is not found.
      await sleep(200);
      const { late } = trial.context.faults;
      demand(late.length === 0, `after its answer came ${late.join(", ")}`);
    },
  },
  {
    id: "data/events",
    requirement:
      "it emits events of the vocabulary, or namespaced ones, that JSON carries; and such checkpoints",
    needs: ["succeeds"],
    async test(bench) {
      const { succeeds, fails, writesOutput, runsUntilStopped } = bench.subject.fixtures;
      for (const given of [succeeds, fails, writesOutput]) {
        if (given !== undefined) requireNoneRefused((await bench.run(given)).trial);
      }
      if (runsUntilStopped === undefined) return;
      const trial = await bench.start(runsUntilStopped, { timeoutMs: 250 });
      await bench.end(trial, "after its deadline");
      requireNoneRefused(trial);
    },
  },
  {
    id: "data/input",
    requirement: "input is read whole, from a payload file as from the caller",
    needs: ["readsInput"],
    async test(bench) {
      for (const inputFrom of ["caller", "file"] as const) {
        const { trial, ending } = await bench.run(bench.fixture("readsInput"), { inputFrom });
        requireStatus("succeeded", ending);
        const what = `stdout, with the input from the ${inputFrom}`;
        requireContent(what, outputOf(trial, ending, "stdout"), trial.scenario.stdout);
      }
    },
  },
  {
    id: "data/artifact",
    requirement:
      "an artifact is a regular file with what the work wrote, in the artifact directory or named by the outcome",
    needs: ["leavesArtifact"],
    async test(bench) {
      const { trial, ending } = await bench.run(bench.fixture("leavesArtifact"));
      requireStatus("succeeded", ending);
      const { name, content } = trial.scenario;
      const found = artifactsOf(trial, ending);
      const artifact = found.find(({ path }) => basename(path) === name);
      demand(
        artifact !== undefined,
        `no artifact is named ${showValue(name)}; there is ${found.map(({ path }) => showValue(path)).join(", ") || "none"}`,
      );
      demand(lstatSync(artifact.path).isFile(), `${artifact.path} is not a regular file`);
      const bytes = readFileSync(artifact.path);
      requireContent(`the artifact ${name}`, bytes, content);
      requireFacts(artifact, bytes);
    },
  },
];

function requireNoneRefused({ context: { faults } }: Trial): void {
  demand(faults.refused.length === 0, faults.refused[0] ?? "");
}

/** With absolute paths: what the outcome names, and what lies in the artifact directory. */
function artifactsOf({ context, invocation }: Trial, { outcome }: Ending): Artifact[] {
  const named = (outcome?.artifacts ?? []).map((artifact) => ({
    ...artifact,
    path: resolve(invocation.working_directory, artifact.path),
  }));
  const left = readdirSync(context.artifactDirectory, { recursive: true, encoding: "utf8" });
  return [...named, ...left.map((name) => ({ path: join(context.artifactDirectory, name) }))];
}

/** With both, core believes them and does not read the file. */
function requireFacts({ path, size_bytes, sha256 }: Artifact, bytes: Buffer): void {
  demand(
    size_bytes === undefined || size_bytes === bytes.byteLength,
    `${path}: the outcome says that it has ${size_bytes} bytes, and it has ${bytes.byteLength}`,
  );
  const hash = createHash("sha256").update(bytes).digest("hex");
  demand(
    sha256 === undefined || sha256 === hash,
    `${path}: the outcome says that its SHA-256 is ${sha256}, and it is ${hash}`,
  );
}
