import { defineFixtures, packageConformance, type Place, type Scenario } from "@xrt/conformance";
import { expect, test } from "vitest";
import manifest from "../package.json" with { type: "json" };
import runnerPackage from "../src/index.ts";
import { json, serve, type Answer } from "./servers.ts";

type Metadata = Readonly<Record<string, string>>;

/** A server for one run, gone with it, and the metadata that sends the run there. */
async function at(place: Place, answer: Answer, metadata: (url: string) => Metadata): Promise<Scenario> {
  const server = await serve(answer);
  place.defer(() => server[Symbol.asyncDispose]());
  return { metadata: metadata(server.url) };
}

const bytes = Buffer.from("one\xfftwo", "latin1");

const get = (url: string): Metadata => ({ "http.url": url });

const poll = (url: string): Metadata => ({
  "http.url": `${url}/kickoff`,
  "http.poll_url_template": `${url}/runs/{run_id}`,
  "http.poll_run_id_path": "id",
  "http.poll_status_path": "status",
  "http.poll_terminal_states": "completed,failed",
  "http.poll_interval_seconds": "0.05",
});
/** A service whose run is in a state from its second poll on. */
const ending =
  (status: string): Answer =>
  (_request, response, index) =>
    json(response, 200, index === 0 ? { id: "r1" } : { status: index === 1 ? "running" : status });

const http = defineFixtures({
  succeeds: (place) => at(place, (_request, response) => void response.end("hello"), get),
  fails: async (place) => ({
    ...(await at(place, (_request, response) => void response.writeHead(500).end(), get)),
    code: "http_status",
  }),
  runsUntilStopped: (place) => at(place, (_request, response) => void response.write("begun"), get),
  writesOutput: async (place) => ({
    ...(await at(place, (_request, response) => void response.end(bytes), get)),
    stdout: bytes,
    stderr: "",
  }),
  readsInput: async (place) => ({
    ...(await at(
      place,
      ({ body }, response) => void response.end(body.toUpperCase()),
      (url) => ({ "http.url": url, "http.method": "POST" }),
    )),
    input: "some input\n",
    stdout: "SOME INPUT\n",
  }),
  badMetadata: [{ "http.url": "nowhere" }, { "http.method": "GE T" }],
});
const http_async = defineFixtures({
  succeeds: (place) => at(place, ending("completed"), poll),
  fails: async (place) => ({ ...(await at(place, ending("failed"), poll)), code: "remote_failed" }),
  runsUntilStopped: (place) => at(place, ending("running"), poll),
  writesOutput: async (place) => ({
    ...(await at(place, ending("completed"), poll)),
    stdout: '{"status":"completed"}',
    stderr: "",
  }),
  badMetadata: [{ "http.url": "nowhere" }, { "http.poll_interval_seconds": "soon" }],
  // The first checkpoint is of the kickoff, the second has the run's id.
  recovers: async (place) => ({ ...(await at(place, ending("completed"), poll)), checkpoint: 2 }),
});
const cases = await packageConformance({ runnerPackage, manifest, fixtures: { http, http_async } });

test("all is tested but what the runners do not declare or do", () => {
  expect(cases.flatMap(({ id, skip }) => (skip === false ? [] : [`${id}: ${skip}`]))).toEqual([
    "http/declares/supports: the runner declares no supports",
    "http/ends/rejected: no fixture is given for rejects",
    "http/data/artifact: no fixture is given for leavesArtifact",
    "http/recovers/attaches: the runner declares no recover",
    "http/recovers/without-checkpoint: the runner declares no recover",
    "http/recovers/stops: the runner declares no recover",
    "http/recovers/bystander: the runner declares no recover",
    "http/limits/held: the runner supports no limits",
    "http_async/declares/supports: the runner declares no supports",
    "http_async/ends/rejected: no fixture is given for rejects",
    "http_async/data/input: no fixture is given for readsInput",
    "http_async/data/artifact: no fixture is given for leavesArtifact",
    "http_async/limits/held: the runner supports no limits",
  ]);
});

for (const { id, requirement, skip, run } of cases) if (skip === false) test(`${id}: ${requirement}`, run);
