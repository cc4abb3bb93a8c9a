/** A method or a header's name (RFC 9110, 5.6.2). */
export const token = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

/** RFC 9110, 5.5: visible characters, blanks and tabs, and the upper half of Latin-1. */
// oxlint-disable-next-line no-control-regex -- a tab is allowed
const headerValue = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;

export function isHeaderValue(value: string): boolean {
  return headerValue.test(value);
}
