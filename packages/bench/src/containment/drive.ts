// A supervisor: runs a command with one of the tools, says "ended" when the tool says so, and lives on until it is told
// otherwise: by a signal, or by a message how to end.
import { tools } from "./tools.ts";

// The command is one argument, so that this process does not carry the mark of the tree in its own.
const [, , tool = "", cwd = "", command = "[]"] = process.argv;
process.on("message", (how) => {
  if (how === "exit") process.exit(0);
  throw new Error("nobody catches this");
});
try {
  await tools[tool]?.(JSON.parse(command) as [string, ...string[]], cwd);
} catch {
  // Some tools end a deadline by an error; it is an end like any other.
}
process.send?.("ended");
