import { expect, test } from "vitest";
import { contractKinds, schemas } from "@xrt/contracts/v0.1";
import { wireInvocation } from "./documents.ts";

test.each(contractKinds)("%s is a Standard Schema", (kind) => {
  expect(schemas[kind]["~standard"]).toMatchObject({ version: 1, vendor: "zod" });
});

test("a Standard Schema validates without throwing", () => {
  const standard = schemas.runtime_invocation["~standard"];
  expect(standard.validate(wireInvocation())).toEqual({ value: wireInvocation() });
  expect(standard.validate(wireInvocation({ command: [] }))).toMatchObject({
    issues: [{ path: ["command"] }],
  });
});
