/**
 * Something the person at the terminal can put right. The message is one sentence that says what
 * to do; the command line prints it without a stack trace and exits with 1.
 */
export class UserError extends Error {
  override readonly name = "UserError";
}
