import { randomUUID } from "node:crypto";
import type { ReadyCommand } from "./command.ts";
import { exportEnvironment } from "./export-environment.ts";
import { quote } from "./quote.ts";

// What a shell is told to do to become the command of a run: POSIX, Shell Command Language, in the part that dash,
// BusyBox's ash and bash agree on.

/** The words by which a shell tells that the command was never executed. Unknown to the command, which could say them too. */
export function newRefusal(): string {
  return `xrt-not-executed-${randomUUID()}`;
}

/** How a process is marked as the run's. */
export interface Mark {
  /** Null: not at all, where the system has no such limit. */
  readonly tag: number | null;
  /** No run is around this one. */
  readonly outermost: boolean;
  /** The file by which it enters a control group; null: none. */
  readonly entrance: string | null;
}

/** bash needs telling to outlive an exec that fails. */
export const shellPrelude = "if command -v shopt >/dev/null;then shopt -s execfail;fi";

/**
 * The words that tag the shell and turn it into the command. When that fails, what the shell says of it and `refusal`
 * are on descriptor 2, whatever that is by then. Null: nobody could tell the words from the command's own.
 */
export function becomeCommand(
  { argv, program, directory, environment }: ReadyCommand,
  { tag, outermost, entrance }: Mark,
  refusal: string | null,
  redirections: string,
): string {
  const { setUp, prefix } = exportEnvironment(environment, argv, program);
  return [
    ...(refusal === null ? [] : [`trap 'echo ${refusal} >&2' EXIT`]),
    // dash and ash call it -w, bash -x. Where somebody has set a lower hard limit, the run goes without; a command's
    // output is no place to say so.
    ...(tag === null ? [] : [`{ ulimit -S -w ${tag}||ulimit -S -x ${tag};} 2>/dev/null`]),
    ...(tag === null || !outermost ? [] : [`ulimit -S -m ${tag} 2>/dev/null`]),
    ...(entrance === null ? [] : [`echo 0 >${quote(entrance)}||exit 126`]),
    `umask ${process.umask().toString(8)}`,
    // Physical: with CDPATH unset and an absolute path it prints nothing.
    `cd -P ${quote(directory)}||exit 126`,
    // What shells put into the environment by themselves.
    "unset PWD OLDPWD SHLVL _",
    setUp,
    `exec ${prefix}${argv.map(quote).join(" ")} ${redirections}`,
    "exit 126",
  ].join("\n");
}

/** What a shell said before `refusal`, as the error code of the call that failed; undefined where it did not say. */
export function refusalCode(said: string): string | undefined {
  return Object.entries(systemErrors).find(([text]) => said.includes(text))?.[1];
}

/** strerror(3) in the C locale, and dash's own word for ENOENT. */
const systemErrors: Readonly<Record<string, string>> = {
  "Argument list too long": "E2BIG",
  "Permission denied": "EACCES",
  "Text file busy": "ETXTBSY",
  "Exec format error": "ENOEXEC",
  "Cannot allocate memory": "ENOMEM",
  "Resource temporarily unavailable": "EAGAIN",
  "Too many open files": "EMFILE",
  "No such file or directory": "ENOENT",
  "not found": "ENOENT",
};
