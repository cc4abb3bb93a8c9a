// What failed, in words short enough for the end of a log.
// Plain JavaScript without dependencies, as test-figures.mjs, which prints it.
import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";

const MOST_TESTS = 20;
const MOST_LINES = 15;
const MOST_COLUMNS = 300;

/**
 * Whether a file failed otherwise than in one of its tests: it could not be loaded and has no tests to count, or a hook
 * around its tests threw.
 */
export function failedAsAWhole(file) {
  return file.status === "failed" && file.assertionResults.every((test) => test.status !== "failed");
}

/** The failed tests of one package's report. */
export function failuresIn(packageName, folder, report) {
  return report.testResults.flatMap((file) => {
    const at = `${packageName} ${relative(folder, file.name)}`;
    const tests = file.assertionResults
      .filter((test) => test.status === "failed")
      .map((test) => ({ title: `${at}: ${test.fullName}`, message: test.failureMessages.join("\n") }));
    if (!failedAsAWhole(file)) return tests;
    return [{ title: `${at}: the file, outside of its tests`, message: file.message }];
  });
}

export function printFailures(failures) {
  for (const { title, message } of failures.slice(0, MOST_TESTS)) {
    console.log(`failed: ${cut(title)}`);
    const lines = stripVTControlCharacters(message || "(no message)")
      .trim()
      .split("\n")
      .filter(isOurs);
    for (const line of lines.slice(0, MOST_LINES)) console.log(`    ${cut(line)}`);
    if (lines.length > MOST_LINES) console.log(`    (${lines.length - MOST_LINES} more lines)`);
  }
  if (failures.length > MOST_TESTS) console.log(`failed: ${failures.length - MOST_TESTS} more`);
}

/** The test framework's own frames would leave no room for the line of the test. */
function isOurs(line) {
  return !/^ +at .*[/\\]node_modules[/\\]/.test(line);
}

function cut(line) {
  return line.length > MOST_COLUMNS ? `${line.slice(0, MOST_COLUMNS)}…` : line;
}
