/** An error that a local HTTP server responds with: a status, and a message for the user. */
export class HttpError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
