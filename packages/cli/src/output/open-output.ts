import { fstatSync } from "node:fs";
import { isatty } from "node:tty";
import { FileOutput } from "./file-output.ts";
import type { Output } from "./output.ts";
import { PipeOutput } from "./pipe-output.ts";
import { reopenWithoutBlocking } from "./reopen.ts";

const opened = new Map<1 | 2, Output>();

/**
 * Our standard output (1) or standard error (2). `process.stdout` will not do: it blocks on a terminal that was stopped
 * (Ctrl-S), and for a pipe it makes writing non-blocking for every program that shares the pipe.
 */
export function openOutput(descriptor: 1 | 2): Output {
  const known = opened.get(descriptor);
  if (known !== undefined) return known;
  const output = open(descriptor);
  opened.set(descriptor, output);
  return output;
}

function open(descriptor: 1 | 2): Output {
  const stat = fstatSync(descriptor);
  if (stat.isFIFO()) return new PipeOutput(descriptor, reopenWithoutBlocking(descriptor));
  if (stat.isSocket()) return new PipeOutput(descriptor, descriptor);
  return new FileOutput(descriptor, isatty(descriptor) ? reopenWithoutBlocking(descriptor) : descriptor);
}
