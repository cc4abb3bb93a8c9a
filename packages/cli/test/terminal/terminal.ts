import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { until, type Sandbox } from "../sandbox.ts";

export const hasTmux = spawnSync("tmux", ["-V"]).status === 0;
if (!hasTmux) console.log("skipped: the command line in a terminal, since tmux is not installed");

/** A real terminal of 100 columns, with a shell command in it. */
export class Terminal implements Disposable {
  readonly #socket: string;
  readonly #env: Record<string, string | undefined>;

  constructor(sandbox: Sandbox, script: string, env: Readonly<Record<string, string>> = {}) {
    this.#socket = join(sandbox.folder, "tmux");
    this.#env = { ...sandbox.env, TERM: "xterm-256color", SHELL: "/bin/sh", ...env };
    sandbox.write("script.sh", script);
    const command = `cd '${sandbox.folder}' && bash script.sh`;
    const size = ["-x", "100", "-y", "30"];
    // The configuration file of whoever runs this does not count.
    this.#tmux(
      "-f",
      "/dev/null",
      "new-session",
      "-d",
      ...size,
      command,
      ";",
      "set",
      "-g",
      "remain-on-exit",
      "on",
    );
  }

  /** What is on the screen; with `escapes`, colours are there as they were written. */
  screen(escapes = false): string {
    return this.#tmux("capture-pane", "-p", "-S", "-200", ...(escapes ? ["-e"] : [])).trimEnd();
  }

  /** Key names as tmux has them: `C-c`, `C-s`, `Enter`. */
  press(...keys: string[]): void {
    this.#tmux("send-keys", ...keys);
  }

  async shows(text: string | RegExp): Promise<string> {
    const matches = (screen: string): boolean =>
      typeof text === "string" ? screen.includes(text) : text.test(screen);
    try {
      await until(() => matches(this.screen()), "the terminal shows it");
    } catch {
      throw new Error(`the terminal never showed ${String(text)}, but:\n${this.screen()}`);
    }
    return this.screen();
  }

  [Symbol.dispose](): void {
    this.#tmux("kill-server");
  }

  #tmux(...args: string[]): string {
    return execFileSync("tmux", ["-S", this.#socket, ...args], {
      encoding: "utf8",
      env: this.#env,
      stdio: ["ignore", "pipe", "pipe"],
    });
  }
}
