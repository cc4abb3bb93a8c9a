/** In UTF-16 code units. */
const longestLine = 1024 * 1024;

/** Lines of UTF-8 bytes, without their ends (LF or CRLF). A longer line than 1 MiB comes in pieces, so that memory stays bounded. */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let rest = "";
  for await (const chunk of chunks) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) yield part.endsWith("\r") ? part.slice(0, -1) : part;
    while (rest.length > longestLine) {
      yield rest.slice(0, longestLine);
      rest = rest.slice(longestLine);
    }
  }
  rest += decoder.decode();
  if (rest !== "") yield rest;
}
