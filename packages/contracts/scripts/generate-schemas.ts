import { mkdirSync, writeFileSync } from "node:fs";
import * as v01 from "@xrt/contracts/v0.1";
import * as v02 from "@xrt/contracts/v0.2";

for (const [version, { contractKinds, jsonSchema }] of Object.entries({ "0.1": v01, "0.2": v02 })) {
  const folder = new URL(`../schemas/v${version}/`, import.meta.url);
  mkdirSync(folder, { recursive: true });
  for (const kind of contractKinds) {
    writeFileSync(new URL(`${kind}.json`, folder), `${JSON.stringify(jsonSchema(kind), null, 2)}\n`);
  }
}
