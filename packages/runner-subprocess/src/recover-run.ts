import { outcome, type Invocation, type Json, type Outcome, type RunContext } from "@xrt/contracts";
import { membersOf } from "./contain/contained-run.ts";
import { everywhere } from "./contain/find-members.ts";
import { isStillItself, readIdentity, whereWeAre } from "./contain/process-identity.ts";
import { tagOf } from "./contain/run-tag.ts";
import { sweep } from "./contain/sweep.ts";
import type { SubprocessConfig } from "./metadata.ts";

/** Milliseconds; what is not dead by then hangs in a system call, or is another user's. */
const longestMs = 5000;

/**
 * Kills what is left of a run whose supervisor died. It is known by the tag, which the kernel keeps and which follows from
 * the run directory; by the environment that it was given; and by its group, where the checkpoint tells of one whose first
 * process is still itself. How the command ended nobody can tell any more.
 */
export async function recoverRun(
  { command: [program] }: Invocation,
  state: Json,
  context: RunContext<SubprocessConfig>,
): Promise<Outcome> {
  const name = JSON.stringify(program);
  const died = `the supervisor died while ${name} ran`;
  if (process.platform !== "linux") {
    return lost(`${died}; on ${process.platform} nothing tells what is left of it, and nothing was killed`);
  }
  const known = readIdentity(state);
  const here = whereWeAre();
  if (known !== null && known.boot_id !== here.boot_id)
    return lost(`${died}; the machine was restarted since, and nothing is left of it`);
  if (known !== null && known.pid_namespace !== here.pid_namespace)
    return lost(`${died} in another pid namespace; nothing was killed, recover it in that one`);
  const group = known !== null && isStillItself(known) ? known : null;
  const limit = performance.now() + longestMs;
  const { killed, left } = await sweep(
    () =>
      membersOf({
        tag: tagOf(context.directory),
        cookie: `XRT_RUN_DIR=${context.directory}`,
        group: group?.group ?? 0,
        groupStart: group?.group_start ?? null,
        helper: null,
        since: null,
      }),
    everywhere,
    () => false,
    () => context.forceSignal.aborted || performance.now() > limit,
  );
  const remains =
    left > 0
      ? `${left} of its processes could not be killed: they run as another user, or hang in a system call`
      : killed > 0
        ? `${processes(killed)} left, and killed`
        : "nothing of it was alive any more";
  return lost(`${died}; ${remains}; run it again if it may run twice`);
}

function processes(count: number): string {
  return count === 1 ? "1 process of it was" : `${count} processes of it were`;
}

function lost(message: string): Outcome {
  return outcome.failed("supervisor_died", message);
}
