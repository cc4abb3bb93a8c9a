import {
  createdRunnersProblem,
  joinIssues,
  runnerManifestDisagreement,
  runnerManifestProblem,
  runnerPackageProblem,
  showValue,
  type Issue,
  type RunnerManifest,
  type RunnerPackage,
  type RuntimeRunner,
} from "@xrt/contracts";
import type { ConformanceCase } from "../conformance-case.ts";
import { ConformanceFailure, demand, messageOf } from "../failure.ts";

export interface PackageSubject {
  readonly runnerPackage: unknown;
  readonly manifest: unknown;
  readonly options: unknown;
}

const keyword = "xrt-runner";

/** What a package must export and state, before any of its runners runs. */
export function packageCases(subject: PackageSubject): ConformanceCase[] {
  const { runnerPackage, manifest } = subject;
  const declared = (runnerPackage as Partial<RunnerPackage> | undefined)?.options !== undefined;
  return [
    {
      id: "package/export",
      requirement:
        "its default export is a RunnerPackage: kinds, create, and a Standard Schema for its options",
      skip: false,
      run: async () => demandPackage(runnerPackage),
    },
    {
      id: "package/creates",
      requirement: "`create` makes a runner for each of its kinds, and no other",
      skip: false,
      run: async () => {
        demandPackage(runnerPackage);
        const runners = await made(subject);
        const problem = createdRunnersProblem(runnerPackage, runners);
        demand(problem === undefined, problem ?? "");
      },
    },
    {
      id: "package/options",
      requirement: "an unknown option is refused",
      skip: declared ? false : "the package declares no options",
      run: async () => {
        demandPackage(runnerPackage);
        const misspelt = { ...(subject.options as object), no_such_option_of_this_package: 1 };
        const read = await readOptions(runnerPackage, misspelt);
        demand("issues" in read, "a misspelt option was taken: it would mean nothing");
      },
    },
    {
      id: "package/manifest",
      requirement: 'the "xrt" field of its package.json says what its objects say',
      skip: false,
      run: async () => {
        demandPackage(runnerPackage);
        const field = (manifest as { xrt?: unknown } | undefined)?.xrt;
        const problem = runnerManifestProblem(field);
        demand(problem === undefined, problem ?? "");
        const runners = await made(subject);
        const disagreement = runnerManifestDisagreement(field as RunnerManifest, runnerPackage, runners);
        demand(disagreement === undefined, disagreement ?? "");
      },
    },
    {
      id: "package/keyword",
      requirement: `its package.json has the keyword ${keyword}, by which it is found`,
      skip: false,
      run: async () => {
        const keywords = (manifest as { keywords?: unknown } | undefined)?.keywords;
        demand(
          Array.isArray(keywords) && keywords.includes(keyword),
          `"keywords" in package.json: expected ${showValue(keyword)} among them`,
        );
      },
    },
  ];
}

/** The package's runners. Throws ConformanceFailure for options that it refuses, and what `create` throws. */
export async function createRunners(
  subject: PackageSubject,
): Promise<Readonly<Record<string, RuntimeRunner>>> {
  const { runnerPackage } = subject;
  demandPackage(runnerPackage);
  const read = await readOptions(runnerPackage, subject.options);
  if ("issues" in read) {
    throw new ConformanceFailure(
      `the package refuses the options that it is tested with: ${joinIssues(read.issues)}`,
    );
  }
  return runnerPackage.create(read.value);
}

/** Runners that are looked at, and closed. */
async function made(subject: PackageSubject): Promise<Readonly<Record<string, RuntimeRunner>>> {
  let runners: Readonly<Record<string, RuntimeRunner>>;
  try {
    runners = await createRunners(subject);
  } catch (error) {
    throw new ConformanceFailure(`create() failed: ${messageOf(error)}`);
  }
  await closeAll(Object.values(runners));
  return runners;
}

export async function closeAll(runners: readonly RuntimeRunner[]): Promise<void> {
  for (const runner of runners) await runner.close?.();
}

async function readOptions(
  { options: schema }: RunnerPackage,
  options: unknown,
): Promise<{ value: unknown } | { issues: readonly Issue[] }> {
  if (schema === undefined) return { value: options };
  const read = (await schema["~standard"].validate(options)) as {
    value?: unknown;
    issues?: readonly Issue[];
  };
  if (read.issues === undefined) return { value: read.value };
  return { issues: read.issues.map(({ message, path }) => ({ message, path: path ?? [] })) };
}

function demandPackage(value: unknown): asserts value is RunnerPackage {
  const problem = runnerPackageProblem(value);
  demand(problem === undefined, problem ?? "");
}
