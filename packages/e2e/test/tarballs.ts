import { join } from "node:path";
import { inject } from "vitest";
import { publicPackages, type Manifest } from "./workspace.ts";

/** The tarball of one of our packages, packed before the tests by `global-setup.ts`. */
export function tarballOf({ name, version }: Pick<Manifest, "name" | "version">): string {
  return join(inject("tarballs"), `${name.replace("@", "").replace("/", "-")}-${version}.tgz`);
}

/** Every one of ours as npm is asked for it: the name, and the address of its tarball. */
export function tarballAddresses(): Record<string, string> {
  return Object.fromEntries(
    publicPackages.map(({ name, manifest }) => [name, `file:${tarballOf(manifest)}`]),
  );
}
