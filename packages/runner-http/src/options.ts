import { joinIssues, showValue } from "@xrt/contracts";
import type { Dispatcher } from "undici";
import * as z from "zod";
import type { AllowAddress } from "./addresses.ts";

/** From what is refused to what is allowed: metadata may choose an earlier one than the host, never a later one. */
export const redirectModes = ["error", "same-origin", "follow"] as const;
export type RedirectMode = (typeof redirectModes)[number];

/** The host's settings. Metadata may narrow them, never widen them. */
export interface HttpOptions {
  /** Seconds for a run that names no timeout. Default 300 for `http`, 3600 for `http_async`. */
  defaultTimeoutSeconds?: number | undefined;
  /** Which redirects are followed at most. Default `same-origin`. */
  redirect?: RedirectMode | undefined;
  /** Asked for every address that a run would connect to, on every hop. Default: all are allowed, private ones too. */
  allowAddress?: AllowAddress | undefined;
  /** `environment`: HTTP_PROXY, HTTPS_PROXY and NO_PROXY hold, except for loopback. Default `none`. */
  proxy?: "none" | "environment" | undefined;
  /** PEM texts: authorities to trust instead of the built-in ones, and a client certificate with its key. */
  tls?: { ca?: string | undefined; cert?: string | undefined; key?: string | undefined } | undefined;
  /**
   * Which of the supervisor's own environment variables and files `env:` and `file:` may read. Default none: only the
   * invocation's environment.
   */
  secretSources?: { env?: readonly string[] | undefined; files?: readonly string[] | undefined } | undefined;
  /** Whether metadata may carry an Authorization header in plain text. Default false. */
  allowInlineAuthorization?: boolean | undefined;
  /** Sends all requests, instead of our own connections. The caller's to close. */
  dispatcher?: Dispatcher | undefined;
}

/** The options with every default filled in. */
export interface HostSettings {
  readonly defaultTimeoutSeconds: number | undefined;
  readonly redirect: RedirectMode;
  readonly allowAddress: AllowAddress | undefined;
  readonly proxy: "none" | "environment";
  readonly tls: {
    readonly ca?: string | undefined;
    readonly cert?: string | undefined;
    readonly key?: string | undefined;
  };
  readonly secretSources: { readonly env: readonly string[]; readonly files: readonly string[] };
  readonly allowInlineAuthorization: boolean;
  readonly dispatcher: Dispatcher | undefined;
}

/** Throws TypeError, which names every option that is wrong. */
export function resolveOptions(caller: string, options: HttpOptions): HostSettings {
  const parsed = optionsSchema.safeParse(options);
  if (!parsed.success) throw new TypeError(`${caller}: ${joinIssues(parsed.error.issues)}`);
  const settings = parsed.data;
  if (
    settings.allowAddress !== undefined &&
    (settings.dispatcher !== undefined || settings.proxy !== "none")
  ) {
    throw new TypeError(
      `${caller}: allowAddress cannot be kept behind a proxy or a dispatcher, which resolve names themselves; leave one of them out`,
    );
  }
  return settings;
}

const text = z.string(expected("a string"));
const texts = z.array(text, expected("an array of strings"));

/** Of the options; a configuration can have all but the functions and the dispatcher. */
export const optionsSchema = z
  .strictObject(
    {
      defaultTimeoutSeconds: z
        .int(expected("a whole number of seconds"))
        .min(1, expected("a number of seconds above 0"))
        .optional(),
      redirect: z
        .enum(redirectModes, expected(redirectModes.map((mode) => JSON.stringify(mode)).join(" or ")))
        .default("same-origin"),
      allowAddress: z
        .custom<AllowAddress>((value) => typeof value === "function", expected("a function"))
        .optional(),
      proxy: z.enum(["none", "environment"], expected('"none" or "environment"')).default("none"),
      tls: z
        .strictObject(
          { ca: text.optional(), cert: text.optional(), key: text.optional() },
          expected("an object with ca, cert or key"),
        )
        .default({}),
      secretSources: z
        .strictObject(
          { env: texts.default([]), files: texts.default([]) },
          expected("an object with env or files"),
        )
        .default({ env: [], files: [] }),
      allowInlineAuthorization: z.boolean(expected("true or false")).default(false),
      dispatcher: z
        .custom<Dispatcher>(
          (value) => typeof (value as Partial<Dispatcher> | null)?.dispatch === "function",
          expected("an undici Dispatcher"),
        )
        .optional(),
    },
    { error: (issue) => unknownOption(issue) },
  )
  .transform((given): HostSettings => ({
    defaultTimeoutSeconds: given.defaultTimeoutSeconds,
    redirect: given.redirect,
    allowAddress: given.allowAddress,
    proxy: given.proxy,
    tls: given.tls,
    secretSources: given.secretSources,
    allowInlineAuthorization: given.allowInlineAuthorization,
    dispatcher: given.dispatcher,
  }));

function expected(what: string) {
  return { error: (issue: { input?: unknown }) => `expected ${what}, got ${showValue(issue.input)}` };
}

function unknownOption(issue: { code?: string; keys?: unknown; input?: unknown }): string {
  if (issue.code !== "unrecognized_keys") return `expected an object, got ${showValue(issue.input)}`;
  const known = Object.keys(optionsSchema.in.shape).join(", ");
  return `unknown options ${JSON.stringify(issue.keys)} (known: ${known})`;
}
