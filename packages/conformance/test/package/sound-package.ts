/** The files of a small runner package in order. */
export const soundPackage: Readonly<Record<string, string>> = {
  "package.json": `{
  "name": "acme-xrt-runner-echo",
  "version": "1.2.3",
  "type": "module",
  "keywords": ["xrt-runner"],
  "exports": { ".": { "types": "./index.d.ts", "default": "./index.js" } },
  "xrt": { "interfaceVersion": "1.0", "kinds": ["acme.echo"] }
}
`,
  "index.js": `const runner = {
  interfaceVersion: "1.0",
  async run(invocation, context) {
    context.signal.throwIfAborted();
    await context.stdout.write(invocation.command.join(" "));
    return { status: "succeeded", exit_code: 0 };
  },
};
function validate(options) {
  const unknown = Object.keys(options).filter((name) => name !== "loud");
  return unknown.length === 0 ? { value: options } : { issues: [{ message: "unknown option", path: unknown }] };
}
export default {
  kinds: ["acme.echo"],
  options: { "~standard": { version: 1, vendor: "acme", validate } },
  create: () => ({ "acme.echo": runner }),
};
`,
  "fixtures.js": `export default {
  "acme.echo": {
    succeeds: { command: ["hello"] },
    writesOutput: { command: ["hello", "there"], stdout: "hello there" },
  },
};
`,
};

/** The package with one line changed, and the case that must find it. */
export interface BrokenPackage {
  readonly finds: string;
  readonly fault: string;
  readonly file: "package.json" | "index.js";
  readonly line: string;
  readonly instead: string;
}

export const brokenPackages: readonly BrokenPackage[] = [
  {
    finds: "package/export",
    fault: "it exports no default",
    file: "index.js",
    line: "export default {",
    instead: "export const runnerPackage = {",
  },
  {
    finds: "package/export",
    fault: "its kind is no namespaced word",
    file: "index.js",
    line: 'kinds: ["acme.echo"],',
    instead: 'kinds: ["Acme Echo"],',
  },
  {
    finds: "package/creates",
    fault: "it makes a runner for another kind",
    file: "index.js",
    line: 'create: () => ({ "acme.echo": runner }),',
    instead: 'create: () => ({ "acme.eco": runner }),',
  },
  {
    finds: "package/creates",
    fault: "its create throws",
    file: "index.js",
    line: 'create: () => ({ "acme.echo": runner }),',
    instead: 'create: () => { throw new Error("no"); },',
  },
  {
    finds: "package/options",
    fault: "a misspelt option means nothing",
    file: "index.js",
    line: "unknown.length === 0 ?",
    instead: "unknown.length < 9 ?",
  },
  {
    finds: "package/manifest",
    fault: "it has no xrt field",
    file: "package.json",
    line: '"xrt": {',
    instead: '"xtr": {',
  },
  {
    finds: "package/manifest",
    fault: "it states another interface than its runner",
    file: "package.json",
    line: '"interfaceVersion": "1.0"',
    instead: '"interfaceVersion": "1.1"',
  },
  {
    finds: "package/keyword",
    fault: "nobody finds it",
    file: "package.json",
    line: '"xrt-runner"',
    instead: '"runner"',
  },
];
