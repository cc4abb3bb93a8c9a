import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInvocation } from "@xrt/contracts/v0.1";
import { ExecutorRuntime } from "@xrt/core";
import { SubprocessRunner } from "@xrt/runner-subprocess";
import { execa } from "execa";
import { x } from "tinyexec";
import { $ } from "zx";

/** Seconds that every tool gives a command. */
export const deadlineSeconds = 1;

/** Milliseconds between asking and killing, for the tools that ask first. */
const graceMs = 100;

/** Runs a command with a tool's own deadline and its best options for leaving nothing; settles when the tool does. */
export type Tool = (command: readonly [string, ...string[]], cwd: string) => Promise<unknown>;

const timeout = deadlineSeconds * 1000;
const runtime = new ExecutorRuntime({ runners: { subprocess: new SubprocessRunner({ graceMs }) } });

export const tools: Readonly<Record<string, Tool>> = {
  async "bare spawn"([program, ...args], cwd) {
    await once(spawn(program, args, { cwd, timeout, killSignal: "SIGKILL" }), "close");
  },
  execa: ([program, ...args], cwd) =>
    execa(program, args, {
      cwd,
      timeout,
      killDescendants: true,
      forceKillAfterDelay: graceMs,
      reject: false,
    }),
  tinyexec: async ([program, ...args], cwd) =>
    x(program, args, { timeout, nodeOptions: { cwd, killSignal: "SIGKILL" } }),
  zx: async (command, cwd) =>
    $({ cwd, timeout, timeoutSignal: "SIGKILL", detached: true, nothrow: true, quiet: true })`${command}`,
  async "timeout(1)"(command, cwd) {
    const args = ["-k", String(graceMs / 1000), String(deadlineSeconds), ...command];
    await once(spawn("timeout", args, { cwd }), "close");
  },
  XRT: async (command, working_directory) =>
    runtime.run(
      createInvocation({
        runtime_kind: "subprocess",
        command: [...command],
        working_directory,
        timeout_seconds: deadlineSeconds,
      }),
    ),
};
