/** A value that JSON (RFC 8259) can carry. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
