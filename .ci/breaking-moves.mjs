// Fails, with a sentence for each package, when @xrt/contracts or the runner interface makes a breaking move and a
// package that depends on it does not: changesets raises a dependent by a patch only, and whoever asks for
// ^0.1.0 of it would be given another interface.
//
// A move is breaking when the range ^<the version released last> does not take the new version. What was released last
// stands in released.json; what comes next is what package.json says with the changesets that wait applied to it.
// With --record, what comes next is written there: `pnpm run version-packages` does that.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { getReleasePlan } from "@changesets/get-release-plan";
import semver from "semver";

const CONTRACTS = "@xrt/contracts";
const RECORD = ".ci/released.json";

const { interfaceVersion } = await import(pathToFileURL(resolve("packages/contracts/src/runner.ts")).href);
const released = JSON.parse(readFileSync(RECORD, "utf8"));
const { releases } = await getReleasePlan(process.cwd());
const packages = readdirSync("packages", { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => JSON.parse(readFileSync(join("packages", name, "package.json"), "utf8")))
  .filter((manifest) => manifest.private !== true);

const problems = [...problemsOfContracts(), ...problemsOfInterface()];
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else if (process.argv.includes("--record")) record();

function problemsOfContracts() {
  const from = released.packages[CONTRACTS];
  const to = nextVersion(packages.find(({ name }) => name === CONTRACTS));
  if (from === undefined || !breaks(from, to)) return [];
  return staying(dependents(), `${CONTRACTS} makes a breaking move, from ${from} to ${to}`);
}

function problemsOfInterface() {
  const from = released.runnerInterface;
  if (from.split(".")[0] === interfaceVersion.split(".")[0]) return [];
  const mustMove = packages.filter(({ name }) => name === CONTRACTS).concat(dependents());
  return staying(mustMove, `the runner interface goes from ${from} to ${interfaceVersion}`);
}

/** A sentence for each of these that does not make a breaking move itself; one that was never released has nothing to break. */
function staying(manifests, because) {
  return manifests.flatMap((manifest) => {
    const from = released.packages[manifest.name];
    const to = nextVersion(manifest);
    if (from === undefined || breaks(from, to)) return [];
    const bump = from.startsWith("0.") ? "minor (it is at 0.x) or major" : "major";
    const goes = from === to ? `stays at ${from}` : `goes from ${from} to ${to} only`;
    return [`${because}, and ${manifest.name} ${goes}: add a ${bump} changeset for ${manifest.name}`];
  });
}

/** Those that have contracts in any group: the command line carries it inside, and create-runner's template asks for it. */
function dependents() {
  const groups = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];
  return packages.filter((manifest) => groups.some((group) => manifest[group]?.[CONTRACTS] !== undefined));
}

function nextVersion({ name, version }) {
  return releases.find((release) => release.name === name)?.newVersion ?? version;
}

function breaks(from, to) {
  return !semver.satisfies(to, `^${from}`, { includePrerelease: true });
}

function record() {
  const versions = packages
    .map((manifest) => [manifest.name, nextVersion(manifest)])
    .filter(([, version]) => version !== "0.0.0");
  const next = { runnerInterface: interfaceVersion, packages: Object.fromEntries(versions) };
  writeFileSync(RECORD, `${JSON.stringify(next, undefined, 2)}\n`);
}
