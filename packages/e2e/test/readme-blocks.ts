import { dirname, join } from "node:path";

/** A fenced block of a README, and the comment before it that says where it comes from. */
export interface Block {
  /** Of the line with the opening fence, from 1. */
  readonly line: number;
  /** What stands behind the fence: `ts`, `sh`, `text`, …; may be empty. */
  readonly language: string;
  readonly text: string;
  /** `example`: a copy of a file. `output`: what running a file prints. Undefined: neither. */
  readonly source: { readonly kind: "example" | "output"; readonly file: string } | undefined;
}

/** `<!-- example: examples/a.ts -->`, a path relative to the README. */
const comment = /^<!-- (example|output): (\S+) -->$/;

/** The fenced blocks of a README in order. Throws for a comment that no block follows. */
export function readBlocks(readme: string, text: string): Block[] {
  const blocks: Block[] = [];
  const lines = text.split("\n");
  let source: Block["source"];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const [, kind, file] = comment.exec(line) ?? [];
    const [, fence, language = ""] = /^(`{3,})(.*)$/.exec(line) ?? [];
    if (kind !== undefined && file !== undefined) {
      source = { kind: kind as "example" | "output", file: join(dirname(readme), file) };
    } else if (fence !== undefined) {
      const end = lines.indexOf(fence, at + 1);
      if (end === -1) throw new Error(`${readme}:${at + 1}: the block has no end`);
      blocks.push({ line: at + 1, language, text: `${lines.slice(at + 1, end).join("\n")}\n`, source });
      source = undefined;
      at = end;
    } else if (source !== undefined && line !== "") {
      throw new Error(`${readme}:${at + 1}: expected a fenced block after the comment for ${source.file}`);
    }
  }
  return blocks;
}

/** `npm test` and what follows it are steps of the guide for a runner's author, which a test of its own walks. */
const installCommand =
  /^((npm install|pnpm add|pnpm create|npx -y pnpm@12|git clone|cd) |npm (install|test|run (types|conformance)|publish)$)/;

/** Whether a block needs no file: installing and starting is what other tests do. */
export function isInstallation(block: Block): boolean {
  return (
    block.language === "sh" &&
    block.text
      .trimEnd()
      .split("\n")
      .every((line) => installCommand.test(line))
  );
}
