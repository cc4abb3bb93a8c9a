import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's top folder. */
export const repository = fileURLToPath(new URL("../../../", import.meta.url));

type Exports = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

export interface Manifest {
  readonly name: string;
  readonly version?: string;
  readonly description?: string;
  readonly license?: string;
  readonly private?: boolean;
  readonly type?: string;
  readonly files?: readonly string[];
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Exports;
  readonly publishConfig?: {
    readonly access?: string;
    readonly bin?: Readonly<Record<string, string>>;
    readonly exports?: Exports;
  };
  readonly scripts?: Readonly<Record<string, string>>;
  readonly engines?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface WorkspacePackage {
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  readonly manifest: Manifest;
}

export const packages: readonly WorkspacePackage[] = readdirSync(join(repository, "packages"))
  .map((folder) => join(repository, "packages", folder))
  .filter((folder) => existsSync(join(folder, "package.json")))
  .map((folder) => {
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
    return { name: manifest.name, folder, manifest };
  });

export const publicPackages = packages.filter(({ manifest }) => manifest.private !== true);

/** Every file that is in git or would be, relative to the repository. */
export const repositoryFiles: readonly string[] = execFileSync(
  "git",
  ["ls-files", "--cached", "--others", "--exclude-standard", "-z"],
  { cwd: repository, encoding: "utf8" },
)
  .split("\0")
  .filter((file) => file !== "" && existsSync(join(repository, file)));

/** The files of one package, relative to its folder. */
export function filesOf({ folder }: WorkspacePackage): string[] {
  const prefix = `${folder.slice(repository.length)}/`;
  return repositoryFiles.filter((file) => file.startsWith(prefix)).map((file) => file.slice(prefix.length));
}
