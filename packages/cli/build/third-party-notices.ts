import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plugin } from "rolldown";

interface BundledPackage {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

/** Leaves the licence text of every bundled package that has another licence than ours. */
export const thirdPartyNotices = (ownLicense: string): Plugin => ({
  name: "third-party-notices",
  generateBundle(_options, bundle) {
    const modules = Object.values(bundle).flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
    const found = modules.map(packageOf).filter((each) => each !== undefined);
    const packages = new Map(found.map((each) => [`${each.name} ${each.version}`, each]));
    const notices = [...packages.values()]
      .filter(({ license }) => license !== ownLicense)
      .toSorted((one, other) => (one.name < other.name ? -1 : 1))
      .map((each) => `${each.name} ${each.version} (${each.license})\n\n${licenseText(each)}`);
    this.emitFile({
      type: "asset",
      fileName: "THIRD-PARTY-NOTICES.txt",
      source: `These packages are part of this program.\n\n${notices.join(`\n${"=".repeat(78)}\n\n`)}`,
    });
  },
});

/** The package that a module belongs to; undefined for what is no file. */
function packageOf(moduleId: string): BundledPackage | undefined {
  for (let folder = dirname(moduleId); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (!existsSync(manifest)) continue;
    const { name, version, license } = JSON.parse(readFileSync(manifest, "utf8")) as Partial<BundledPackage>;
    // Folders such as zod/v4 have a package.json that only says how to resolve.
    if (name !== undefined && version !== undefined && license !== undefined) {
      return { folder, name, version, license };
    }
  }
  return undefined;
}

/** Throws where there is none: it must not be published without. */
function licenseText({ folder, name }: BundledPackage): string {
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.\w+)?$/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no licence file in ${folder}`);
  return `${readFileSync(join(folder, file), "utf8").trim()}\n`;
}
