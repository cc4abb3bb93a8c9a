import { inVariables } from "./in-variables.ts";
import { quote } from "./quote.ts";

/** Words that come before `exec`, and words between it and the command. */
export interface ExportedEnvironment {
  readonly setUp: string;
  readonly prefix: string;
}

/**
 * The words that give a shell's command exactly this environment. A name that no shell can export (`a.b`, `BASH_FUNC_x%%`)
 * takes a detour through Node, which costs about 50 ms: the environment travels in variables, since the arguments of a
 * process can be read by every user.
 */
export function exportEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  argv: readonly string[],
  program: string,
): ExportedEnvironment {
  let words = "";
  for (const name in environment) {
    const value = environment[name];
    if (value === undefined) continue;
    if (!isExportable(name, value)) return throughNode(environment, program);
    words += ` ${name}=${quote(value)}`;
  }
  // execvp(3) searches these where there is no PATH; a shell would search more.
  const path = environment["PATH"] === undefined ? "PATH=/bin:/usr/bin\n" : "";
  return {
    // bash warns of a locale that it does not know, where the command's own words go.
    setUp: `${path}${words === "" ? "" : `export${words} 2>/dev/null`}`,
    prefix: argv[0]?.startsWith("-") === true ? "-- " : "",
  };
}

function isExportable(name: string, value: string): boolean {
  if (!portable.test(name) || special.has(name)) return false;
  // dash takes what comes after a `%` for a word of its own, and looks elsewhere.
  return name !== "PATH" || !value.includes("%");
}

/** POSIX, XBD 3.216: a name. Not those that are bash's. */
const portable = /^(?!BASH(?!_ENV$))[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * What one shell or another keeps for itself: it would refuse the value, or change it. `_` and `SHLVL`, which are in every
 * environment that came out of a shell, are not among them: where the shell is bash, the command gets bash's own.
 */
const special = new Set(
  (
    "IFS OPTIND LINENO PPID UID EUID SHELLOPTS DIRSTACK FUNCNAME GROUPS PIPESTATUS " +
    "HISTCMD RANDOM SRANDOM SECONDS EPOCHREALTIME EPOCHSECONDS POSIXLY_CORRECT PS4"
  ).split(" "),
);

function throughNode(
  environment: Readonly<Record<string, string | undefined>>,
  program: string,
): ExportedEnvironment {
  const variables = inVariables("XRT_ENVIRONMENT_", JSON.stringify(environment));
  const words = Object.entries(variables).map(([name, value]) => `${name}=${quote(value)}`);
  return {
    setUp: `export ${words.join(" ")}`,
    prefix: `${quote(process.execPath)} --no-warnings -e ${quote(becomeInNode)} -- ${quote(program)} `,
  };
}

/**
 * Run by Node. Node ignores SIGPIPE and SIGXFSZ, and what is ignored stays so in what execve(2) executes; what is listened
 * to goes back to its default. A file that is no program and names no interpreter is a shell's: execvp(3) does that, and
 * `env` calls it, passing the environment on unread.
 */
const becomeInNode = `
for (const signal of ["SIGPIPE", "SIGXFSZ"]) process.on(signal, () => undefined);
let json = "";
for (let n = 0; process.env["XRT_ENVIRONMENT_" + n] !== undefined; n += 1) json += process.env["XRT_ENVIRONMENT_" + n];
const environment = { __proto__: null, ...JSON.parse(json) };
const [program, ...argv] = process.argv.slice(1);
let first = "#!";
try {
  const fs = require("node:fs"), fd = fs.openSync(program), bytes = Buffer.alloc(4);
  first = bytes.toString("latin1", 0, fs.readSync(fd, bytes));
  fs.closeSync(fd);
} catch {}
if (first.startsWith("#!") || first === "\\x7fELF" || program.includes("=")) process.execve(program, argv, environment);
else process.execve("/usr/bin/env", ["env", program, ...argv.slice(1)], environment);
`;
