import type { RunError } from "@xrt/contracts";

/** The code of a Node or system error: `ENOENT`; undefined for anything else. */
export function systemCode(error: unknown): string | undefined {
  const code = typeof error === "object" && error !== null ? (error as { code?: unknown }).code : undefined;
  return typeof code === "string" ? code : undefined;
}

export function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message === "" ? error.name : error.message;
  return typeof error === "string" ? error : `a thrown ${error === null ? "null" : typeof error}`;
}

const resources = new Set(["EMFILE", "ENFILE", "EAGAIN", "ENOMEM"]);
const space = new Set(["ENOSPC", "EDQUOT", "EFBIG", "EROFS", "EIO"]);

/** The error code that a system error stands for, or `otherwise`; `retryable` where the shortage may pass. */
export function classify(error: unknown, otherwise: RunError["code"]): Pick<RunError, "code" | "retryable"> {
  const code = systemCode(error) ?? "";
  if (resources.has(code)) return { code: "out_of_resources", retryable: true };
  if (space.has(code)) return { code: "storage" };
  return { code: otherwise };
}

/** Whether a system error tells of a shortage, so that the same request may work later. */
export function isShortage(error: unknown): boolean {
  const code = systemCode(error) ?? "";
  return resources.has(code) || code === "ENOSPC" || code === "EDQUOT" || code === "EIO";
}
