import * as z from "zod";

/** Chosen by the client, or by whoever has none: it is written to logs, headers and messages as it is. */
export const CorrelationId = z.string().regex(/^[A-Za-z0-9._:=+/-]{1,128}$/, {
  error: "must be 1 to 128 of A-Z, a-z, 0-9 and . _ : = + / -",
});

/** What began the work at hand. It travels with all that is written and sent, wherever work goes on. */
export const Cause = z.object({
  /** The same from the request on, in every line and every message. */
  correlationId: CorrelationId,
  /** Whose doing it is: an `X-Amzn-Trace-Id` header, `Root=…;Parent=…;Sampled=…`. */
  trace: z.string().max(256).optional(),
});
export type Cause = z.output<typeof Cause>;
