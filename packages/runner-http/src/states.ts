import type { TerminalStatus } from "@xrt/contracts";

/** What a remote state means for the run. */
export type Meaning = "pending" | Exclude<TerminalStatus, "rejected">;
export const meanings = [
  "succeeded",
  "failed",
  "cancelled",
  "timed_out",
  "pending",
] as const satisfies readonly Meaning[];

/** What the states of a service mean. */
export class States {
  readonly #terminal: ReadonlySet<string>;
  readonly #success: ReadonlySet<string>;
  readonly #map: ReadonlyMap<string, Meaning>;

  constructor(terminal: readonly string[], success: readonly string[], map: ReadonlyMap<string, Meaning>) {
    this.#terminal = new Set(terminal);
    this.#success = new Set(success);
    this.#map = map;
  }

  meaningOf(state: string): Meaning {
    const mapped = this.#map.get(state);
    if (mapped !== undefined) return mapped;
    if (!this.#terminal.has(state)) return "pending";
    if (this.#success.has(state)) return "succeeded";
    return /^cancell?ed$/i.test(state) ? "cancelled" : "failed";
  }

  /** Whether any state at all means success. */
  get canSucceed(): boolean {
    return [...this.#terminal, ...this.#map.keys()].some((state) => this.meaningOf(state) === "succeeded");
  }
}
