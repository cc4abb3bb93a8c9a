/**
 * Does something without root's right to pass over permissions: as `nobody` where the tests run as root, else as we are.
 * Of the whole process: only where nothing else goes on in it.
 */
export async function asNobody<T>(act: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return act();
  process.seteuid?.(65_534);
  try {
    return await act();
  } finally {
    process.seteuid?.(0);
  }
}
