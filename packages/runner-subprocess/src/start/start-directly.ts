import { spawn, type ChildProcess } from "node:child_process";
import { fstatSync } from "node:fs";
import { statusOf } from "../contain/process-table.ts";
import { inVariables } from "./in-variables.ts";
import { becomeCommand, newRefusal, shellPrelude } from "./shell-order.ts";
import { descriptor, type CommandEnd, type Started, type StartRequest } from "./started.ts";
import { takeRefusal, type OutputSince } from "./take-refusal.ts";

/**
 * Spawns a shell that tags itself and becomes the command: for descriptors that only a child of ours can have. Throws
 * what spawn throws; the promise is there only for a failure that spawn tells later, with which it rejects.
 */
export function startDirectly(shell: string, request: StartRequest): Started | Promise<never> {
  const { stdin, stdout, stderr } = request;
  // What is inherited, such as a terminal, is read by somebody else.
  const refusal = stderr === "inherit" ? null : newRefusal();
  const output = refusalFile(request);
  const words = `${shellPrelude}\n${becomeCommand(request.command, request.mark, refusal, "")}`;
  const { environment, script } = asScript(words);
  const child = spawn(shell, ["-c", stderr === "stdout" ? `exec 2>&1;${script}` : script], {
    cwd: "/",
    env: environment,
    stdio: [stdin, stdout, stderr === "stdout" ? stdout : stderr].map(descriptor),
    detached: true,
  });
  const { pid } = child;
  if (pid === undefined) {
    return new Promise((_resolve, reject) => {
      child.once("error", reject);
    });
  }
  return asStarted(child, pid, refusal, (code) => {
    if ((code !== 126 && code !== 127) || output === undefined || refusal === null) return undefined;
    const refused = takeRefusal(output, refusal);
    return refused === null ? undefined : { code: refused, retry: false };
  });
}

/** What a child process is as a started command. */
export function asStarted(
  child: ChildProcess,
  pid: number,
  refusal: string | null = null,
  refusedWith: (code: number | null) => CommandEnd["refused"] = () => undefined,
): Started {
  const status = process.platform === "linux" ? statusOf(pid) : undefined;
  return {
    group: pid,
    groupStart: status?.start ?? null,
    helper: null,
    leader: status,
    refusal,
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    onEnd(listener) {
      child.once("exit", (code, signal) => {
        const refused = refusedWith(code);
        listener(refused === undefined ? { code, signal } : { code: null, signal: null, refused });
      });
    },
    release: () => undefined,
  };
}

/** Where what the shell says of a failure ends up and can be found: a file. */
function refusalFile({ stdout, stderr }: StartRequest): OutputSince | undefined {
  const fd = stderr === "stdout" ? stdout : stderr;
  if (typeof fd !== "number") return undefined;
  const status = fstatSync(fd);
  return status.isFile() ? { fd, before: status.size } : undefined;
}

/** Words that must not be among the arguments: the environment is in them. */
function asScript(words: string): { environment: Record<string, string>; script: string } {
  const environment = inVariables("XRT_WORDS_", words);
  const names = Object.keys(environment);
  const whole = names.map((name) => `$${name}`).join("");
  return { environment, script: `xrt_words="${whole}";unset ${names.join(" ")};eval "$xrt_words"` };
}
