import { contractVersions, type ContractVersion } from "@xrt/contracts";
import { contractKinds } from "@xrt/contracts/v0.1";
import { Failure } from "../failure.ts";
import { openOutput } from "../output/open-output.ts";

const contracts = {
  "0.1": () => import("@xrt/contracts/v0.1"),
  "0.2": () => import("@xrt/contracts/v0.2"),
} as const satisfies Record<ContractVersion, unknown>;

/** Prints the JSON Schema of a contract kind. Throws Failure for a kind or a version that is not known. */
export async function printSchema(word: string, stated: string): Promise<void> {
  const kind = contractKinds.find((known) => known === word);
  if (kind === undefined) {
    throw new Failure(`${JSON.stringify(word)} is not a contract kind; known: ${contractKinds.join(", ")}`);
  }
  const version = contractVersions.find((known) => known === stated);
  if (version === undefined) {
    throw new Failure(
      `--schema-version: ${JSON.stringify(stated)} is not known; known: ${contractVersions.join(", ")}`,
    );
  }
  const { jsonSchema } = await contracts[version]();
  await openOutput(1).write(`${JSON.stringify(jsonSchema(kind), null, 2)}\n`);
}
