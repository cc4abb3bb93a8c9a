// The service that the HTTP benchmarks talk to, in a process of its own.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const block = Buffer.alloc(1024 * 1024, "x");
const sseBlock = Buffer.from(Array.from({ length: 5000 }, (_, n) => `data: {"n":${n}}\n\n`).join(""));
const polls = new Map<string, number>();
let runs = 0;

const server = createServer((request, response) => {
  request.resume();
  const [path = "", query = ""] = (request.url ?? "").split("?");
  if (path === "/small") response.end('{"ok":true}');
  else if (path === "/kickoff") {
    runs += 1;
    response.writeHead(202).end(`{"id":"${runs}"}`);
  } else if (path.startsWith("/runs/")) {
    const count = (polls.get(path) ?? 0) + 1;
    polls.set(path, count);
    response.end(count < 10 ? '{"status":"running"}' : '{"status":"completed"}');
  } else if (path === "/bytes") {
    response.setHeader("content-length", query);
    send(response, block, Number(query) / block.length, () => response.end());
  } else if (path === "/events") {
    response.writeHead(200, { "content-type": "text/event-stream" });
    send(response, sseBlock, Number(query) / 5000, () => response.end("event: done\ndata: end\n\n"));
  }
});
server.listen(0, "127.0.0.1", 4096, () => console.log((server.address() as AddressInfo).port));

function send(response: ServerResponse, piece: Buffer, times: number, then: () => void): void {
  let sent = 0;
  const more = (): void => {
    while (sent < times) {
      sent += 1;
      if (!response.write(piece)) {
        response.once("drain", more);
        return;
      }
    }
    then();
  };
  more();
}
