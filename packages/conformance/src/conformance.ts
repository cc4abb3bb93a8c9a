import type { RuntimeRunner } from "@xrt/contracts";
import { Bench, type Subject } from "./bench.ts";
import { skipReason, type CaseDefinition } from "./case-definition.ts";
import { closes } from "./cases/closes.ts";
import { data } from "./cases/data.ts";
import { declares } from "./cases/declares.ts";
import { ends } from "./cases/ends.ts";
import { leaves } from "./cases/leaves.ts";
import { limits } from "./cases/limits.ts";
import { metadata } from "./cases/metadata.ts";
import { recovers } from "./cases/recovers.ts";
import { repeats } from "./cases/repeats.ts";
import { stops } from "./cases/stops.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import type { Fixtures } from "./fixtures.ts";

function definitions(runner: RuntimeRunner, fixtures: Fixtures): CaseDefinition[] {
  return [
    ...declares,
    ...metadata,
    ...ends,
    ...stops,
    ...repeats,
    ...data,
    ...recovers,
    ...limits(runner, fixtures),
    ...leaves,
    ...closes,
  ];
}

/** What is tested, and how. */
export interface ConformanceOptions {
  /** Makes the runner: a new one for every case, which closes it. */
  create(): RuntimeRunner | Promise<RuntimeRunner>;
  /** How invocations for it are made. What is not given is not tested. */
  fixtures?: Fixtures | undefined;
  /** The invocations' `runtime_kind`. Default `unknown`. */
  kind?: string | undefined;
  /** Milliseconds in which whatever must happen has happened. Default 10000; longer for slow work or a slow machine. */
  patienceMs?: number | undefined;
}

/**
 * The cases for a runner, in their order; any test framework can drive them. Makes one runner, and closes it, to see what
 * it declares. Rejects when `create` does.
 */
export async function conformance(options: ConformanceOptions): Promise<readonly ConformanceCase[]> {
  const { fixtures = {}, kind = "unknown", patienceMs = 10_000 } = options;
  const subject: Subject = { create: () => options.create(), fixtures, kind, patienceMs };
  await using bench = await Bench.open(subject);
  return definitions(bench.runner, fixtures).map((definition) => ({
    id: definition.id,
    requirement: definition.requirement,
    skip: skipReason(definition, bench.runner, fixtures),
    run: () => runCase(definition, subject),
  }));
}

async function runCase(definition: CaseDefinition, subject: Subject): Promise<void> {
  const bench = await Bench.open(subject);
  try {
    await definition.test(bench);
  } catch (error) {
    // Of a runner that failed, what clearing away after it meets says nothing new.
    await bench[Symbol.asyncDispose]().catch(() => undefined);
    throw error;
  }
  await bench[Symbol.asyncDispose]();
}
