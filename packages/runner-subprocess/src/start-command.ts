import type { Invocation, RunContext } from "@xrt/contracts";
import type { ContainedCommand } from "./contain/contained-command.ts";
import type { Containment } from "./contain/containment.ts";
import { tagOf } from "./contain/run-tag.ts";
import type { ChildEnvironment } from "./environment.ts";
import type { SubprocessConfig } from "./metadata.ts";
import type { StandardInput } from "./standard-input.ts";

/** Starts the command of an invocation. Rejects with an error that has the code with which spawn would have failed. */
export async function startCommand(
  containment: Containment,
  { command: argv, working_directory: directory }: Invocation,
  context: RunContext<SubprocessConfig>,
  environment: ChildEnvironment,
  stdin: StandardInput,
  output: "capture" | "inherit",
  avoidCompanion: boolean,
): Promise<ContainedCommand> {
  const { stdout, stderr, config } = context;
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
}
