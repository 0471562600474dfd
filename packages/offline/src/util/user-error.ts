/**
 * An error that the user can correct. The message is a sentence that says what happened and what to do.
 * The command line prints it without a stack trace and exits with 1.
 */
export class UserError extends Error {
  override readonly name = "UserError";
}
