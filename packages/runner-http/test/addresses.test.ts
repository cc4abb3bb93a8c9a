import { expect, test } from "vitest";
import { serve } from "./servers.ts";
import { openWorkbench } from "./workbench.ts";

test("private and loopback addresses are allowed by default", async () => {
  await using server = await serve((_request, response) => void response.end());
  await using bench = await openWorkbench();
  const { result } = await bench.run("http", { url: server.url });
  expect(result.status).toBe("succeeded");
});

test.each(["127.0.0.1", "localhost", "0x7f.1", "2130706433", "127.1", "[::ffff:127.0.0.1]"])(
  "an address that is refused is not connected to, written as %s",
  async (host) => {
    await using server = await serve((_request, response) => void response.end());
    const asked: string[] = [];
    await using bench = await openWorkbench({
      allowAddress: (address) => {
        asked.push(address);
        return false;
      },
    });
    const { result } = await bench.run("http", { url: `http://${host}:${server.port}` });
    expect(result.status).toBe("rejected");
    expect(result.error_summary).toContain("the host does not let a run connect to");
    expect(result.metadata["xrt.error_code"]).toBe("refused_by_policy");
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.every((address) => /^127\.|^::1$|^::ffff:/.test(address))).toBe(true);
    expect(server.connections).toBe(0);
  },
);

test("the policy is asked with the address and the name, and its yes lets the run through", async () => {
  await using server = await serve((_request, response) => void response.end());
  const asked: [string, string][] = [];
  await using bench = await openWorkbench({
    allowAddress: (address, host) => {
      asked.push([address, host]);
      return address === "127.0.0.1";
    },
  });
  const { result } = await bench.run("http", { url: `http://localhost:${server.port}` });
  expect(result.status).toBe("succeeded");
  expect(asked).toContainEqual(["127.0.0.1", "localhost"]);
});

test("the policy is asked again on every hop, for literals and names", async () => {
  await using inner = await serve((_request, response) => void response.end("secret"), "127.0.0.2");
  for (const target of [`http://127.0.0.2:${inner.port}/`, `http://localhost:${inner.port}/`]) {
    await using outer = await serve(
      (_request, response) => void response.writeHead(302, { location: target }).end(),
    );
    await using bench = await openWorkbench({
      redirect: "follow",
      allowAddress: (address, host) => address === "127.0.0.1" && host !== "localhost",
    });
    const { result } = await bench.run("http", { url: outer.url });
    expect(result.status).toBe("failed");
    expect(result.error_summary).toContain("does not let a run connect");
  }
  expect(inner.connections).toBe(0);
});

test("polls, results and cancels are asked for too", async () => {
  await using inner = await serve((_request, response) => void response.end("{}"), "127.0.0.2");
  await using outer = await serve((_request, response) => void response.writeHead(202).end("{}"));
  await using bench = await openWorkbench({ allowAddress: (address) => address === "127.0.0.1" });
  const { result } = await bench.run("http_async", {
    url: outer.url,
    poll_url_template: inner.url,
    poll_status_path: "status",
    poll_terminal_states: "completed",
  });
  expect(result.status).not.toBe("succeeded");
  expect(result.error_summary).toContain("127.0.0.2");
  expect(inner.connections).toBe(0);
});

test("a policy that throws refuses", async () => {
  await using server = await serve((_request, response) => void response.end());
  await using bench = await openWorkbench({
    allowAddress: () => {
      throw new Error("no list of addresses");
    },
  });
  for (const host of ["127.0.0.1", "localhost"]) {
    const { result } = await bench.run("http", { url: `http://${host}:${server.port}` });
    expect(result.status).toBe("failed");
    expect(result.error_summary).toContain("no list of addresses");
  }
  expect(server.connections).toBe(0);
});

test("a policy that could not be kept is refused by the constructor", async () => {
  await expect(openWorkbench({ allowAddress: () => true, proxy: "environment" })).rejects.toThrow(
    /allowAddress cannot be kept behind a proxy/,
  );
});
