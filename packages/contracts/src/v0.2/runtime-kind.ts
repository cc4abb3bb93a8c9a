import * as z from "zod/mini";
import { runtimeKinds, type RuntimeKind as KnownKind } from "../v0.1/runtime-kind.ts";
import { Namespaced } from "./namespaced.ts";

export { runtimeKinds };

/**
 * A kind that everybody knows, or a third party's own in two or more lower-case words between dots: `acme.ssh`.
 * In v0.1 a third party's kind is `unknown`, with metadata `xrt.runtime_kind`.
 */
export type RuntimeKind = KnownKind | `${string}.${string}`;

export const RuntimeKind: z.ZodMiniType<RuntimeKind> = z.union([z.enum(runtimeKinds), Namespaced]);
