import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runIn } from "./npm-folder.ts";

/** The major versions of Node that the packages are tested on: what CI, `engines` and the README say. */
export const nodeMajors = [22, 24, 26] as const;

/** The lowest that `engines` lets in; of its major version, this one is tested. */
export const lowestNode = "22.19.0";

export const testedNodes: readonly string[] = nodeMajors.map((major) =>
  lowestNode.startsWith(`${major}.`) ? lowestNode : `${major}`,
);

/** The path of the newest Node of a version such as `26`: the one that this runs on, or one that npm installs in the folder. */
export async function installNode(version: string, folder: string): Promise<string> {
  if (process.version.startsWith(`v${version}.`)) return process.execPath;
  const cwd = join(folder, `node-${version}`);
  mkdirSync(cwd);
  writeFileSync(join(cwd, "package.json"), JSON.stringify({ private: true }));
  const quiet = ["--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
  await runIn(cwd, "npm", ["install", `node@${version}`, ...quiet]);
  return join(cwd, "node_modules/node/bin/node");
}
