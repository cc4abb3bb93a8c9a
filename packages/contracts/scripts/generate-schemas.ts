import { writeFileSync } from "node:fs";
import { contractKinds, jsonSchema } from "@xrt/contracts/v0.1";

for (const kind of contractKinds) {
  const file = new URL(`../schemas/v0.1/${kind}.json`, import.meta.url);
  writeFileSync(file, `${JSON.stringify(jsonSchema(kind), null, 2)}\n`);
}
