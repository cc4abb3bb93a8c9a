import type * as z from "zod/mini";
import { isNamespaced } from "../v0.2/namespaced.ts";
import { Limits } from "../v0.2/limits.ts";
import { isErrorCode, type ErrorCode } from "../v0.2/run-error.ts";
import { Usage } from "../v0.2/usage.ts";

/** How a value of a later version stands in an older version's metadata. */
export interface WireText<T> {
  /** Undefined for a text that is no such value. */
  readonly read: (text: string) => T | undefined;
  readonly write: (value: T) => string;
}

export const anyText: WireText<string> = { read: (text) => text, write: (value) => value };

export const namespacedText: WireText<`${string}.${string}`> = {
  read: (text) => (isNamespaced(text) ? text : undefined),
  write: (value) => value,
};

export const errorCodeText: WireText<ErrorCode> = {
  read: (text) => (isErrorCode(text) ? text : undefined),
  write: (value) => value,
};

export const sha256Text: WireText<string> = {
  read: (text) => (/^[0-9a-f]{64}$/.test(text) ? text : undefined),
  write: (value) => value,
};

export const booleanText: WireText<boolean> = {
  read: (text) => (text === "true" ? true : text === "false" ? false : undefined),
  write: String,
};

export const sizeText: WireText<number> = {
  read: (text) => {
    const size = Number(text);
    return Number.isSafeInteger(size) && size >= 0 && String(size) === text ? size : undefined;
  },
  write: String,
};

export const limitsText = jsonText<Limits>(Limits);
export const usageText = jsonText<Usage>(Usage);

/** Seconds that a whole number cannot tell: `seconds` is that number rounded up. */
export function fractionText(seconds: number | null): WireText<number> {
  return {
    read: (text) => {
      const fraction = Number(text);
      const isOurs = !Number.isInteger(fraction) && Math.ceil(fraction) === seconds && fraction > 0;
      return isOurs ? fraction : undefined;
    },
    write: String,
  };
}

function jsonText<T>(schema: z.ZodMiniType<T>): WireText<T> {
  return {
    read: (text) => {
      try {
        const value: unknown = JSON.parse(text);
        // Not what the schema gives, whose members have an order of its own.
        return schema.safeParse(value).success ? (value as T) : undefined;
      } catch {
        return undefined; // Not JSON, so not such a value.
      }
    },
    write: (value) => JSON.stringify(value),
  };
}
