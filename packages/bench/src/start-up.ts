// `xrt run` of /bin/true, as published (built and bundled), against `node -e 0`. Goal: at most 2.5 times.
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createInvocation } from "@xrt/contracts/v0.1";
import { interleave } from "./interleave.ts";
import { makeScratch } from "./scratch.ts";

const rounds = Number(process.argv[2] ?? 31);
const main = fileURLToPath(new URL("../../cli/dist/main.js", import.meta.url));
if (!existsSync(main)) throw new Error(`${main} is missing: build @xrt/cli first`);

using scratch = makeScratch();
const file = join(scratch.path, "invocation.json");
writeFileSync(
  file,
  JSON.stringify(
    createInvocation({
      runtime_kind: "subprocess",
      command: ["/bin/true"],
      working_directory: scratch.path,
    }),
  ),
);

function timed(args: readonly string[]): () => Promise<number> {
  return async () => {
    const start = performance.now();
    const { status, stderr } = spawnSync(process.execPath, args, {
      env: { ...process.env, HOME: scratch.path },
    });
    if (status !== 0) throw new Error(`${args.join(" ")} exited with ${status}: ${stderr.toString()}`);
    return (performance.now() - start) / 1000;
  };
}

const { seconds, ratios } = await interleave(
  [
    { name: "node -e 0", round: timed(["-e", "0"]) },
    { name: "xrt run", round: timed([main, "run", file]) },
  ],
  rounds,
);
const ms = (name: string): string => ((seconds.get(name) ?? Number.NaN) * 1000).toFixed(0);
const times = 1 / (ratios.get("xrt run") ?? Number.NaN);
console.log(
  `start-up: node -e 0 ${ms("node -e 0")} ms, xrt run ${ms("xrt run")} ms, ${times.toFixed(2)} times; medians of ${rounds} interleaved rounds`,
);
