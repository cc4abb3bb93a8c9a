import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(realpathSync(tmpdir()), "xrt-create-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function create(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  return { status, stdout, stderr };
}

function made(file: string): string {
  return readFileSync(join(folder, file), "utf8");
}

const files = (name: string): string[] =>
  readdirSync(join(folder, name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, name).length + 1))
    .toSorted();

test("it writes a whole package, and says what to do next", () => {
  const { status, stdout, stderr } = create("acme-xrt-runner-ssh");
  expect(stderr).toBe("");
  expect(status).toBe(0);
  expect(stdout).toContain("for the kind acme.ssh");
  expect(stdout).toContain("cd acme-xrt-runner-ssh\n");
  expect(files("acme-xrt-runner-ssh")).toEqual([
    ".gitignore",
    "README.md",
    "package.json",
    "src/index.ts",
    "src/metadata.ts",
    "src/options.ts",
    "src/runner.ts",
    "test/conformance.test.ts",
    "test/fixtures.ts",
    "test/runner.test.ts",
    "tsconfig.build.json",
    "tsconfig.json",
  ]);
});

test("name and kind stand wherever the template has its own", () => {
  create("acme-xrt-runner-ssh");
  const text = files("acme-xrt-runner-ssh").map((file) => made(`acme-xrt-runner-ssh/${file}`));
  expect(text.join("")).not.toMatch(/acme.xrt-runner-echo|acme\.echo/);
  const manifest = JSON.parse(made("acme-xrt-runner-ssh/package.json")) as Record<string, unknown>;
  expect(manifest).toMatchObject({
    name: "acme-xrt-runner-ssh",
    keywords: ["xrt-runner"],
    xrt: { interfaceVersion: "1.0", kinds: ["acme.ssh"], supports: [] },
  });
  expect(manifest).not.toHaveProperty("license");
});

test.for([
  ["@acme/xrt-runner-ssh", "acme.ssh", "xrt-runner-ssh"],
  ["acme-ssh", "acme.ssh", "acme-ssh"],
  ["acme-cloud-batch", "acme.cloud.batch", "acme-cloud-batch"],
])("of the name %s the kind is %s, in the folder %s", ([name = "", kind, inFolder = ""]) => {
  create(name);
  expect(made(join(inFolder, "src/index.ts"))).toContain(`kinds: ["${kind}"]`);
});

test("kind and folder may be said", () => {
  const { status } = create("ssh-runner", "--kind", "acme.ssh", "--folder", "packages/ssh");
  expect(status).toBe(0);
  expect(made("packages/ssh/src/index.ts")).toContain('kinds: ["acme.ssh"]');
});

test("a folder that is there and empty is taken", () => {
  expect(create("acme-ssh", "--folder", ".").status).toBe(0);
  expect(made("package.json")).toContain('"name": "acme-ssh"');
});

test("a folder that is not empty is refused, and left as it was", () => {
  writeFileSync(join(folder, "notes"), "mine");
  const { status, stderr } = create("acme-ssh", "--folder", ".");
  expect(stderr).toBe("create-runner: . is not empty; name another folder with --folder, or empty it\n");
  expect(status).toBe(2);
  expect(readdirSync(folder)).toEqual(["notes"]);
});

test("a file in the folder's place is refused", () => {
  writeFileSync(join(folder, "acme-ssh"), "mine");
  const { status, stderr } = create("acme-ssh");
  expect(stderr).toBe("create-runner: acme-ssh is a file; name another folder with --folder\n");
  expect(status).toBe(2);
});

test.for([
  [[], "name the package"],
  [["Acme SSH"], '"Acme SSH" cannot be a package\'s name'],
  [["../acme-ssh"], '"../acme-ssh" cannot be a package\'s name'],
  [["ssh"], 'no runtime kind can be told from the name "ssh"; say --kind'],
  [["acme-2"], "no runtime kind can be told"],
  [["acme-ssh", "--kind", "ssh"], "--kind: expected two or more lower-case words"],
  [
    ["acme-ssh", "--kind", "Acme.SSH"],
    '--kind: expected two or more lower-case words with dots between them, such as acme.ssh, got "Acme.SSH"',
  ],
  [["acme-ssh", "acme-scp"], '"acme-scp" is one too many'],
  [["acme-ssh", "--type", "x"], "--type"],
] as const)("%j is refused with one sentence, and nothing is made", ([args, part]) => {
  const { status, stdout, stderr } = create(...args);
  expect(stderr).toContain(part);
  expect(stderr).toMatch(/^create-runner: [^\n]+\n$/);
  expect(stdout).toBe("");
  expect(status).toBe(2);
  expect(readdirSync(folder)).toEqual([]);
});

test("--help shows what there is", () => {
  const { status, stdout } = create("--help");
  expect(stdout).toContain("--kind KIND");
  expect(status).toBe(0);
});
