import { readFileSync } from "node:fs";

/** The version of this package. Its package.json is one folder up, in the repository as when published. */
export function ownVersion(): string {
  const file = new URL("../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
