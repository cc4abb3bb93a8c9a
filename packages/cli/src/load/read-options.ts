import { firstIssues, joinIssues, showValue, type Issue, type RunnerPackage } from "@xrt/contracts";
import { Failure } from "../failure.ts";
import { unlessStalled } from "./unless-stalled.ts";

/** What the validate() of a Standard Schema (standardschema.dev) gives. */
interface Validated {
  readonly value?: unknown;
  readonly issues?: readonly {
    readonly message: string;
    readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  }[];
}

/** What a package's schema makes of its options. Throws Failure with every problem. */
export async function readOptions({ options: schema }: RunnerPackage, options: unknown): Promise<unknown> {
  if (schema === undefined) {
    const [key] = typeof options === "object" && options !== null ? Object.keys(options) : [options];
    if (key === undefined) return options;
    throw new Failure(`it takes no options, and ${showValue(key)} is given; leave it out`);
  }
  const { value, issues } = await validate(schema["~standard"], options);
  if (issues === undefined) return value;
  throw new Failure(`options: ${joinIssues(firstIssues(issues))}`);
}

async function validate(
  standard: { validate(value: unknown): unknown },
  options: unknown,
): Promise<{ value?: unknown; issues?: Issue[] }> {
  const { value, issues } = await unlessStalled(
    "the check of its options",
    async () => (await standard.validate(options)) as Validated,
  );
  if (issues === undefined) return { value };
  return {
    issues: issues.map(({ message, path = [] }) => ({
      message,
      path: path.map((segment) => (typeof segment === "object" ? segment.key : segment)),
    })),
  };
}
