import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { systemCode } from "../system-error.ts";

/** What core wrote under a name is no longer there, or something else is. */
export class LostRunFile extends Error {
  override readonly name = "LostRunFile";
  readonly replaced: boolean;

  constructor(path: string, replaced: boolean, options?: ErrorOptions) {
    super(
      replaced
        ? `${path} is not a regular file: the run has replaced what was written there`
        : `${path} is gone: the run, or whoever cleans up, has removed it`,
      options,
    );
    this.replaced = replaced;
  }
}

/**
 * Opens a file of a run directory for reading. The run's own program may have put anything under the name: no link is
 * followed and no pipe is waited for. Rejects with LostRunFile for what is gone or replaced, else with the system's error.
 */
export async function openRegularFile(path: string): Promise<FileHandle> {
  const file = await openUnfollowed(path);
  try {
    if ((await file.stat()).isFile()) return file;
    throw new LostRunFile(path, true);
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function openUnfollowed(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") throw new LostRunFile(path, false, { cause: error });
    // A link (POSIX: ELOOP; FreeBSD: EMLINK), or a socket or a device without a driver (ENXIO).
    if (code === "ELOOP" || code === "EMLINK" || code === "ENXIO")
      throw new LostRunFile(path, true, { cause: error });
    throw error;
  }
}
