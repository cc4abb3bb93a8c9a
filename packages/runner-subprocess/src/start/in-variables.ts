/** UTF-16 units in one variable: three bytes each at most, together below the 128 KiB that Linux allows (execve(2)). */
const chunkLength = 30_000;

/**
 * A text as environment variables `<prefix>0`, `<prefix>1` and so on: the arguments of a process can be read by every
 * user, its environment by ours alone. No character is cut in two: a half of one has no UTF-8.
 */
export function inVariables(prefix: string, text: string): Record<string, string> {
  const variables: Record<string, string> = {};
  let n = 0;
  for (let from = 0; from < text.length; n += 1) {
    const to = from + chunkLength - (isHighSurrogate(text.charCodeAt(from + chunkLength - 1)) ? 1 : 0);
    variables[`${prefix}${n}`] = text.slice(from, to);
    from = to;
  }
  return variables;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
