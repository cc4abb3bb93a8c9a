export const runtimeKinds = ["subprocess", "http", "http_async", "container", "manual", "unknown"] as const;

export type RuntimeKind = (typeof runtimeKinds)[number];
