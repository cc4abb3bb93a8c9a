import { closeSync, openSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Containment } from "../src/contain/containment.ts";
import { newTag } from "../src/contain/run-tag.ts";
import type { CommandEnd } from "../src/start/started.ts";

/** A command's end, and the bytes that it wrote. */
export interface ContainedEnd {
  readonly mode: string;
  readonly end: CommandEnd;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** Starts a command in a containment, without anything of a runner around it, and sees it to its end. */
export async function runContained(
  containment: Containment,
  scratch: string,
  command: { argv: readonly string[]; directory: string; environment: Readonly<Record<string, string>> },
): Promise<ContainedEnd> {
  const outputs = ["stdout", "stderr"].map((name) => path.join(scratch, name));
  const [stdout = -1, stderr = -1] = outputs.map((file) => openSync(file, "w"));
  try {
    const tag = newTag();
    const request = { ...command, tag, cookie: null, stdin: "ignore", stdout, stderr } as const;
    const started = await containment.start(request);
    const end = await new Promise<CommandEnd>((resolve) => {
      started.started.onEnd(resolve);
    });
    await started.leader();
    await started.release(started.mayHaveLeft() ? "something" : "nothing");
    const [out, error] = outputs.map((file) => readFileSync(file));
    return { mode: started.mode, end, stdout: out ?? Buffer.of(), stderr: error ?? Buffer.of() };
  } finally {
    closeSync(stdout);
    closeSync(stderr);
  }
}
