import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Wanted } from "./read-arguments.ts";
import { UsageError } from "./usage-error.ts";

const top = fileURLToPath(new URL("..", import.meta.url));

/** The names that the template has. */
const templateName = "acme-xrt-runner-echo";
const templateKind = "acme.echo";

/** Files that package managers and Git would take for this package's own under their true names. */
const trueNames: Readonly<Record<string, string>> = { gitignore: ".gitignore", "readme.md": "README.md" };

interface Manifest {
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}

/** Writes the package, and returns its files, relative to its folder. Throws UsageError where the folder is not empty. */
export function createRunnerPackage({ name, kind, folder }: Wanted): string[] {
  demandEmpty(folder);
  const template = join(top, "template");
  const files = readdirSync(template, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(template.length + 1))
    // The template's own licence asks for nothing, so that the package's author may choose one.
    .filter((file) => file !== "LICENSE");
  for (const file of files) {
    const text = readFileSync(join(template, file), "utf8")
      .replaceAll(templateName, name)
      .replaceAll(templateKind, kind);
    const path = join(folder, trueNames[file] ?? file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, file === "package.json" ? withRanges(text) : text);
  }
  return files.map((file) => trueNames[file] ?? file);
}

/** This package states, as its own devDependencies, the versions that the template was tested with. */
function withRanges(text: string): string {
  const own = JSON.parse(readFileSync(join(top, "package.json"), "utf8")) as Manifest;
  const manifest = JSON.parse(text) as Manifest;
  for (const group of [manifest.dependencies, manifest.devDependencies]) {
    for (const [dependency, range] of Object.entries(group)) {
      const tested = own.devDependencies[dependency] ?? range;
      // In a checkout, which is newer than anything published.
      group[dependency] = tested.startsWith("workspace:") ? "latest" : tested;
    }
  }
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

function demandEmpty(folder: string): void {
  let entries: string[];
  try {
    entries = readdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return;
    throw new UsageError(
      code === "ENOTDIR" ? `${folder} is a file; name another folder with --folder` : String(error),
    );
  }
  if (entries.length > 0) {
    throw new UsageError(`${folder} is not empty; name another folder with --folder, or empty it`);
  }
}
