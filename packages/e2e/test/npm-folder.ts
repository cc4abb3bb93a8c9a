import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

interface Wanted {
  readonly dependencies: Readonly<Record<string, string>>;
  /** What npm takes for a name wherever it is asked for. */
  readonly overrides?: Readonly<Record<string, string>>;
}

/** Makes a folder with these dependencies, installed by npm; all folders share the user's cache. */
export async function installInto(folder: string, { dependencies, overrides = {} }: Wanted): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const manifest = { name: "consumer", private: true, type: "module", dependencies, overrides };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  await runIn(folder, "npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"]);
}

/** What the program printed; rejects with all that it printed when it fails. */
export async function runIn(
  folder: string,
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  try {
    const { stdout } = await run(program, args, { cwd: folder, env, encoding: "utf8", maxBuffer: 2 ** 26 });
    return stdout;
  } catch (error) {
    // Its message has the standard error already; compilers complain on standard output.
    if (error instanceof Error && "stdout" in error) error.message += `\n${String(error.stdout)}`;
    throw error;
  }
}

/** The places of what npm installed, such as `node_modules/zod`. */
export function installedIn(folder: string): string[] {
  const lock = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")) as { packages: object };
  return Object.keys(lock.packages).filter((path) => path !== "");
}

/** The bytes of the files in `node_modules`, without npm's own list of them. */
export function installedBytes(folder: string): number {
  return readdirSync(join(folder, "node_modules"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== ".package-lock.json")
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
