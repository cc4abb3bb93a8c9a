/** Where an offset of a text lies, as an editor shows it: lines and characters (code points) from 1. */
export function positionAt(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  for (;;) {
    const end = text.indexOf("\n", lineStart);
    if (end === -1 || end >= offset) break;
    line += 1;
    lineStart = end + 1;
  }
  let column = 1;
  for (let at = lineStart; at < offset; at += isPair(text, at) ? 2 : 1) column += 1;
  return { line, column };
}

function isPair(text: string, at: number): boolean {
  return (text.codePointAt(at) ?? 0) > 0xffff;
}
