import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { messageOf } from "./failure.ts";
import type { PackageFixtures } from "./fixtures.ts";
import { defaultExport, loadPackage } from "./package/load-package.ts";
import { packageConformance } from "./package/package-conformance.ts";
import { checkExpectedFailures, readExpectedFailures } from "./report/expected-failures.ts";
import { junitReport } from "./report/junit-report.ts";
import { summaryLine, verdictLine } from "./report/text-report.ts";
import { isBad, judge } from "./report/verdict.ts";
import { UsageError } from "./usage-error.ts";

export const usage = `xrt-conformance <package> [options]

Tests a runner package, by its name or its folder, against what every XRT runner must do.

  --fixtures FILE           a module whose default export has the fixtures of each kind
  --options JSON            what the package's create() is given (default {})
  --expected-failures FILE  ids of cases that are known to fail, one in each line; one that passes fails
  --patience MS             in which whatever must happen has happened (default 10000)
  --json                    the report as JSON
  --junit FILE              the report as JUnit XML too
  --help

Exit status: 0 when all that was tested holds, 1 when not, 2 when it could not be tested.
`;

/** Runs the command; returns its exit status. Throws UsageError. */
export async function runCommand(args: readonly string[], print: (text: string) => void): Promise<0 | 1> {
  const { specifier, ...flags } = readArguments(args);
  if (specifier === undefined) {
    print(usage);
    return 0;
  }
  const { name, version, runnerPackage, manifest } = await loadPackage(specifier);
  const fixtures = flags.fixtures === undefined ? {} : await readFixtures(flags.fixtures);
  const cases = await packageConformance({
    runnerPackage,
    manifest,
    options: flags.options,
    fixtures,
    patienceMs: flags.patienceMs,
  });
  const expected = flags.expected === undefined ? new Set<string>() : readExpectedFailures(flags.expected);
  checkExpectedFailures(expected, cases);
  const title = `${name} ${version}`;
  if (!flags.json) print(`${title}\n\n`);
  const verdicts = await judge(cases, expected, (verdict) => {
    if (!flags.json) print(`${verdictLine(verdict)}\n`);
  });
  const bad = verdicts.some(isBad);
  print(
    flags.json
      ? `${JSON.stringify({ package: name, version, ok: !bad, cases: verdicts }, null, 2)}\n`
      : `\n${summaryLine(verdicts)}\n`,
  );
  if (flags.junit !== undefined) writeFileSync(flags.junit, junitReport(title, verdicts));
  return bad ? 1 : 0;
}

interface Flags {
  /** Undefined where help was asked for. */
  readonly specifier: string | undefined;
  readonly fixtures: string | undefined;
  readonly options: unknown;
  readonly expected: string | undefined;
  readonly patienceMs: number | undefined;
  readonly json: boolean;
  readonly junit: string | undefined;
}

function readArguments(args: readonly string[]): Flags {
  const { values, positionals } = parse(args);
  const [specifier, extra] = positionals;
  if (values.help !== true && specifier === undefined)
    throw new UsageError("name the package: xrt-conformance <package>");
  if (extra !== undefined)
    throw new UsageError(`one package at a time: ${JSON.stringify(extra)} is one too many`);
  return {
    specifier: values.help === true ? undefined : specifier,
    fixtures: values.fixtures,
    options: values.options === undefined ? undefined : readOptions(values.options),
    expected: values["expected-failures"],
    patienceMs: values.patience === undefined ? undefined : readPatience(values.patience),
    json: values.json === true,
    junit: values.junit,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        fixtures: { type: "string" },
        options: { type: "string" },
        "expected-failures": { type: "string" },
        patience: { type: "string" },
        json: { type: "boolean" },
        junit: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

function readOptions(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`--options: expected JSON, got ${JSON.stringify(text)}: ${messageOf(error)}`);
  }
}

function readPatience(text: string): number {
  const ms = Number(text);
  if (Number.isSafeInteger(ms) && ms > 0) return ms;
  throw new UsageError(
    `--patience: expected a whole number of milliseconds above 0, got ${JSON.stringify(text)}`,
  );
}

async function readFixtures(file: string): Promise<PackageFixtures> {
  let fixtures: unknown;
  try {
    fixtures = await defaultExport(file);
  } catch (error) {
    throw new UsageError(`--fixtures: ${file} cannot be imported: ${messageOf(error)}`);
  }
  if (typeof fixtures === "object" && fixtures !== null) return fixtures as PackageFixtures;
  throw new UsageError(
    `--fixtures: the default export of ${file} must be an object with the fixtures of each kind`,
  );
}
