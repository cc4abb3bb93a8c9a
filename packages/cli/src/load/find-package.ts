import { existsSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { Failure } from "../failure.ts";

const isPackageName = (text: string): boolean => /^(@[\w~-][\w.~-]*\/)?[\w~-][\w.~-]*$/.test(text);

/**
 * The folder of a package. A name is looked for in node_modules of `folder` and of those above it, as Node does for an
 * import. Unlike Node we never take it for the package that `folder` itself is in: that package's `package.json`, not its
 * user, would then choose what the name means. Throws Failure.
 */
export function findPackage(named: string, folder: string): string {
  if (isAbsolute(named) || /^\.{1,2}([/\\]|$)/.test(named)) {
    const path = resolve(folder, named);
    if (isPackage(path)) return path;
    throw new Failure(`${path} is not the folder of a package: there is no package.json in it`);
  }
  if (!isPackageName(named)) {
    throw new Failure(
      "this is neither the name of a package nor a path that begins with ./, ../ or /; write it as one of them",
    );
  }
  for (const above of upwards(folder)) {
    const path = join(above, "node_modules", named);
    if (isPackage(path)) return path;
  }
  throw new Failure(
    `no such package is installed in node_modules of ${folder} or of a folder above it; install it there, or give the path of its folder`,
  );
}

function isPackage(path: string): boolean {
  return existsSync(join(path, "package.json"));
}

function* upwards(folder: string): Generator<string> {
  let at = folder;
  for (;;) {
    yield at;
    const above = dirname(at);
    if (above === at) return;
    at = above;
  }
}
