import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { lowestNode, nodeMajors, testedNodes } from "./node-versions.ts";
import { packages, repository, repositoryFiles } from "./workspace.ts";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix?: { readonly node?: readonly number[] } };
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

function read(file: string): string {
  return readFileSync(join(repository, file), "utf8");
}

const folder = join(repository, ".github/workflows");

function workflow(file: string): Workflow {
  return parse(read(`.github/workflows/${file}`), { strict: true }) as Workflow;
}

function stepsOf({ jobs }: Workflow): readonly Step[] {
  return Object.values(jobs).flatMap(({ steps }) => steps);
}

const ci = workflow("ci.yml");
const release = workflow("release.yml");

describe.each(readdirSync(folder))("%s", (file) => {
  test("may read alone, unless a job asks for more", () => {
    expect(workflow(file).permissions).toEqual({ contents: "read" });
  });

  test("has steps that run or use something, at a version", () => {
    for (const step of stepsOf(workflow(file))) {
      expect([step.run, step.uses].filter((what) => what !== undefined)).toHaveLength(1);
      if (step.uses !== undefined) expect(step.uses).toMatch(/^[\w-]+\/[\w-]+@v\d+/);
    }
  });

  test("names only scripts that are there", () => {
    const text = read(`.github/workflows/${file}`);
    const { scripts } = JSON.parse(read("package.json")) as {
      scripts: object;
    };
    const programs = [...text.matchAll(/bash (\.ci\/[\w-]+)/g)].map(([, path = ""]) => path);
    for (const path of programs) expect(statSync(join(repository, path)).mode & 0o111, path).not.toBe(0);
    const names = [...text.matchAll(/pnpm@12 run ([\w-]+)/g)].map(([, name = ""]) => name);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(names));
  });
});

describe("CI", () => {
  test("runs .ci/run for every push to main and every pull request", () => {
    expect(Object.keys(ci.on).toSorted()).toEqual(["pull_request", "push"]);
    expect(stepsOf(ci).map(({ run }) => run)).toContain("bash .ci/run");
  });

  test("runs on the versions of Node that the tarballs are tried on", () => {
    const matrices = Object.values(ci.jobs).map(({ strategy }) => strategy?.matrix?.node);
    expect(matrices).toEqual([[...nodeMajors]]);
  });
});

describe("the versions of Node", () => {
  test("begin with the lowest that the engines of each package let in", () => {
    for (const { name, manifest } of packages) {
      expect(manifest.engines?.["node"], name).toBe(`>=${lowestNode.replace(/\.0$/, "")}`);
    }
    expect(lowestNode).toMatch(`${nodeMajors[0]}.`);
    expect(testedNodes[0]).toBe(lowestNode);
  });

  test("are those that the README names, and no document names another lowest one", () => {
    const list = `${nodeMajors.slice(0, -1).join(", ")} and ${nodeMajors.at(-1)}`;
    expect(read("README.md")).toContain(`They are tested on Node ${list}.`);
    const stated = repositoryFiles
      .filter((file) => file.endsWith(".md") && !file.endsWith("CHANGELOG.md"))
      .flatMap((file) => [...read(file).matchAll(/Node (\d+\.\d+) or later/g)].map(([, version]) => version));
    expect(new Set(stated)).toEqual(new Set([lowestNode.replace(/\.0$/, "")]));
  });
});

describe("a release", () => {
  test("goes the way that is rehearsed, with provenance", () => {
    const changesets = stepsOf(release).find(({ uses }) => uses?.startsWith("changesets/action@"));
    expect(changesets?.with).toEqual({
      version: "npx -y pnpm@12 run version-packages",
      publish: "bash .ci/release --provenance",
    });
    const [job] = Object.values(release.jobs);
    expect(job?.permissions).toMatchObject({ "id-token": "write" });
  });

  test("is asked first whether a breaking move leaves somebody behind", () => {
    const lines = read(".ci/release").split("\n");
    const at = (part: string): number => lines.findIndex((line) => line.includes(part));
    expect(at("run breaking-moves")).toBeGreaterThan(0);
    expect(at("run breaking-moves")).toBeLessThan(at("publish --recursive"));
  });
});
