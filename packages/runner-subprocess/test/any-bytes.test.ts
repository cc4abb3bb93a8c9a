import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Containment } from "../src/contain/containment.ts";
import { runContained } from "./contained.ts";
import { fixturePath } from "./fixture.ts";

// Whatever a JavaScript string can hold arrives as Node's own spawn would give it: in UTF-8, lone surrogates as U+FFFD.

const shells = ["/bin/dash", "/bin/bash", "/bin/busybox"].filter((shell) => existsSync(shell));
const ways = shells.flatMap((shell) =>
  (["companion", "direct"] as const).map((option) => ({ shell, option })),
);

let scratch: string;
let printer: string;

beforeAll(async () => {
  scratch = await realpath(await mkdtemp(path.join(os.tmpdir(), "xrt-any-bytes-")));
  printer = path.join(scratch, "show-itself");
  execFileSync("cc", ["-o", printer, fixturePath("show-itself.c")]);
});

afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
});

interface Shown {
  readonly argv: readonly string[];
  readonly environment: readonly string[];
  readonly directory: string;
}

async function show(
  containment: Containment,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  directory = scratch,
  program = printer,
): Promise<Shown> {
  const { end, stdout, stderr } = await runContained(containment, scratch, {
    argv: [program, ...args],
    directory,
    environment,
  });
  expect({ ...end, said: stderr.toString() }).toEqual({ code: 0, signal: null, said: "" });
  const lists: string[][] = [];
  let rest = stdout;
  while (lists.length < 2) {
    const list: string[] = [];
    while (rest[0] !== 0) {
      const text = rest.indexOf(0);
      list.push(rest.toString("utf8", 1, text));
      rest = rest.subarray(text + 1);
    }
    lists.push(list);
    rest = rest.subarray(1);
  }
  return {
    argv: lists[0] ?? [],
    environment: (lists[1] ?? []).filter(isGiven).toSorted(),
    directory: rest.toString(),
  };
}

/** What bash adds to every environment. */
function isGiven(entry: string): boolean {
  return !entry.startsWith("_=") && !entry.startsWith("SHLVL=");
}

/** What is left of a text once it went through UTF-8. */
function inUtf8(text: string): string {
  return Buffer.from(text, "utf8").toString("utf8");
}

function entriesOf(environment: Readonly<Record<string, string>>): string[] {
  return Object.entries(environment)
    .map(([name, value]) => inUtf8(`${name}=${value}`))
    .toSorted();
}

// Each of these means something to one shell or another, or is one of the bytes by which they mark their own text.
const pieces = [
  ..."'\"`$\\!#&*()[]{}<>;|?~=%^-+@:/ \n\t\r\u0001\u0002\u001b\u007f".split(""),
  ...Array.from({ length: 32 }, (_, n) => String.fromCodePoint(0x80 + n)),
  ...Array.from("ÀÿāŁ\u2028\uFEFF\uFFFD\u{10ffff}🙂👩"),
  "\ud800",
  "\udc00",
  "\ud83d",
  "$(exit 3)",
  "${x}",
  "$'\\n'",
  "\\'",
  "'\\''",
  "--",
  "-e",
  "a",
  "Z",
  "_",
  "0",
];

const text = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: "binary", maxLength: 3 })), {
  maxLength: 12,
});
const anyText = text.map((parts) => parts.join("").replaceAll("\0", ""));
const anyName = anyText.map((name) => name.replaceAll("=", "")).filter((name) => name !== "");
const plainName = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,6}$/).map((name) => `N${name}`);
const anyFolder = anyText
  .map((name) => name.replaceAll("/", ""))
  .filter((name) => ![".", ".."].includes(name) && name !== "" && Buffer.byteLength(name) <= 200);

function environments(name: fc.Arbitrary<string>) {
  return fc.dictionary(name, anyText, { maxKeys: 8, noNullPrototype: true });
}

describe.each(ways)("$option, by $shell", ({ shell, option }) => {
  let containment: Containment;
  beforeAll(() => {
    containment = new Containment(option, shell);
  });
  afterAll(() => containment.close());

  test("arguments, values and the working directory are what they are", async () => {
    const property = fc.asyncProperty(
      fc.array(anyText, { maxLength: 20 }),
      environments(plainName),
      anyFolder,
      async (args, environment, folder) => {
        const directory = path.join(scratch, folder);
        await mkdir(directory, { recursive: true });
        const shown = await show(containment, args, environment, directory);
        expect(shown).toEqual({
          argv: [printer, ...args.map(inUtf8)],
          environment: entriesOf(environment),
          directory: inUtf8(directory),
        });
      },
    );
    await fc.assert(property, { numRuns: 40 });
  });

  test("names that no shell can export are what they are", async () => {
    const property = fc.asyncProperty(environments(anyName), fc.array(anyText), async (environment, args) => {
      const given = { ...environment, "a.b": "1" };
      const shown = await show(containment, args, given);
      expect(shown.environment).toEqual(entriesOf(given));
      expect(shown.argv).toEqual([printer, ...args.map(inUtf8)]);
    });
    await fc.assert(property, { numRuns: 4 });
  });

  test("long texts and many arguments are whole, wherever they would be cut", async () => {
    const emoji = "🙂".repeat(25_000);
    for (const shift of ["", "x"]) {
      const value = `${shift}${emoji}`;
      for (const environment of [{ LONG: value }, { LONG: value, "a.b": `${value}'` }]) {
        const shown = await show(containment, [value, "ä'".repeat(33_000)], environment);
        expect(shown.argv.slice(1)).toEqual([value, "ä'".repeat(33_000)]);
        expect(shown.environment).toEqual(entriesOf(environment));
      }
    }
    const many = Array.from({ length: 3000 }, (_, n) => `${"'".repeat(n % 7)}${n}`);
    expect((await show(containment, many)).argv.slice(1)).toEqual(many);
  });

  test("a program is found where its name and PATH say, also when they look like options", async () => {
    const bin = path.join(scratch, `bin%builtin ${option}`);
    await mkdir(bin, { recursive: true });
    const names = ["-printer", "--", "a=b", "exec", "%x"];
    for (const name of names) {
      await rm(path.join(bin, name), { force: true });
      execFileSync("cp", ["--", printer, path.join(bin, name)]);
      for (const PATH of [bin, `/nonexistent:${bin}`, `:${bin}`, bin.slice(scratch.length + 1)]) {
        expect(await show(containment, ["x"], { PATH }, scratch, name)).toEqual({
          argv: [name, "x"],
          environment: [`PATH=${PATH}`],
          directory: scratch,
        });
      }
    }
  });

  test("names that mean something to a shell arrive with whatever value", async () => {
    for (const value of ["", "1", "no such thing", "/bin:."]) {
      for (const names of [ordinaryNames, keptNames]) {
        const environment = Object.fromEntries(names.map((name) => [name, value]));
        const shown = await show(containment, [], environment);
        expect(shown.environment).toEqual(entriesOf(environment));
      }
    }
  });
});

/** A shell may read these, and lets them through. */
const ordinaryNames = (
  "PWD OLDPWD PS1 PS2 ENV BASH_ENV CDPATH OPTARG OPTERR HISTSIZE HISTFILE HISTFILESIZE HISTCONTROL MAIL MAILPATH MAILCHECK " +
  "TERM ATTY FUNCNEST TMOUT LANG LC_ALL LC_CTYPE LC_MESSAGES TZ COLUMNS LINES HOME PATH MAPFILE COPROC REPLY HOSTNAME " +
  "HOSTTYPE OSTYPE MACHTYPE EXECIGNORE GLOBIGNORE INPUTRC COMP_WORDBREAKS IGNOREEOF PROMPT_COMMAND histchars FIGNORE " +
  "TIMEFORMAT TMPDIR auto_resume xrt_s xrt_words NODE_OPTIONS LD_LIBRARY_PATH"
).split(" ");

/** Some shell would keep these for itself. */
const keptNames = (
  "IFS PS4 OPTIND PPID UID EUID RANDOM SRANDOM SECONDS LINENO HISTCMD POSIXLY_CORRECT PIPESTATUS DIRSTACK GROUPS FUNCNAME " +
  "SHELLOPTS BASHOPTS BASHPID EPOCHSECONDS EPOCHREALTIME BASH BASH_COMPAT BASH_XTRACEFD BASH_ARGV0 BASH_CMDS BASH_ALIASES " +
  "BASH_SUBSHELL BASH_COMMAND BASH_REMATCH BASH_SOURCE BASH_LINENO BASH_ARGC BASH_ARGV BASH_VERSION BASH_VERSINFO " +
  "BASH_EXECUTION_STRING BASH_LOADABLES_PATH BASH_FUNC_x%% a.b 1a é"
).split(" ");
