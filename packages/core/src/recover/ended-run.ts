import type { AnyResult } from "@xrt/contracts";
import { writeResultFile } from "../record/record-result.ts";
import { RecordedRun, type Beginning } from "../reopen/recorded-run.ts";
import type { Run } from "../run.ts";

/** A run whose supervisor came to record its end in the events, and died before `result.json` had its name. */
export class EndedRun extends RecordedRun implements Run {
  /** Writes the result. Throws where it cannot be written. */
  constructor(directory: string, beginning: Beginning, result: AnyResult, durable: boolean) {
    writeResultFile(directory, result, durable);
    super(directory, beginning);
  }

  /** It is over: there is nothing to cancel. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.result;
  }
}
