import type { Invocation, RunContext } from "@xrt/contracts";
import type { ContainedCommand } from "./contain/contained-command.ts";
import type { Containment } from "./contain/containment.ts";
import { tagOf } from "./contain/run-tag.ts";
import type { ChildEnvironment } from "./environment.ts";
import type { SubprocessConfig } from "./metadata.ts";
import type { StandardInput } from "./standard-input.ts";

/** Starts the command of an invocation. The promise is there only for a failure, of which spawn would tell with its code. */
export function startCommand(
  containment: Containment,
  { command: argv, working_directory: directory }: Invocation,
  context: RunContext<SubprocessConfig>,
  environment: ChildEnvironment,
  stdin: StandardInput,
  output: "capture" | "inherit",
  avoidCompanion: boolean,
): ContainedCommand | Promise<NodeJS.ErrnoException> {
  const { stdout, stderr, config } = context;
  try {
    return containment.start(
      {
        argv,
        directory,
        environment,
        tag: tagOf(context.directory),
        cookie: `XRT_RUN_DIR=${context.directory}`,
        stdin: stdin.stdio,
        stdout: output === "inherit" ? "inherit" : stdout.fd,
        stderr: config.mergeOutput ? "stdout" : output === "inherit" ? "inherit" : stderr.fd,
      },
      { avoidCompanion: avoidCompanion || !stdin.isFile },
    );
  } catch (error) {
    return Promise.resolve(error as NodeJS.ErrnoException);
  }
}
