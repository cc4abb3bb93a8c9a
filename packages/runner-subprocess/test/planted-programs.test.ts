import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { openWorkbench } from "./workbench.ts";

const planted =
  "sh bash dash env node setsid grep nohup timeout kill cat ls stat true echo printf read cd exec export ulimit umask unset trap command shopt [ test";

const ways = [
  { name: "companion", options: {}, environment: {} },
  { name: "direct", options: { containment: "direct" }, environment: {} },
  { name: "a name that no shell exports", options: {}, environment: { "odd.name": "1" } },
] as const;

test.each(ways)(
  "nothing but the command is looked up where a run says: $name",
  async ({ options, environment }) => {
    await using bench = await openWorkbench(options);
    const bin = path.join(bench.directory, "bin");
    const touched = path.join(bench.directory, "touched");
    await mkdir(bin);
    // In PATH, and in the working directory.
    for (const folder of [bin, bench.directory]) {
      for (const name of planted.split(" "))
        await writeFile(path.join(folder, name), `#!/bin/sh\n: > ${touched}\n`, { mode: 0o755 });
    }
    await writeFile(path.join(bin, "broken"), "\u007fELF and no more", { mode: 0o755 });
    await writeFile(path.join(bin, "meant"), "#!/bin/sh\nexit 6\n", { mode: 0o755 });
    for (const PATH of [bin, `${bin}:.`, "", ".", `${bin}:%builtin`, `%func:${bin}`]) {
      const fields = { environment: { ...environment, PATH } };
      expect((await bench.run(["/bin/sleep", "0"], fields)).result.status).toBe("succeeded");
      await bench.run(["broken"], fields);
      await bench.run(["/nonexistent/program"], fields);
      await bench.run(["/bin/sleep", "600"], fields, { signal: AbortSignal.timeout(20) });
      if (PATH.startsWith(bin)) expect((await bench.run(["meant"], fields)).result.exit_code).toBe(6);
    }
    expect(existsSync(touched)).toBe(false);
  },
);
