import { Fault } from "./fault.ts";

/** What undici or Node throw, as a sentence that begins with `http error`. */
export function networkFault(error: unknown, url: URL): Fault {
  if (error instanceof Fault) return error;
  const refused = findFault(error);
  if (refused !== undefined) return refused;
  const code = codeOf(error);
  const storage = code === "ENOSPC" || code === "EDQUOT";
  return new Fault(storage ? "storage" : "network", `http error: ${sentence(error, code, url)}`, {
    transient: !permanent.test(code),
    cause: error,
  });
}

/** A certificate does not become valid, nor a bad request good, by asking again. */
const permanent =
  /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_|ERR_SSL_|UND_ERR_INVALID_ARG|UND_ERR_NOT_SUPPORTED|ENOENT|EACCES|EISDIR)/;

function sentence(error: unknown, code: string, url: URL): string {
  const at = url.host;
  const detail = detailOf(error);
  switch (code) {
    case "ECONNREFUSED":
      return `connection to ${at} refused (ECONNREFUSED); is the service up?`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `the name ${url.hostname} cannot be resolved (${code})`;
    case "ECONNRESET":
    case "EPIPE":
    case "UND_ERR_SOCKET":
      return `${at} closed the connection before its response was complete (${code}${detail})`;
    case "UND_ERR_CONNECT_TIMEOUT":
    case "ETIMEDOUT":
      return `no connection to ${at} could be made in time (${code})`;
    case "UND_ERR_HEADERS_OVERFLOW":
    case "HPE_HEADER_OVERFLOW":
      return `${at} sent more response headers than are read (${code})`;
    case "UND_ERR_RES_CONTENT_LENGTH_MISMATCH":
      return `${at} sent a body of another length than it announced (${code})`;
    default:
      if (code.startsWith("HPE_") || (error as Partial<Error>).name === "HTTPParserError")
        return `${at} did not answer in valid HTTP (${[code, messageOf(error)].filter(Boolean).join(": ")})`;
      if (
        code.startsWith("Z_") ||
        code.startsWith("ERR_ZSTD") ||
        code.startsWith("ERR__ERROR_FORMAT") ||
        code.startsWith("ERR_PADDING")
      )
        return `the body that ${at} sent cannot be decompressed (${code}${detail})`;
      return `the request to ${at} failed (${code === "" ? "" : `${code}: `}${messageOf(error)})`;
  }
}

function detailOf(error: unknown): string {
  const message = messageOf(error);
  return message === "" ? "" : `: ${message}`;
}

/** Of a connection attempt over several addresses the first failure tells the most. */
function codeOf(error: unknown): string {
  for (let at: unknown = error; typeof at === "object" && at !== null; at = causeOf(at)) {
    const { code } = at as { code?: unknown };
    if (typeof code === "string" && code !== "") return code;
  }
  return "";
}

function causeOf(error: object): unknown {
  return error instanceof AggregateError ? error.errors[0] : (error as { cause?: unknown }).cause;
}

/** The address policy speaks from within the connector. */
function findFault(error: unknown): Fault | undefined {
  for (let at: unknown = error; typeof at === "object" && at !== null; at = causeOf(at)) {
    if (at instanceof Fault) return at;
  }
  return undefined;
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
