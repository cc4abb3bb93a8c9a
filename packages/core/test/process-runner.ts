import { spawn } from "node:child_process";
import { outcome, type RuntimeRunner } from "@xrt/contracts";

/** Runs the command in a process group of its own, which writes its output into the run's files itself. */
export function processRunner(members: Partial<RuntimeRunner> = {}): RuntimeRunner {
  return {
    interfaceVersion: "1.0",
    ...members,
    async run(invocation, context) {
      const [program = "", ...args] = invocation.command;
      const child = spawn(program, args, {
        cwd: invocation.working_directory,
        env: {
          ...process.env,
          ...invocation.environment,
          XRT_RUN_DIR: context.directory,
          XRT_ARTIFACT_DIR: context.artifactDirectory,
        },
        detached: true,
        stdio: ["ignore", context.stdout.fd, context.stderr.fd],
      });
      const kill = (signal: NodeJS.Signals) => () => {
        if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid ?? 0), signal);
      };
      context.signal.addEventListener("abort", kill("SIGTERM"), { once: true });
      context.forceSignal.addEventListener("abort", kill("SIGKILL"), { once: true });
      if (child.pid !== undefined) context.emit({ type: "started", pid: child.pid });
      const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
        child.once("error", reject);
        child.once("exit", (...end) => resolve(end));
      });
      context.signal.throwIfAborted();
      if (code === 0) return outcome.succeeded({ exit_code: 0 });
      return outcome.failed("exit_status", `exited with ${code ?? signal}`, { exit_code: code, signal });
    },
  };
}
