export const containmentOptions = ["auto", "direct", "companion", "cgroup"] as const;

/** What a host may ask for. */
export type ContainmentOption = (typeof containmentOptions)[number];
