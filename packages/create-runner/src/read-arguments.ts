import { basename } from "node:path";
import { parseArgs } from "node:util";
import { UsageError } from "./usage-error.ts";

export const usage = `pnpm create @xrt/runner <name> [--kind KIND] [--folder FOLDER]

Makes a package with an XRT runner, its tests and its README.

  <name>           the package's name: acme-xrt-runner-ssh, @acme/xrt-runner-ssh
  --kind KIND      what its invocations name (default: of acme-xrt-runner-ssh, acme.ssh)
  --folder FOLDER  where it is made (default: the name, without its scope)
`;

/** What is to be made. */
export interface Wanted {
  readonly name: string;
  readonly kind: string;
  readonly folder: string;
}

/** Throws UsageError. */
export function readArguments(args: readonly string[]): Wanted | "help" {
  const { values, positionals } = parse(args);
  if (values.help === true) return "help";
  const [name, extra] = positionals;
  if (name === undefined)
    throw new UsageError("name the package: pnpm create @xrt/runner acme-xrt-runner-ssh");
  if (extra !== undefined)
    throw new UsageError(`one package at a time: ${JSON.stringify(extra)} is one too many`);
  checkName(name);
  return { name, kind: readKind(values.kind, name), folder: values.folder ?? basename(name) };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        kind: { type: "string" },
        folder: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** What npm takes as the name of a new package. */
function checkName(name: string): void {
  if (name.length <= 214 && /^(@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/.test(name)) return;
  throw new UsageError(
    `${JSON.stringify(name)} cannot be a package's name: expected lower-case letters, digits, "-", "_" and ".", as in acme-xrt-runner-ssh or @acme/xrt-runner-ssh`,
  );
}

const kindPattern = /^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)+$/;

function readKind(given: string | undefined, name: string): string {
  const kind = given ?? kindOf(name);
  if (kindPattern.test(kind)) return kind;
  if (given !== undefined) {
    throw new UsageError(
      `--kind: expected two or more lower-case words with dots between them, such as acme.ssh, got ${JSON.stringify(given)}`,
    );
  }
  throw new UsageError(
    `no runtime kind can be told from the name ${JSON.stringify(name)}; say --kind, its owner first, as in --kind acme.ssh`,
  );
}

/** Of `acme-xrt-runner-ssh`, as of `@acme/xrt-runner-ssh` and `acme-ssh`: `acme.ssh`. */
function kindOf(name: string): string {
  const words = name.split(/[^a-z0-9]+/).filter((word) => word !== "");
  return words.filter((word) => word !== "xrt" && word !== "runner").join(".");
}
