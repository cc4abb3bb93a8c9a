import {
  createServer as createHttp,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
} from "node:http";
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from "node:net";

/** What a server was sent. */
export interface Received {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  /** Which connection it came on, counted from 1. */
  readonly connection: number;
}

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly received: readonly Received[];
  /** Connections that are open now. */
  readonly open: ReadonlySet<Socket>;
  /** Connections that were ever made. */
  readonly connections: number;
}

export type Answer = (request: Received, response: ServerResponse, index: number) => void | Promise<void>;

/** An HTTP server on loopback, whose answers are the test's. */
export async function serve(
  answer: Answer,
  host = "127.0.0.1",
): Promise<TestServer & { readonly http: HttpServer }> {
  const received: Received[] = [];
  const connections = new Map<Socket, number>();
  const server = createHttp((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("error", () => undefined);
    request.on("end", () => {
      const seen: Received = {
        method: request.method ?? "",
        url: request.url ?? "",
        headers: request.headers,
        body: Buffer.concat(chunks).toString("utf8"),
        connection: connections.get(request.socket) ?? 0,
      };
      received.push(seen);
      void answer(seen, response, received.length - 1);
    });
  });
  const tracked = track(server, connections);
  const port = await listen(server, host);
  return {
    ...ends(server, tracked),
    http: server,
    url: `http://${host}:${port}`,
    port,
    received,
    open: tracked.open,
    get connections() {
      return tracked.total;
    },
  };
}

/** A TCP server on loopback, for what an HTTP library would be too polite to send. */
export async function serveRaw(
  onRequest: (socket: Socket, text: string, index: number) => void,
): Promise<TestServer> {
  const received: Received[] = [];
  const server = createTcp((socket) => {
    let text = "";
    let answered = false;
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      const end = text.indexOf("\r\n\r\n");
      if (answered || end === -1) return;
      const length = Number(/^content-length: (\d+)$/im.exec(text)?.[1] ?? 0);
      if (text.length < end + 4 + length) return;
      answered = true;
      const [, method = "", url = ""] = /^(\S+) (\S+)/.exec(text) ?? [];
      const head = text.slice(0, end).split("\r\n").slice(1);
      const headers = Object.fromEntries(
        head.map((line) => [
          line.slice(0, line.indexOf(":")).toLowerCase(),
          line.slice(line.indexOf(":") + 1).trim(),
        ]),
      );
      received.push({ method, url, headers, body: text.slice(end + 4), connection: received.length + 1 });
      onRequest(socket, text, received.length - 1);
    });
  });
  const tracked = track(server, new Map());
  const port = await listen(server, "127.0.0.1");
  return {
    ...ends(server, tracked),
    url: `http://127.0.0.1:${port}`,
    port,
    received,
    open: tracked.open,
    get connections() {
      return tracked.total;
    },
  };
}

export function track(
  server: Server,
  connections: Map<Socket, number>,
): { open: Set<Socket>; total: number } {
  const tracked = { open: new Set<Socket>(), total: 0 };
  server.on("connection", (socket: Socket) => {
    tracked.total += 1;
    tracked.open.add(socket);
    connections.set(socket, tracked.total);
    socket.on("error", () => undefined);
    socket.on("close", () => tracked.open.delete(socket));
  });
  return tracked;
}

async function listen(server: Server, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, host, resolve);
  });
  return (server.address() as AddressInfo).port;
}

function ends(server: Server, { open }: { open: ReadonlySet<Socket> }): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

/** A port on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createTcp();
  const port = await listen(server, "127.0.0.1");
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

export function json(
  response: ServerResponse,
  statusCode: number,
  value: unknown,
  headers: Record<string, string> = {},
): void {
  response
    .writeHead(statusCode, { "content-type": "application/json", ...headers })
    .end(JSON.stringify(value));
}
