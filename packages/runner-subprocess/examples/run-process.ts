import { runProcess } from "@xrt/runner-subprocess";

const { ok, exitCode, stdout } = await runProcess(["sh", "-c", "cat; exit 3"], { input: "hello" });
console.log(ok, exitCode, stdout);

const slow = await runProcess(["sh", "-c", "setsid sleep 1000 & wait"], { timeoutMs: 300 });
console.log(slow.timedOut, slow.signal);

try {
  await runProcess(["no-such-program"], { env: { PATH: "/usr/bin" } });
} catch (error) {
  console.log((error as Error).message);
}
