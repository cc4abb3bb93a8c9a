import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Writable } from "node:stream";
import { spawnAssistant } from "../start/spawn-assistant.ts";

/**
 * A shell that knows which runs live, and kills them when its input ends: then we are gone, whatever ended us. It does
 * nothing else, so that nothing but a signal can end it; it is replaced when one does.
 */
export class Guard {
  readonly #shell: string;
  /** What it knows: an entry `tag:group:start;` for each live run, by tag. */
  readonly #live = new Map<number, string>();
  /** Ends that it has not been told of: a sweep for a run of which nothing is left finds nothing. */
  #untold = "";
  #child: ChildProcess | undefined;
  #closed = false;
  #rest: NodeJS.Timeout | undefined;

  constructor(shell: string) {
    this.#shell = shell;
  }

  /**
   * From here on the run is killed when we die. Group 0: none yet. `start` is that of the group's first process: the guard
   * hears late of an end, and by then another group may have the number.
   */
  watch(tag: number, group: number, start: string | null): void {
    const known = this.#live.get(tag);
    const entry = `${tag}:${group}:${start ?? 0};`;
    this.#live.set(tag, entry);
    if (this.#child === undefined) this.#open();
    else this.#tell(`${known === undefined ? "" : `- ${known}\n`}+ ${entry}\n`);
  }

  /** The run is over; what it left on purpose (`leaves`) lives on, and must not be taken for a living run's. */
  forget(tag: number, leaves: boolean): void {
    const entry = this.#live.get(tag);
    if (entry === undefined) return;
    this.#live.delete(tag);
    this.#untold += `- ${entry}\n`;
    if (leaves || this.#untold.length > mostUntold) this.#tell("");
    // One timer for many runs: it looks again when it is due.
    if (this.#live.size === 0) this.#rest ??= setTimeout(() => this.#endIfIdle(), restMs).unref();
  }

  /** Ends the guard. Runs that are still watched are killed. */
  close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#rest);
    this.#rest = undefined;
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined) return Promise.resolve();
    child.ref();
    return new Promise((resolve) => {
      child.once("close", () => resolve());
      (child.stdin as Writable).end();
      // A process of a run may have stopped it; with nothing to kill, it need not even hear of its end.
      child.kill(this.#live.size === 0 ? "SIGKILL" : "SIGCONT");
    });
  }

  #endIfIdle(): void {
    this.#rest = undefined;
    if (this.#live.size > 0) return;
    const child = this.#child;
    this.#child = undefined;
    // Not by the end of its input: it has not been told of every end.
    child?.kill("SIGKILL");
  }

  #tell(lines: string): void {
    this.#child?.stdin?.write(`${this.#untold}${lines}`);
    this.#untold = "";
  }

  #open(): void {
    const args = ["-c", guardScript, "xrt-guard", process.execPath, sweepProgram];
    const child = spawnAssistant(this.#shell, args, {
      stdio: ["pipe", "ignore", "ignore"],
      env: guardEnvironment(),
    });
    // Without a process for it there is no guard until the next run; containment by ourselves is not affected.
    if (child === undefined) return;
    this.#closed = false;
    this.#child = child;
    const stdin = child.stdin as Writable & { unref(): void };
    // One that was killed cannot be written to; its end tells.
    stdin.on("error", () => undefined);
    child.once("close", () => {
      if (this.#child === child) this.#child = undefined;
      if (this.#live.size > 0 && !this.#closed) this.#open();
    });
    child.unref();
    stdin.unref();
    this.#untold = "";
    this.#tell(Array.from(this.#live.values(), (entry) => `+ ${entry}\n`).join(""));
  }
}

/** Characters that are kept until there is more to say: each write wakes the guard. */
const mostUntold = 4096;

/**
 * Of ours only what Node may need to start, and the mark of a run that is around us. Neither our PATH, in which its `grep`
 * would be looked for, nor our NODE_OPTIONS, which may have its Node wait for a debugger.
 */
function guardEnvironment(): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { PATH: "/usr/bin:/bin" };
  for (const name of ["LD_LIBRARY_PATH", "XRT_RUN_DIR"]) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}

/** Milliseconds without a run after which there is nothing to guard, and perhaps never again. */
const restMs = 5000;

/** Beside this file, as source, as built, and in a bundle. */
const sweepProgram = fileURLToPath(
  new URL(`./sweep-after-supervisor${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url),
);

/**
 * Reads `+ tag:group:start;` and `- tag:group:start;`. At the end of its input it kills the groups at once whose first
 * process is still there and started then (field 22 of `/proc/<pid>/stat`, proc(5)), then has a Node look for whatever else
 * carries the tags; where no Node starts, as when memory has run out, it looks itself.
 */
const guardScript = `
trap : 1 2 3 10 12 13 14 15
live=
while read -r word entry; do
  case $word in
    +) live="$live $entry" ;;
    -) case $live in *" $entry"*) live="\${live%%" $entry"*}\${live#*" $entry"}" ;; esac ;;
  esac
done
[ -n "$live" ] || exit 0
tags=
for entry in $live; do
  tags="$tags|\${entry%%:*}"; group=\${entry#*:}; start=\${group#*:}; start=\${start%;}; group=\${group%%:*}
  [ "$group" = 0 ] && continue
  read -r stat <"/proc/$group/stat" || continue
  set -- "$1" "$2" \${stat##*) }
  [ "\${22}" = "$start" ] && kill -9 "-$group"
done
"$1" "$2" $live && exit
while :; do
  found=
  for file in $(grep -lsE "^Max file locks +(\${tags#|}) " /proc/[0-9]*/limits); do
    pid=\${file#/proc/}; kill -9 "\${pid%/limits}" && found=1
  done
  [ -n "$found" ] || break
done
`;
