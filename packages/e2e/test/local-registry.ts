import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { runServer } from "verdaccio";

export interface LocalRegistry {
  readonly url: string;
  /** Lines for an `.npmrc`: our scope comes from this registry and goes there, as a user who exists only here. */
  readonly npmrc: string;
  close(): Promise<void>;
}

/** A registry on loopback that has our scope alone, asks no other one, and keeps everything in the folder. */
export async function startRegistry(folder: string): Promise<LocalRegistry> {
  const server: Server = await runServer({
    configPath: join(folder, "config.yaml"),
    storage: join(folder, "storage"),
    auth: { htpasswd: { file: join(folder, "htpasswd") } },
    uplinks: {},
    packages: { "@xrt/*": { access: "$all", publish: "$authenticated" } },
    web: { enable: false },
    max_body_size: "100mb",
    log: { type: "stdout", format: "pretty", level: "fatal" },
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  try {
    const token = await addUser(`http://${host}`);
    const npmrc = `@xrt:registry=http://${host}/\n//${host}/:_authToken=${token}\n`;
    return { url: `http://${host}`, npmrc, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function addUser(url: string): Promise<string> {
  const name = "rehearsal";
  const answer = await fetch(`${url}/-/user/org.couchdb.user:${name}`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name, password: "only-on-loopback" }),
  });
  const { token } = (await answer.json()) as { token?: string };
  if (token === undefined) throw new Error(`the local registry made no user: HTTP ${answer.status}`);
  return token;
}
