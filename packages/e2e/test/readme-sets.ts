import { readFileSync } from "node:fs";
import { join } from "node:path";
import { publicPackages, repository } from "./workspace.ts";

export interface InstallSet {
  /** As the README calls it. */
  readonly title: string;
  /** Ours that are installed by name. */
  readonly names: readonly string[];
  /** What the README says of it. */
  readonly packages: number;
  readonly megabytes: number;
}

/** The rows of the root README that say how much is installed with what. */
export function readmeSets(): InstallSet[] {
  const readme = readFileSync(join(repository, "README.md"), "utf8");
  return [...readme.matchAll(/^\| (.+?) \| (\d+) \| (\d+\.\d) MB \|$/gm)].map(
    ([, title = "", packages, megabytes]) => {
      const named = [...title.matchAll(/`(@xrt\/[a-z-]+)`/g)].map(([, name = ""]) => name);
      const names = named.length > 0 ? named : publicPackages.map(({ name }) => name);
      return { title, names, packages: Number(packages), megabytes: Number(megabytes) };
    },
  );
}
