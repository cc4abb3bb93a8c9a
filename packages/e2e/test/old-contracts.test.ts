import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installInto, runIn } from "./npm-folder.ts";
import { mainProgram, newService, oldService } from "./pinned-services.ts";
import { tarballAddresses } from "./tarballs.ts";
import { repository, type Manifest } from "./workspace.ts";

const fixtures = join(repository, "packages/e2e/fixtures/contracts");
const oldTarballs = readdirSync(fixtures).filter((file) => file.endsWith(".tgz"));
const top = mkdtempSync(join(realpathSync(tmpdir()), "xrt-pinned-"));
const host = join(top, "host");
const newest = "@xrt/contracts";

/**
 * A host with the newest of everything, and beside its `node_modules` a service with contracts of its own: the newest
 * in `new-service`, an old one in `old-service-0`, `old-service-1`, …
 */
beforeAll(async () => {
  const { "@xrt/core": core, "@xrt/runner-subprocess": subprocess, ...others } = tarballAddresses();
  const contracts = others[newest] ?? "";
  await installInto(host, {
    dependencies: { "@xrt/core": core ?? "", "@xrt/runner-subprocess": subprocess ?? "" },
    overrides: { [newest]: contracts },
  });
  await installInto(join(host, "new-service"), { dependencies: { [newest]: contracts } });
  for (const [at, file] of oldTarballs.entries()) {
    await installInto(join(host, `old-service-${at}`), {
      dependencies: { [newest]: `file:${join(fixtures, file)}` },
    });
  }
}, 180_000);

afterAll(() => {
  rmSync(top, { recursive: true, force: true });
});

test("there are old versions to hold to", () => {
  expect(oldTarballs).toContain("xrt-contracts-1.0.0.tgz");
});

describe.each(oldTarballs.map((file, at) => ({ file, folder: `old-service-${at}` })))(
  "a consumer pinned to $file",
  ({ file, folder }) => {
    test("is served beside one on the newest, by one runtime in one process", async () => {
      writeFileSync(join(host, folder, "service.ts"), oldService);
      writeFileSync(join(host, "new-service/service.ts"), newService);
      writeFileSync(join(host, "main.ts"), mainProgram(folder));
      await typesOf("main.ts");
      expect(JSON.parse(await runIn(host, process.execPath, ["main.ts"]))).toEqual({
        copies: 2,
        old: { schema: "0.1", status: "succeeded", code: 0, valid: true, wallTime: "string" },
        oldRunner: { schema: "0.1", status: "succeeded", code: 0, valid: true, wallTime: "string" },
        new: { schema: "0.2", status: "succeeded", code: 0, usage: "number" },
      });
    });

    test("may take any ExecutorRuntime for the Runtime of each version that it has", async () => {
      const versions = await versionsIn(join(fixtures, file));
      expect(versions).toContain("v0.1");
      await typesOf(assignable(folder, versions));
    });

    test("would see it if one were not assignable", async () => {
      const main = assignable(folder, ["v0.1"]);
      writeFileSync(
        join(host, main),
        `import type { Runtime } from "./${folder}/v0.1.ts";
         export const held: Runtime = { run: async () => ({ status: "done" }) };\n`,
      );
      await expect(typesOf(main)).rejects.toThrow(/error TS2322/);
    });
  },
);

test("the newest may take any ExecutorRuntime for the Runtime of each version that it has", async () => {
  const versions = await versionsIn((tarballAddresses()[newest] ?? "").replace("file:", ""));
  expect(versions).toEqual(expect.arrayContaining(["v0.1", "v0.2"]));
  await typesOf(assignable("new-service", versions));
});

/** The contract versions that a tarball of contracts has an entry for, such as `v0.1`. */
async function versionsIn(tarball: string): Promise<string[]> {
  const manifest = JSON.parse(
    await runIn(top, "tar", ["-xzOf", tarball, "package/package.json"]),
  ) as Manifest;
  return Object.keys(manifest.exports ?? {}).flatMap((path) => /^\.\/(v\d+\.\d+)$/.exec(path)?.[1] ?? []);
}

/** Writes a module of the host that takes an ExecutorRuntime for each `Runtime` that the service knows. */
function assignable(service: string, versions: readonly string[]): string {
  mkdirSync(join(host, service), { recursive: true });
  const lines = versions.map((version, at) => {
    writeFileSync(
      join(host, service, `${version}.ts`),
      `export type { Runtime } from "${newest}/${version}";\n`,
    );
    return `import type { Runtime as R${at} } from "./${service}/${version}.ts";
            export const held${at} = (runtime: ExecutorRuntime): R${at} => runtime;\n`;
  });
  const main = `${service}-ports.ts`;
  writeFileSync(join(host, main), `import type { ExecutorRuntime } from "@xrt/core";\n${lines.join("")}`);
  return main;
}

/** Rejects with the compiler's words unless the host's module is sound, the types of all packages included. */
async function typesOf(main: string): Promise<void> {
  const lib = ["--lib", "es2024,esnext.disposable", "--target", "es2024", "--module", "nodenext"];
  const checks = ["--noEmit", "--strict", "--skipLibCheck", "false", "--allowImportingTsExtensions"];
  const node = ["--types", "node", "--typeRoots", join(repository, "node_modules/@types")];
  await runIn(host, "tsc", [...checks, ...lib, ...node, main]);
}
