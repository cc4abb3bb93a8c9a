import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runIn } from "./npm-folder.ts";
import { publicPackages } from "./workspace.ts";

interface Answer {
  readonly status: string;
  readonly text: string;
}

/** A consumer's program that runs `echo hi`. */
export async function runSubprocess(folder: string, node: string): Promise<Answer> {
  const program = `import { readOutput, ExecutorRuntime } from "@xrt/core";
    import { createInvocation } from "@xrt/contracts/v0.1";
    import { SubprocessRunner } from "@xrt/runner-subprocess";
    const runtime = new ExecutorRuntime({ runners: { subprocess: new SubprocessRunner() } });
    const result = await runtime.run(createInvocation({ runtime_kind: "subprocess", command: ["echo", "hi"] }));
    console.log(JSON.stringify({ status: result.status, text: (await readOutput(result)).text }));
    await runtime.close();`;
  return answerOf(folder, node, "run-subprocess.js", program);
}

/** A consumer's program that asks a service of its own on loopback. */
export async function runHttp(folder: string, node: string): Promise<Answer> {
  const program = `import { createServer } from "node:http";
    import { once } from "node:events";
    import { readOutput, ExecutorRuntime } from "@xrt/core";
    import { createInvocation } from "@xrt/contracts/v0.1";
    import { HttpRunner } from "@xrt/runner-http";
    import { httpMetadata } from "@xrt/runner-http/metadata";
    const service = createServer((request, response) => response.end("hi\\n")).listen(0, "127.0.0.1");
    await once(service, "listening");
    const runtime = new ExecutorRuntime({ runners: { http: new HttpRunner() } });
    const metadata = httpMetadata({ url: \`http://127.0.0.1:\${service.address().port}/\` });
    const result = await runtime.run(createInvocation({ runtime_kind: "http", command: ["greet"], metadata }));
    console.log(JSON.stringify({ status: result.status, text: (await readOutput(result)).text }));
    await runtime.close();
    service.close();`;
  return answerOf(folder, node, "run-http.js", program);
}

async function answerOf(folder: string, node: string, file: string, program: string): Promise<Answer> {
  writeFileSync(join(folder, file), program);
  return JSON.parse(await runIn(folder, node, [file])) as Answer;
}

/** A module that imports every export of ours. */
export function importsOfEverything(): string {
  const addresses = publicPackages.flatMap(({ name, manifest }) =>
    Object.keys(manifest.exports ?? {})
      .filter((path) => !path.includes("*") && !path.endsWith(".json"))
      .map((path) => name + path.slice(1)),
  );
  if (addresses.length === 0) throw new Error("no package exports a module");
  return addresses
    .map((address, at) => `import * as m${at} from "${address}";\nconsole.log(m${at});\n`)
    .join("");
}
