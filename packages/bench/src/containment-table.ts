// Which process trees each tool leaves running, as a Markdown table: shapes down, tools across. With --write it takes the
// place of the one in the subprocess runner's README, between its two marks.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterMs, compileShapes, countSurvivors, type Survivors } from "./containment/count-survivors.ts";
import { rows } from "./containment/rows.ts";
import { tools } from "./containment/tools.ts";
import { makeScratch } from "./scratch.ts";

const marks = ["<!-- containment table -->", "<!-- end of containment table -->"] as const;
const names = Object.keys(tools);

using scratch = makeScratch();
const program = compileShapes(scratch.path);
const clean = new Map(names.map((name) => [name, 0]));
const lines = [`| tree | ${names.join(" | ")} |`, `|---|${"---|".repeat(names.length)}`];
for (const [n, row] of rows.entries()) {
  const cell = async (name: string, at: number): Promise<string> => {
    const survivors = await countSurvivors(name, row, program, join(scratch.path, `${n}-${at}`));
    if (survivors.alive === 0 && !survivors.hangs) clean.set(name, (clean.get(name) ?? 0) + 1);
    return show(survivors);
  };
  const cells: string[] = [];
  // One tool's hoppers would take the machine from another's.
  if (row.shape === "hopper") for (const [at, name] of names.entries()) cells.push(await cell(name, at));
  else cells.push(...(await Promise.all(names.map(cell))));
  lines.push(`| ${row.title} | ${cells.join(" | ")} |`);
}
lines.push(`| **of ${rows.length}** | ${names.map((name) => `**${clean.get(name)}**`).join(" | ")} |`);
const table = lines.join("\n");
console.log(table);
console.log(`processes of the tree that live ${afterMs} ms after its end`);

if (process.argv.includes("--write")) {
  const readme = fileURLToPath(
    new URL("README.md", import.meta.resolve("@xrt/runner-subprocess/package.json")),
  );
  const text = readFileSync(readme, "utf8");
  const [begin, end] = marks.map((mark) => text.indexOf(mark));
  if (begin === undefined || end === undefined || begin < 0 || end < begin)
    throw new Error(`${readme} has no ${marks.join(" … ")}; put these two lines where the table belongs`);
  writeFileSync(readme, `${text.slice(0, begin)}${marks[0]}\n\n${table}\n\n${text.slice(end)}`);
}

function show({ alive, hangs }: Survivors): string {
  const left = alive === 0 ? "none" : `${alive} alive`;
  return hangs ? `hangs, ${left}` : left;
}
