// Prints every failed test with what it said, so that the end of a log is enough to see what broke; then what the test
// reporter counted in each package, and the sum; with --closing-line, the sum once more as the last line, alone:
// "N passed, N failed, N skipped".
// Exits 1 when a test failed, when a package that has tests left no figures, and under CI when a test was skipped: a test
// for another platform is not registered at all on this one, so a skip always means that this machine lacks a tool.
// Plain JavaScript without dependencies: it must speak also where the install failed, on the system's own Node.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { failedAsAWhole, failuresIn, printFailures } from "./failed-tests.mjs";

const total = { passed: 0, failed: 0, skipped: 0 };
const rows = [];
const failures = [];
const problems = [];
const skippedNames = [];

for (const folder of readdirSync("packages").toSorted()) {
  const manifest = join("packages", folder, "package.json");
  if (!existsSync(manifest)) continue;
  const { name, scripts } = readJson(manifest);
  if (scripts?.test === undefined) continue;
  const file = join("packages", folder, "test-results.json");
  if (!existsSync(file)) {
    problems.push(`${name}: no test-results.json, so its tests did not run to their end`);
    continue;
  }
  const report = readReport(file);
  if (report === undefined) {
    problems.push(`${name}: test-results.json is cut short, so its tests did not run to their end`);
    continue;
  }
  const figures = readFigures(report);
  rows.push([name, figures]);
  failures.push(...failuresIn(name, join("packages", folder), report));
  for (const test of figures.skippedNames) skippedNames.push(`${name}: ${test}`);
  if (figures.passed === 0) problems.push(`${name}: no test passed`);
  for (const key of Object.keys(total)) total[key] += figures[key];
}

printFailures(failures);
for (const [name, figures] of rows) printRow(name, figures);
printRow("all packages", total);
for (const name of skippedNames) console.log(`skipped, for want of a tool: ${name}`);
for (const problem of problems) console.log(problem);
if (process.argv.includes("--closing-line")) console.log(closingLine(total));
const mayNotSkip = process.env.CI !== undefined && total.skipped > 0;
process.exitCode = problems.length > 0 || total.failed > 0 || total.passed === 0 || mayNotSkip ? 1 : 0;

function readJson(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}

/** Nothing for half a file, which a reporter that was killed leaves: the other packages' figures are wanted all the same. */
function readReport(file) {
  try {
    return readJson(file);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function readFigures(report) {
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const broken = report.testResults.filter(failedAsAWhole);
  const skipped = tests.filter((test) => test.status !== "passed" && test.status !== "failed");
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: skipped.length,
    skippedNames: skipped.map((test) => test.fullName),
  };
}

function printRow(name, figures) {
  console.log(`${name.padEnd(24)} ${closingLine(figures)}`);
}

function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
