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
    if (!exportable.test(name) || special.has(name)) return throughNode(environment, program);
    words += ` ${name}=${quote(value)}`;
  }
  // execvp(3) searches these where there is no PATH; a shell would search more.
  const path = environment["PATH"] === undefined ? "PATH=/bin:/usr/bin\n" : "";
  return {
    setUp: `${path}${words === "" ? "" : `export${words}`}`,
    prefix: argv[0]?.startsWith("-") === true ? "-- " : "",
  };
}

/** POSIX, XBD 3.216: a name. */
const exportable = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * What one shell or another keeps for itself: it would refuse the value, or change it. `_` and `SHLVL`, which are in every
 * environment that came out of a shell, are not among them: where the shell is bash, the command gets bash's own.
 */
const special = new Set(
  (
    "IFS OPTIND LINENO PPID UID EUID BASHOPTS SHELLOPTS BASHPID BASH_VERSINFO BASH_ARGV0 DIRSTACK FUNCNAME GROUPS " +
    "HISTCMD RANDOM SRANDOM SECONDS EPOCHREALTIME EPOCHSECONDS POSIXLY_CORRECT PS4"
  ).split(" "),
);

/** Bytes in one variable, below the 128 KiB that Linux allows (execve(2)) also when each character is four of them. */
const chunkLength = 30_000;

function throughNode(
  environment: Readonly<Record<string, string | undefined>>,
  program: string,
): ExportedEnvironment {
  const json = JSON.stringify(environment);
  let setUp = "export";
  for (let n = 0; n * chunkLength < json.length; n += 1) {
    setUp += ` XRT_ENVIRONMENT_${n}=${quote(json.slice(n * chunkLength, (n + 1) * chunkLength))}`;
  }
  return {
    setUp,
    prefix: `${quote(process.execPath)} --no-warnings -e ${quote(becomeInNode)} -- ${quote(program)} `,
  };
}

/**
 * Run by Node. Node ignores SIGPIPE and SIGXFSZ, which execve(2) hands on: the `env` of coreutils sets them back, and
 * passes the environment on unread. Where `env` cannot, the command starts with both ignored.
 */
const becomeInNode = `
const { spawnSync } = require("node:child_process");
let json = "";
for (let n = 0; process.env["XRT_ENVIRONMENT_" + n] !== undefined; n += 1) json += process.env["XRT_ENVIRONMENT_" + n];
const environment = { __proto__: null, ...JSON.parse(json) };
const [program, ...argv] = process.argv.slice(1);
const env = "/usr/bin/env", reset = "--default-signal=PIPE,XFSZ";
const able = !program.includes("=") && spawnSync(env, [reset, "true"], { stdio: "ignore" }).status === 0;
if (able) process.execve(env, ["env", reset, program, ...argv.slice(1)], environment);
else process.execve(program, argv, environment);
`;
