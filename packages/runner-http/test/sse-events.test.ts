import { describe, expect, test } from "vitest";
import { EventReader, type ServerSentEvent } from "../src/sse-events.ts";

// WHATWG HTML, 9.2.5 and 9.2.6: every rule and every example of the event stream format.

interface Vector {
  readonly name: string;
  readonly stream: string | Buffer;
  readonly events: readonly Partial<ServerSentEvent>[];
  readonly lastId?: string;
  readonly retryMs?: number;
}

const vectors: readonly Vector[] = [
  {
    name: "three unnamed messages",
    stream:
      "data: This is the first message.\n\ndata: This is the second message, it\ndata: has two lines.\n\ndata: This is the third message.\n\n",
    events: [
      { event: "message", data: "This is the first message.", id: "" },
      { event: "message", data: "This is the second message, it\nhas two lines." },
      { event: "message", data: "This is the third message." },
    ],
  },
  {
    name: "named events",
    stream: "event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\nevent: add\ndata: 113411\n\n",
    events: [
      { event: "add", data: "73857293" },
      { event: "remove", data: "2153" },
      { event: "add", data: "113411" },
    ],
  },
  {
    name: "a data block of several lines",
    stream: "data: YHOO\ndata: +2\ndata: 10\n\n",
    events: [{ data: "YHOO\n+2\n10" }],
  },
  {
    name: "a comment, an id, an id that is reset, and an unfinished event",
    stream: ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event",
    events: [
      { data: "first event", id: "1" },
      { data: "second event", id: "" },
    ],
    lastId: "",
  },
  {
    name: "empty data, twice over, and a last one that is incomplete",
    stream: "data\n\ndata\ndata\n\ndata:",
    events: [{ data: "" }, { data: "\n" }],
  },
  {
    name: "a blank behind the colon or none",
    stream: "data:test\n\ndata: test\n\n",
    events: [{ data: "test" }, { data: "test" }],
  },
  {
    name: "only one blank is dropped",
    stream: "data:  two\n\ndata:\ttab\n\n",
    events: [{ data: " two" }, { data: "\ttab" }],
  },
  {
    name: "CR as the end of lines",
    stream: "data: a\rdata: b\r\rdata: c\r\r",
    events: [{ data: "a\nb" }, { data: "c" }],
  },
  {
    name: "CRLF as the end of lines",
    stream: "data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n",
    events: [{ data: "a\nb" }, { data: "c" }],
  },
  {
    name: "all ends of lines mixed",
    stream: "data: a\ndata: b\r\ndata: c\r\n\rdata: d\n\r\n",
    events: [{ data: "a\nb\nc" }, { data: "d" }],
  },
  { name: "a byte order mark in front", stream: "\ufeffdata: a\n\n", events: [{ data: "a" }] },
  {
    name: "only the first byte order mark is dropped",
    stream: "\ufeff\ufeffdata: a\n\ndata: b\n\n",
    events: [{ data: "b" }],
  },
  { name: "a byte order mark inside data stays", stream: "data: \ufeffa\n\n", events: [{ data: "\ufeffa" }] },
  {
    name: "a byte order mark in front of a later line makes it another field",
    stream: "data: a\n\n\ufeffdata: b\n\n",
    events: [{ data: "a" }],
  },
  {
    name: "an id holds for the events behind it",
    stream: "id: 1\ndata: a\n\ndata: b\n\nid: 2\ndata: c\n\n",
    events: [
      { data: "a", id: "1" },
      { data: "b", id: "1" },
      { data: "c", id: "2" },
    ],
    lastId: "2",
  },
  { name: "an id without data counts too", stream: "id: 7\n\n", events: [], lastId: "7" },
  {
    name: "an id with NUL in it is ignored",
    stream: "id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n",
    events: [
      { data: "a", id: "1" },
      { data: "b", id: "1" },
    ],
    lastId: "1",
  },
  {
    name: "an id of an event that is not finished does not count",
    stream: "id: 1\ndata: a\n\nid: 2\ndata: b\n",
    events: [{ data: "a", id: "1" }],
    lastId: "1",
  },
  {
    name: "an event without data is none, and its type is forgotten",
    stream: "event: x\n\ndata: a\n\n",
    events: [{ event: "message", data: "a" }],
  },
  {
    name: "an empty type is the default",
    stream: "event:\ndata: a\n\n",
    events: [{ event: "message", data: "a" }],
  },
  {
    name: "the last type counts",
    stream: "event: x\nevent: y\ndata: a\n\n",
    events: [{ event: "y", data: "a" }],
  },
  { name: "retry in digits", stream: "retry: 1500\n\ndata: a\n\n", events: [{ data: "a" }], retryMs: 1500 },
  {
    name: "retry in anything else is ignored",
    stream: "retry: 1.5\nretry: -1\nretry: 1e3\nretry:\ndata: a\n\n",
    events: [{ data: "a" }],
  },
  {
    name: "unknown fields are ignored, and names are exact",
    stream: "Data: A\ndatax: b\n data: c\nfoo\ndata: d\n\n",
    events: [{ data: "d" }],
  },
  { name: "comments are ignored", stream: ":\n: a\n:data: no\ndata: a\n:\n\n", events: [{ data: "a" }] },
  {
    name: "a colon inside the value",
    stream: "data: a: b\n\ndata::\n\n",
    events: [{ data: "a: b" }, { data: ":" }],
  },
  {
    name: "bytes that are not UTF-8 become replacement characters",
    stream: Buffer.from([0x64, 0x61, 0x74, 0x61, 0x3a, 0xff, 0xc3, 0x0a, 0x0a]),
    events: [{ data: "\ufffd\ufffd" }],
  },
  { name: "characters of two, three and four bytes", stream: "data: é€😀\n\n", events: [{ data: "é€😀" }] },
  {
    name: "many blank lines",
    stream: "\n\n\ndata: a\n\n\n\ndata: b\n\n",
    events: [{ data: "a" }, { data: "b" }],
  },
  { name: "an empty stream", stream: "", events: [] },
  { name: "NUL in data", stream: "data: a\0b\n\n", events: [{ data: "a\0b" }] },
];

const readAll = (pieces: readonly Uint8Array[]): { events: ServerSentEvent[]; reader: EventReader } => {
  const reader = new EventReader();
  return { events: pieces.flatMap((piece) => reader.read(piece)), reader };
};

describe.each(vectors)("$name", ({ stream, events, lastId, retryMs }) => {
  const bytes = Buffer.from(stream);
  const check = (pieces: readonly Uint8Array[]): void => {
    const read = readAll(pieces);
    expect(read.events).toHaveLength(events.length);
    expect(read.events).toMatchObject(events);
    if (lastId !== undefined) expect(read.reader.lastId).toBe(lastId);
    expect(read.reader.retryMs).toBe(retryMs);
  };

  test("is read as a whole", () => check([bytes]));
  test("is read byte by byte", () => check(Array.from(bytes, (byte) => Uint8Array.of(byte))));
  test("is read split at every point", () => {
    for (let at = 0; at <= bytes.length; at += 1) check([bytes.subarray(0, at), bytes.subarray(at)]);
  });
  test("is read split at every two points", () => {
    for (let from = 0; from <= bytes.length; from += 1)
      for (let to = from; to <= bytes.length; to += 1)
        check([bytes.subarray(0, from), bytes.subarray(from, to), bytes.subarray(to)]);
  });
});

test("an event without an end is refused before it fills the memory", () => {
  const reader = new EventReader();
  const piece = Buffer.alloc(1024 * 1024, "x");
  reader.read(Buffer.from("data: "));
  expect(() => {
    for (let n = 0; n < 40; n += 1) reader.read(piece);
  }).toThrow(/longer than 16777216 characters/);
});
