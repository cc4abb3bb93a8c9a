export { conformance, type ConformanceOptions } from "./conformance.ts";
export type { ConformanceCase } from "./conformance-case.ts";
export { createTestContext, type TestContext, type TestContextOptions } from "./context/test-context.ts";
export type { TestContextFaults } from "./context/recorder.ts";
export { createTestInvocation } from "./context/test-invocation.ts";
export { packageConformance, type PackageConformanceOptions } from "./package/package-conformance.ts";
export { ConformanceFailure } from "./failure.ts";
export {
  defineFixtures,
  definePackageFixtures,
  type Content,
  type Failing,
  type Fixtures,
  type Given,
  type Leaving,
  type PackageFixtures,
  type Place,
  type Reading,
  type Recovering,
  type Scenario,
  type Writing,
} from "./fixtures.ts";
