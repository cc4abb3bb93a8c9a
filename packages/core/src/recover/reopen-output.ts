import { closeSync, constants, fstatSync, openSync, renameSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { OutputFile } from "../output/output-file.ts";
import { outputPath, type StreamName } from "../output/output-progress.ts";
import { isShortage, messageOf, systemCode } from "../system-error.ts";

/**
 * Opens what a run has printed so far for more. What its program put in the place of it is moved aside, unfollowed, and what is
 * gone is begun anew; `warn` is told. Throws the system's error.
 */
export function reopenOutput(
  directory: string,
  stream: StreamName,
  warn: (message: string) => void,
): OutputFile {
  const path = outputPath(directory, stream);
  const onFailure = (error: unknown): void => warn(`${stream} is not whole: ${messageOf(error)}`);
  try {
    return new OutputFile(path, onFailure, openForAppending(path));
  } catch (error) {
    if (isShortage(error)) throw error;
    warn(`what the run printed to ${stream} is lost: ${messageOf(error)}`);
    if (systemCode(error) !== "ENOENT") renameSync(path, `${path}.replaced-${randomUUID()}`);
    return new OutputFile(path, onFailure);
  }
}

function openForAppending(path: string): number {
  const { O_WRONLY, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants;
  const fd = openSync(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK);
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw new Error(`${path} is not a regular file`);
}
