import * as z from "zod/mini";

/** Two or more words between dots; a word begins with a lower-case letter. */
const pattern = /^[a-z][a-z0-9_-]*(?:\.[a-z][a-z0-9_-]*)+$/;

/** Whether a name is somebody's own: `acme.ssh`. */
export function isNamespaced(name: string): name is `${string}.${string}` {
  return pattern.test(name);
}

/** A runtime kind or an error code that is somebody's own. */
export const Namespaced = z.string().check(
  z.regex(pattern, {
    error: 'expected two or more lower-case words between dots, as in "acme.ssh"',
    // Otherwise a union of it and known words tells of this one alone.
    abort: true,
  }),
) as z.ZodMiniType<`${string}.${string}`, string>;
