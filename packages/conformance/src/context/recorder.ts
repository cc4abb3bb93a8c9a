import type { CoreEvent, Json, RunEvent, RunnerEvent } from "@xrt/contracts";
import { showValue } from "@xrt/contracts";

/** What the runner did that core would refuse, or warn of. */
export interface TestContextFaults {
  /** Events that are not of the vocabulary, and checkpoints that JSON does not carry. */
  readonly refused: readonly string[];
  /** Output, events and checkpoints after `end()`. */
  readonly late: readonly string[];
}

const runnerEvents = new Set<string>(["started", "progress", "warning"]);

/** What a runner told. */
export class Recorder {
  readonly #runId: string;
  readonly events: RunEvent[] = [];
  readonly checkpoints: Json[] = [];
  readonly faults = { refused: [] as string[], late: [] as string[] };
  #ended = false;

  constructor(runId: string) {
    this.#runId = runId;
  }

  /** Throws TypeError for what core would refuse. */
  emit(event: RunnerEvent): void {
    const type: unknown = (event as { type?: unknown } | undefined)?.type;
    if (typeof type !== "string" || !(type.includes(".") || runnerEvents.has(type))) {
      const known = [...runnerEvents].join(", ");
      this.#refuse(
        `a runner cannot emit ${showValue(type)}; it emits ${known}, or a namespaced type with data`,
      );
    }
    if (!isJson(event)) this.#refuse(`JSON does not carry the event ${type} as it was given`);
    if (this.#ended) this.tooLate(`an event of type ${type}`);
    else this.#append(event);
  }

  /** Returns how many there were. */
  checkpoint(state: Json): number {
    if (!isJson(state)) {
      this.#refuse("JSON does not carry the checkpoint as it was given: recover would get another state");
    }
    if (this.#ended) {
      this.tooLate("a checkpoint");
      throw new Error("a checkpoint came after its run had ended");
    }
    const kept = JSON.parse(JSON.stringify(state)) as Json;
    this.checkpoints.push(kept);
    this.#append({ type: "checkpoint", state: kept });
    return this.checkpoints.length;
  }

  tooLate(what: string): void {
    this.faults.late.push(what);
  }

  end(): void {
    this.#ended = true;
  }

  #append(event: RunnerEvent | CoreEvent): void {
    this.events.push({
      ...event,
      event_version: 1,
      seq: this.events.length,
      time: new Date().toISOString(),
      invocation_id: this.#runId,
    });
  }

  #refuse(message: string): never {
    this.faults.refused.push(message);
    throw new TypeError(message);
  }
}

/** Whether JSON (RFC 8259) gives the value back as it was; a member that is undefined is none. */
function isJson(value: unknown): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isJson);
  if (typeof value !== "object" || !isPlain(value)) return false;
  return Object.values(value).every((member) => member === undefined || isJson(member));
}

/** Not by `Object.prototype` itself: test frameworks may run a test in a realm of its own. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
