import { Refusal } from "./metadata/reading.ts";

/** Where a secret is, never what it is. */
export type SecretSource =
  | { readonly from: "env"; readonly name: string }
  | { readonly from: "file"; readonly path: string };

export interface SecretHeader {
  /** The metadata key, without `http.`. */
  readonly key: string;
  /** Lower case. */
  readonly name: string;
  /** Before the secret: `Bearer `. */
  readonly prefix: string;
  readonly source: SecretSource;
}

export function readSecretSource(text: string): SecretSource | Refusal {
  const [, from, where = ""] = /^(env|file):(.+)$/s.exec(text) ?? [];
  if (from === "env") return { from, name: where };
  if (from === "file" && where.startsWith("/")) return { from, path: where };
  // The text is not shown: it may be the secret itself.
  return new Refusal(
    "expected env:NAME or file:/absolute/path, which say where the secret is, not the secret itself",
  );
}
