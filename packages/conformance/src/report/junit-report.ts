import { isBad, type Verdict } from "./verdict.ts";

/** The report as JUnit XML, which CI services read. */
export function junitReport(name: string, verdicts: readonly Verdict[]): string {
  const failures = verdicts.filter(isBad).length;
  const skipped = verdicts.filter(({ status }) => isLeftOut(status)).length;
  const seconds = verdicts.reduce((sum, { duration_ms }) => sum + duration_ms, 0) / 1000;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="${escape(name)}" tests="${verdicts.length}" failures="${failures}" errors="0" skipped="${skipped}" time="${seconds}">`,
    ...verdicts.map((verdict) => testcase(name, verdict)),
    "</testsuite>",
    "",
  ].join("\n");
}

function testcase(name: string, verdict: Verdict): string {
  const { id, requirement, status, reason, duration_ms } = verdict;
  const head = `  <testcase classname="${escape(name)}" name="${escape(`${id}: ${requirement}`)}" time="${duration_ms / 1000}"`;
  const message = escape(reason ?? "");
  if (isBad(verdict)) return `${head}><failure message="${message}">${message}</failure></testcase>`;
  if (isLeftOut(status)) return `${head}><skipped message="${message}"/></testcase>`;
  return `${head}/>`;
}

/** JUnit has no word for a failure that was expected. */
function isLeftOut(status: Verdict["status"]): boolean {
  return status === "skipped" || status === "failed as expected";
}

/** XML 1.0 (section 2.2) has no place for control characters, escaped or not. */
function escape(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\n", "&#10;");
}
