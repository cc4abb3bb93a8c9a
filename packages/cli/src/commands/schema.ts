import { contractKinds, jsonSchema } from "@xrt/contracts/v0.1";
import { Failure } from "../failure.ts";
import { openOutput } from "../output/open-output.ts";

export async function printSchema(word: string): Promise<void> {
  const kind = contractKinds.find((known) => known === word);
  if (kind === undefined) {
    throw new Failure(`${JSON.stringify(word)} is not a contract kind; known: ${contractKinds.join(", ")}`);
  }
  const output = openOutput(1);
  await output.write(`${JSON.stringify(jsonSchema(kind), null, 2)}\n`);
}
