import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repository } from "./workspace.ts";

const text = readFileSync(join(repository, "SECURITY.md"), "utf8");

test("every threat in SECURITY.md names the tests that show what holds, and they are there", () => {
  const threats = text.split("\n").filter((line) => /^\| [^-]/.test(line) && !line.startsWith("| threat"));
  expect(threats.length).toBeGreaterThan(10);
  for (const threat of threats) {
    const files = Array.from(threat.matchAll(/`(packages\/[^`]+)`/g), ([, file]) => file ?? "");
    expect({ threat, named: files.length > 0 }).toEqual({ threat, named: true });
    expect(files.filter((file) => !existsSync(join(repository, file)))).toEqual([]);
  }
});
