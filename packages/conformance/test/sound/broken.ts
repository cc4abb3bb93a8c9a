/** The sound runner with one line changed, and the case that must find it. */
export interface Broken {
  /** The case's id. */
  readonly finds: string;
  /** What is wrong with it. */
  readonly fault: string;
  /** A part of one line of runner.ts that occurs once, and what stands there instead. */
  readonly line: string;
  readonly instead: string;
}

const ended = "const [code, signal] = (await exited) as [number | null, string | null];";
const unusedServer = "this.#server ??= await listen();";
const stopsChild = 'const stop = (): void => kill(child, "SIGTERM");';
const succeeded = 'if (code === 0) return { status: "succeeded", exit_code: 0 };';
const failure = 'return { status: "failed", exit_code, error: { code, message } };';
const checkpoint = "await context.checkpoint({ pid: Number(child.pid) });";

export const broken: readonly Broken[] = [
  {
    finds: "declares/interface",
    fault: "it was written for an interface to come",
    line: 'readonly interfaceVersion = "1.0";',
    instead: 'readonly interfaceVersion = "1.99";',
  },
  {
    finds: "declares/times",
    fault: "its grace never ends",
    line: "readonly graceMs = 2000;",
    instead: "readonly graceMs = Infinity;",
  },
  {
    finds: "declares/supports",
    fault: "it names a limit by its last word",
    line: 'readonly supports = ["limits.cpu_seconds"];',
    instead: 'readonly supports = ["cpu_seconds"];',
  },
  {
    finds: "metadata/declared",
    fault: "its prefix takes the keys of others too",
    line: 'prefix: "sound.",',
    instead: 'prefix: "sound",',
  },
  {
    finds: "metadata/unknown-key",
    fault: "a misspelt key means nothing",
    line: "const issues: Issue[] = Object.keys(others).map(",
    instead: "const issues: Issue[] = Object.keys(others).slice(9).map(",
  },
  {
    finds: "metadata/refused",
    fault: "it takes what it cannot use",
    line: 'if (word === "") issues.push(',
    instead: 'if (word === " ") issues.push(',
  },
  {
    finds: "metadata/refused",
    fault: "its schema throws",
    line: 'if (word === "") issues.push(',
    instead: 'if (word === "") throw new Error("bad word"); issues.push(',
  },
  {
    finds: "ends/succeeded",
    fault: "what ends well is failed",
    line: succeeded,
    instead: succeeded.replace("code === 0", "code === 1"),
  },
  {
    finds: "ends/failed",
    fault: "what fails is succeeded",
    line: succeeded,
    instead: succeeded.replace("code === 0", "code !== null"),
  },
  {
    finds: "ends/failed",
    fault: "it gives another code than it promised",
    line: 'return failed("exit_status",',
    instead: 'return failed("limit_exceeded",',
  },
  {
    finds: "ends/rejected",
    fault: "what cannot be started is failed",
    line: 'return { status: "rejected", error',
    instead: 'return { status: "failed", error',
  },
  {
    finds: "ends/rejected",
    fault: "it tells of a start before it looks",
    line: 'const [program = ""] = invocation.command;',
    instead: 'const [program = ""] = invocation.command; context.emit({ type: "started" });',
  },
  {
    finds: "ends/outcome",
    fault: "its exit code is text",
    line: succeeded,
    instead: succeeded.replace("exit_code: 0", 'exit_code: "0" as unknown as number'),
  },
  {
    finds: "ends/explained",
    fault: "its message is empty",
    line: failure,
    instead: failure.replace("message }", "message: message.slice(99) }"),
  },
  {
    finds: "ends/explained",
    fault: "it makes up a code",
    line: failure,
    instead: failure.replace("error: { code,", 'error: { code: "oops" as "exit_status",'),
  },
  {
    finds: "stops/deadline",
    fault: "the deadline is a cancel",
    line: "context.signal.throwIfAborted();\n      return conclude(",
    instead: 'if (context.signal.aborted) return { status: "cancelled" };\n      return conclude(',
  },
  {
    finds: "stops/cancel",
    fault: "a cancel is a failure",
    line: "context.signal.throwIfAborted();\n      return conclude(",
    instead: "return conclude(",
  },
  {
    finds: "stops/asked-once",
    fault: "it does not heed `signal`",
    line: stopsChild,
    instead: "const stop = (): void => undefined;",
  },
  {
    finds: "stops/forced",
    fault: "it does not heed `forceSignal`",
    line: 'const force = (): void => kill(child, "SIGKILL");',
    instead: "const force = (): void => undefined;",
  },
  {
    finds: "stops/before",
    fault: "it begins though it was stopped",
    line: "async run(invocation: Invocation, context: RunContext<Config>): Promise<Outcome> {\n    context.signal.throwIfAborted();",
    instead: "async run(invocation: Invocation, context: RunContext<Config>): Promise<Outcome> {",
  },
  {
    finds: "stops/one-of-two",
    fault: "a stop reaches every run of it",
    line: stopsChild,
    instead:
      'const all = ((this as { all?: ChildProcess[] }).all ??= []); all.push(child); const stop = (): void => all.forEach((each) => kill(each, "SIGTERM"));',
  },
  {
    finds: "stops/then-runs",
    fault: "a stop stays with it",
    line: "context.signal.throwIfAborted();\n      return conclude(",
    instead:
      "const self = this as { over?: boolean }; if (context.signal.aborted) self.over = true; if (self.over === true) throw new Error();\n      return conclude(",
  },
  {
    finds: "repeats/second",
    fault: "it works once",
    line: unusedServer,
    instead: 'if (this.#server) throw new Error("already used"); this.#server = await listen();',
  },
  {
    finds: "repeats/after-failure",
    fault: "a failure stays with it",
    line: "return conclude(code, signal, invocation);\n    } finally",
    instead:
      'const self = this as { last?: Outcome }; if (self.last?.status !== "failed") self.last = conclude(code, signal, invocation); return self.last;\n    } finally',
  },
  {
    finds: "repeats/fifty-at-once",
    fault: "all runs write where the last one does",
    line: "const child = start(invocation, context);",
    instead:
      "const self = this as { last?: RunContext<Config> }; self.last = context; await delay(1); const child = start(invocation, self.last);",
  },
  {
    finds: "data/invocation",
    fault: "it changes the invocation, where it can",
    line: 'const [program = ""] = invocation.command;',
    instead: 'Reflect.set(invocation.environment, "LANG", "C"); const [program = ""] = invocation.command;',
  },
  {
    finds: "data/output",
    fault: "it decodes what it passes on",
    line: ended,
    instead: `${ended} const bytes = readFileSync(context.stdout.path, "utf8"); await context.stdout.write(bytes);`,
  },
  {
    finds: "data/output",
    fault: "it mixes the two streams up",
    line: "context.stdout.fd, context.stderr.fd",
    instead: "context.stderr.fd, context.stdout.fd",
  },
  {
    finds: "data/nothing-late",
    fault: "it goes on telling after its answer",
    line: "clearInterval(ticking);",
    instead: "setTimeout(() => clearInterval(ticking), 100);",
  },
  {
    finds: "data/events",
    fault: "it emits an event of no vocabulary",
    line: 'context.emit({ type: "started", pid: Number(child.pid) });',
    instead: 'try { context.emit({ type: "launched" } as never); } catch {}',
  },
  {
    finds: "data/events",
    fault: "its checkpoint is no JSON",
    line: checkpoint,
    instead: "await context.checkpoint({ since: new Date() } as never).catch(() => undefined);",
  },
  {
    finds: "data/input",
    fault: "it reads a payload file only",
    line: 'return input === null ? "" : text(input.stream());',
    instead: 'return input?.path ? text(input.stream()) : "";',
  },
  {
    finds: "data/artifact",
    fault: "it clears away what the work left",
    line: ended,
    instead: `${ended} (await import("node:fs")).rmSync(context.artifactDirectory, { recursive: true }); (await import("node:fs")).mkdirSync(context.artifactDirectory);`,
  },
  {
    finds: "data/artifact",
    fault: "it tells a size that is not true",
    line: "return conclude(code, signal, invocation);\n    } finally",
    instead:
      'return { ...conclude(code, signal, invocation), artifacts: [{ path: join(context.artifactDirectory, "report.txt"), size_bytes: 7 }] };\n    } finally',
  },
  {
    finds: "recovers/attaches",
    fault: "it forgets where the work is",
    line: checkpoint,
    instead: "await context.checkpoint({ pid: 0 });",
  },
  {
    finds: "recovers/without-checkpoint",
    fault: "it takes a checkpoint for granted",
    line: 'if (state === null) return failed("supervisor_died", "the supervisor died before the process began");',
    instead: "",
  },
  {
    finds: "recovers/stops",
    fault: "its recovery does not heed `signal`",
    line: "while (isAlive(pid)) await delay(10, undefined, { signal: context.signal });",
    instead: "for (;;) await delay(10);",
  },
  {
    finds: "recovers/bystander",
    fault: "it kills what the checkpoint names",
    line: "while (isAlive(pid)) await delay(10, undefined, { signal: context.signal });",
    instead: 'process.kill(pid, "SIGKILL");',
  },
  {
    finds: "limits/held/cpu_seconds",
    fault: "it supports a limit in name only",
    line: 'const limit = limits?.cpu_seconds === undefined ? "" : `ulimit -t ${limits.cpu_seconds};`;',
    instead: 'const limit = limits?.cpu_seconds === undefined ? "" : "";',
  },
  {
    finds: "leaves/no-listeners",
    fault: "its listeners stay",
    line: 'context.signal.removeEventListener("abort", stop);',
    instead: "",
  },
  {
    finds: "leaves/no-children",
    fault: "it leaves the group of a process that ended",
    line: 'kill(child, "SIGKILL");\n      context.signal',
    instead: "context.signal",
  },
  {
    finds: "leaves/no-children",
    fault: "a process that it keeps for later runs outlives its close",
    line: unusedServer,
    instead: `if (!this.#server) spawn("/bin/sleep", ["60"], { env: invocation.environment }); ${unusedServer}`,
  },
  {
    finds: "leaves/no-descriptors",
    fault: "it does not close its server",
    line: "(this.#server ? this.#server.close(() => resolve()) : resolve())",
    instead: "resolve()",
  },
  {
    finds: "leaves/no-timers",
    fault: "its timer goes on",
    line: "clearInterval(ticking);",
    instead: "",
  },
  {
    finds: "leaves/process",
    fault: "it changes the host's environment",
    line: unusedServer,
    instead: `${unusedServer} process.env["XRT_SOUND"] = "here";`,
  },
  {
    finds: "leaves/process",
    fault: "it moves the host to another directory",
    line: unusedServer,
    instead: `${unusedServer} process.chdir("/");`,
  },
  {
    finds: "leaves/signals",
    fault: "it takes the host's signals",
    line: unusedServer,
    instead: `${unusedServer} process.on("SIGTERM", () => undefined);`,
  },
  {
    finds: "closes/unused",
    fault: "it can be closed only after a run",
    line: "(this.#server ? this.#server.close(() => resolve()) : resolve())",
    instead: "this.#server!.close(() => resolve())",
  },
  {
    finds: "closes/used",
    fault: "its close never ends",
    line: "this.#server.close(() => resolve())",
    instead: "this.#server.close()",
  },
];
