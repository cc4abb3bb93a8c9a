/**
 * Compiling is a good part of the start-up, so Node keeps compiled code below the system's temporary directory
 * (NODE_DISABLE_COMPILE_CACHE=1 turns it off). Where that is shared, whoever makes the folder first chooses what code we
 * load: ours has its user in its name, and is used only where it is a folder of this user's that nobody else can write to.
 */
export function enableCompileCache(): void {
  const fs = process.getBuiltinModule("node:fs");
  const user = process.getuid?.();
  const { enableCompileCache: enable } = process.getBuiltinModule("node:module");
  // Windows has a temporary directory for each user; with NODE_COMPILE_CACHE somebody has chosen a folder.
  if (user === undefined || process.env["NODE_COMPILE_CACHE"] !== undefined) {
    enable();
    return;
  }
  const folder = `${process.env["TMPDIR"] ?? "/tmp"}/xrt-compile-cache-${user}`;
  try {
    fs.mkdirSync(folder, 0o700);
  } catch {
    // It is there already, as at every start but the first, or cannot be made: the look at it tells.
  }
  const stats = fs.lstatSync(folder, { throwIfNoEntry: false });
  if (stats?.isDirectory() === true && stats.uid === user && (stats.mode & 0o022) === 0) enable(folder);
}
