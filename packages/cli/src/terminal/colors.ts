import { isatty } from "node:tty";
import { styleText } from "node:util";

export type Paint = (style: "green" | "red" | "yellow" | "dim", text: string) => string;

/**
 * Colours for standard error, where it is a terminal that has them, and neither the option nor the environment says
 * no (https://no-color.org: NO_COLOR, when not empty).
 */
export function paintFor(wanted: boolean): Paint {
  const { NO_COLOR = "", TERM } = process.env;
  if (!wanted || NO_COLOR !== "" || TERM === "dumb" || !isatty(2)) return (_style, text) => text;
  return (style, text) => styleText(style, text, { validateStream: false });
}
