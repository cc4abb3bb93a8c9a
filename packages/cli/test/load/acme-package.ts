import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A runner package of somebody else's, which writes its command's words, and its option, to stdout. */
export const acmeIndex = `
function validate(options) {
  const unknown = Object.keys(options).filter((key) => key !== "greeting");
  if (unknown.length > 0) return { issues: [{ message: "unknown option", path: unknown }] };
  return { value: { greeting: options.greeting ?? "hello" } };
}
const metadata = {
  prefix: "acme.echo.",
  schema: {
    "~standard": {
      version: 1,
      vendor: "acme",
      validate: (given) =>
        Object.keys(given).every((key) => key === "loud")
          ? { value: given }
          : { issues: [{ message: "only loud is known", path: Object.keys(given) }] },
    },
  },
};
const makeRunner = ({ greeting }) => ({
  interfaceVersion: "1.0",
  metadata,
  async run(invocation, context) {
    context.signal.throwIfAborted();
    await context.stdout.write([greeting, ...invocation.command].join(" ") + "\\n");
    return { status: "succeeded", exit_code: 0 };
  },
  async recover(_invocation, _state, _context) {
    return { status: "failed", error: { code: "acme.lost", message: "acme lost it; run it again" } };
  },
});
export default {
  kinds: ["acme.echo"],
  options: { "~standard": { version: 1, vendor: "acme", validate } },
  create: (options) => ({ "acme.echo": makeRunner(options) }),
};
`;

export const acmeManifest = {
  name: "acme-xrt-runner-echo",
  version: "1.2.3",
  type: "module",
  exports: "./index.js",
  xrt: { interfaceVersion: "1.0", kinds: ["acme.echo"] },
};

interface Parts {
  readonly index?: string;
  /** Over that of acmeManifest. */
  readonly manifest?: Readonly<Record<string, unknown>>;
}

/** Puts the package, as the parts alter it, into a folder. */
export function writePackage(folder: string, { index = acmeIndex, manifest = {} }: Parts = {}): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "index.js"), index);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ ...acmeManifest, ...manifest }));
}
