import { showValue, unknownKeySentence } from "@xrt/contracts";
import { Refusal } from "./metadata/reading.ts";

const placeholders = ["run_id", "url"];

/** A URL with `{run_id}` in its path or query, and possibly `{url}`, the kickoff's without its query, in front. */
export class UrlTemplate {
  readonly text: string;
  readonly #base: URL;
  readonly #origin: string;

  private constructor(text: string, base: URL, origin: string) {
    this.text = text;
    this.#base = base;
    this.#origin = origin;
  }

  /** Relative to `base`, the kickoff's URL. */
  static read(text: string, base: URL): UrlTemplate | Refusal {
    for (const [, name = ""] of text.matchAll(/\{(\w+)\}/g)) {
      if (!placeholders.includes(name))
        return new Refusal(`{${name}}: ${unknownKeySentence(name, placeholders)}`);
    }
    // A run id that decided where a request goes would let the server choose it.
    const [one, other] = ["a", "b.c"].map((id) => expandText(text, base, id));
    if (one === undefined || other === undefined || (one.protocol !== "http:" && one.protocol !== "https:")) {
      return new Refusal(
        `expected a URL that begins with http:// or https://, or a path, got ${showValue(text)}`,
      );
    }
    if (one.origin !== other.origin || one.username !== "" || one.password !== "") {
      return new Refusal(
        `{run_id} may stand in the path or the query alone, and no user name in front of the host, got ${showValue(text)}`,
      );
    }
    return new UrlTemplate(text, base, one.origin);
  }

  get needsRunId(): boolean {
    return this.text.includes("{run_id}");
  }

  /** Throws RangeError when the run id led to another origin. */
  expand(runId: string | null): URL {
    const url = expandText(this.text, this.#base, runId === null ? "" : encodeURIComponent(runId));
    if (url === undefined || url.origin !== this.#origin) {
      throw new RangeError(`the run id ${showValue(runId)} does not fit into ${showValue(this.text)}`);
    }
    return url;
  }
}

function expandText(text: string, base: URL, runId: string): URL | undefined {
  const start = `${base.origin}${base.pathname.replace(/\/$/, "")}`;
  // By functions: a run id may contain what String.replace takes for a pattern.
  const expanded = text.replaceAll("{url}", () => start).replaceAll("{run_id}", () => runId);
  const url = URL.parse(expanded, base.href) ?? undefined;
  if (url !== undefined) url.hash = "";
  return url;
}

/** A JSON text with `{run_id}` inside its strings. */
export function expandBody(text: string, runId: string | null): string {
  return text.replaceAll("{run_id}", () => JSON.stringify(runId ?? "").slice(1, -1));
}
