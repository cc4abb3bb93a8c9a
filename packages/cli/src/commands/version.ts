import { contractVersions, interfaceVersion, nearestTo } from "@xrt/contracts";
import type { Command } from "commander";
import { Failure } from "../failure.ts";
import { openOutput } from "../output/open-output.ts";
import { ownVersion } from "../own-version.ts";

export async function printVersion(asJson: boolean): Promise<void> {
  const versions = {
    xrt: ownVersion(),
    contract_versions: contractVersions,
    runner_interface_version: interfaceVersion,
  };
  const text = `xrt ${versions.xrt} (contract ${contractVersions.join(", ")}; runner interface ${interfaceVersion})`;
  await openOutput(1).write(`${asJson ? JSON.stringify(versions) : text}\n`);
}

/** Throws Failure: what was asked for is no command. */
export function refuseCommand(program: Command): never {
  const names = program.commands.map((command) => command.name());
  const known = `expected ${names.slice(0, -1).join(", ")} or ${names.at(-1)}; see xrt --help`;
  const [word] = program.args;
  if (word === undefined) throw new Failure(`a command is missing: ${known}`);
  const nearest = nearestTo(word, names);
  const hint = nearest === undefined ? "" : ` (did you mean ${nearest}?)`;
  throw new Failure(`${JSON.stringify(word)} is not a command${hint}: ${known}`);
}
