import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The benchmarks' service, started in a process of its own. Disposing ends it. */
export async function startService(): Promise<{ url: string; [Symbol.dispose](): void }> {
  const file = fileURLToPath(new URL("http-server.ts", import.meta.url));
  const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "inherit"] });
  const port = await new Promise<string>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the service exited with ${code}`)));
    child.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString().trim()));
  });
  child.removeAllListeners("exit");
  return { url: `http://127.0.0.1:${port}`, [Symbol.dispose]: () => void child.kill("SIGKILL") };
}
