import { isXrtError } from "@xrt/contracts";
import { createInvocation, type RuntimeInvocation } from "@xrt/contracts/v0.1";
import { resolve } from "node:path";
import type { ExecOptions } from "../definitions/exec.ts";
import { Failure } from "../failure.ts";
import { commandEnvironment } from "./environment.ts";

export interface ExecRequest {
  readonly invocation: RuntimeInvocation;
  readonly secretEnvironment: Record<string, string>;
  /** Milliseconds, where the document cannot say it: contract v0.1 has whole seconds only. */
  readonly timeoutMs: number | null;
}

/** The longest delay that a Node timer takes, 2^31 - 1 milliseconds: beyond 24 days a fraction of a second is rounded up. */
const longestTimer = 2_147_483_647;

/** The invocation that a command line asks for. Throws Failure. */
export async function execRequest(command: string[], options: ExecOptions): Promise<ExecRequest> {
  const { environment, secretEnvironment, unset } = await commandEnvironment(options);
  const { timeout = 0, input, result } = options;
  const fits = timeout % 1000 === 0 || timeout > longestTimer;
  const metadata = {
    ...Object.fromEntries(options.meta.map(parseMetadata)),
    ...(unset.length === 0 ? {} : { "subprocess.unset_environment": JSON.stringify(unset) }),
    ...(options.artifact.length === 0
      ? {}
      : { "subprocess.artifact_globs": JSON.stringify(options.artifact) }),
  };
  try {
    const invocation = createInvocation({
      invocation_id: options.id,
      runtime_kind: "subprocess",
      command,
      working_directory: resolve(options.chdir ?? "."),
      environment,
      timeout_seconds: fits && timeout > 0 ? Math.ceil(timeout / 1000) : null,
      input_payload_path: input === undefined || input === "-" ? null : resolve(input),
      output_result_path: result === undefined ? null : resolve(result),
      metadata,
    });
    return { invocation, secretEnvironment, timeoutMs: fits ? null : timeout };
  } catch (error) {
    if (isXrtError(error)) throw new Failure(error.message, { cause: error });
    throw error;
  }
}

function parseMetadata(text: string): [string, string] {
  const end = text.indexOf("=");
  if (end > 0) return [text.slice(0, end), text.slice(end + 1)];
  throw new Failure(`--meta: ${JSON.stringify(text)} is not of the form key=value`);
}
