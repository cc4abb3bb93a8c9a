/** Ends a command. Its message is the sentence for standard error; the command chooses the exit status. */
export class Failure extends Error {
  override name = "Failure";
}
