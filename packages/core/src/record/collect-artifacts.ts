import { lstatSync, readdirSync, realpathSync, type Dirent } from "node:fs";
import { basename, join, relative, resolve, sep } from "node:path";
import type { Artifact, DescribedArtifact, RunnerEvent } from "@xrt/contracts";
import { hashFile, HashBudget, type FileFacts } from "./hash-file.ts";
import { messageOf } from "../system-error.ts";

/** More files than these are left undescribed, with a warning; they stay in the directory. */
const mostFiles = 10_000;

export interface Collected {
  readonly artifacts: readonly DescribedArtifact[];
  readonly warnings: readonly Warning[];
}

type Warning = Extract<RunnerEvent, { type: "warning" }>;

/** Describes what a run left in its artifact directory, and what its runner named besides. */
export async function collectArtifacts(
  directory: string,
  named: readonly Artifact[],
  workingDirectory: string,
): Promise<Collected> {
  const collection = new Collection();
  for (const artifact of named)
    await collection.add({ ...artifact, path: resolve(workingDirectory, artifact.path) });
  const described = new Set(collection.artifacts.map(({ path }) => path));
  const { paths, root } = leftIn(directory, (message) => collection.warn(message));
  for (const path of paths.slice(0, mostFiles)) {
    if (described.has(path)) continue;
    const artifact_id = relative(directory, path).split(sep).join("/");
    await collection.add({ path, artifact_id, description: "left in the artifact directory" }, root);
  }
  if (paths.length > mostFiles)
    collection.warn(`only ${mostFiles} files in ${directory} are described: there are more`);
  return collection;
}

class Collection implements Collected {
  readonly artifacts: DescribedArtifact[] = [];
  readonly warnings: Warning[] = [];
  readonly #ids = new Set(["stdout", "stderr"]);
  readonly #budget = new HashBudget();

  /** With `root`, a link that leads out of it is refused. */
  async add(artifact: Artifact, root?: string): Promise<void> {
    try {
      const path = root === undefined ? artifact.path : insideOf(root, artifact.path);
      if (path === undefined) {
        this.warn(`${artifact.path} is not described: it is a link that leads out of the artifact directory`);
        return;
      }
      const facts = knownFacts(artifact) ?? (await hashFile(path, this.#budget));
      if (facts === undefined) this.warn(`${artifact.path} is not described: it is not a regular file`);
      else this.artifacts.push(this.#describe(artifact, facts));
    } catch (error) {
      this.warn(`${artifact.path} is not described: ${messageOf(error)}`);
    }
  }

  warn(message: string): void {
    this.warnings.push({ type: "warning", code: "artifact_refused", message });
  }

  #describe(artifact: Artifact, facts: FileFacts): DescribedArtifact {
    if (facts.sha256 === null) this.warn(`${artifact.path} has no sha256: it is too large to be hashed here`);
    return {
      artifact_id: this.#uniqueId(artifact.artifact_id ?? basename(artifact.path)),
      path: artifact.path,
      kind: artifact.kind ?? "file",
      description: artifact.description ?? "",
      size_bytes: facts.size,
      sha256: facts.sha256,
      media_type: artifact.media_type ?? null,
      metadata: artifact.metadata ?? {},
    };
  }

  #uniqueId(wanted: string): string {
    let id = wanted;
    for (let n = 2; this.#ids.has(id); n += 1) id = `${wanted}~${n}`;
    this.#ids.add(id);
    return id;
  }
}

/** What is in the artifact directory, unless the run took it away or put a link to another one in its place. */
function leftIn(directory: string, warn: (message: string) => void): { paths: string[]; root: string } {
  try {
    // Looked at only where something is: in most runs nothing is.
    const paths = filesIn(directory, warn);
    if (paths.length === 0) return { paths, root: directory };
    if (lstatSync(directory).isDirectory()) return { paths, root: realpathSync(directory) };
    warn(`what the run left is not described: it replaced ${directory} by something that is no directory`);
  } catch (error) {
    warn(`what the run left in ${directory} is not described: ${messageOf(error)}`);
  }
  return { paths: [], root: directory };
}

/** What the runner told of a file that it hashed while it wrote it: it may be large, and is not read again. */
function knownFacts({ size_bytes, sha256 }: Artifact): FileFacts | undefined {
  return size_bytes === undefined || sha256 === undefined ? undefined : { size: size_bytes, sha256 };
}

/** Every entry below a directory that is not a directory itself, in the order of their names. */
function filesIn(top: string, warn: (message: string) => void): string[] {
  const files: string[] = [];
  const pending = [top];
  for (let next = pending.pop(); next !== undefined && files.length <= mostFiles; next = pending.pop()) {
    let entries: Dirent[] = [];
    try {
      entries = readdirSync(next, { withFileTypes: true });
    } catch (error) {
      // A run may take its directories away, or our right to read them.
      warn(`what is in ${next} is not described: ${messageOf(error)}`);
    }
    for (const entry of entries) {
      const path = join(next, entry.name);
      if (entry.isDirectory()) pending.push(path);
      else files.push(path);
    }
  }
  return files.toSorted();
}

/** The real path of a file below `root`; undefined when it is elsewhere. */
function insideOf(root: string, path: string): string | undefined {
  const real = lstatSync(path).isSymbolicLink() ? realpathSync(path) : path;
  return real === path || real.startsWith(root + sep) ? real : undefined;
}
