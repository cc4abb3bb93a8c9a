/** What stands in a record in the place of a secret: a run that is recovered has it where its secrets were. */
export const redacted = "[redacted]";
