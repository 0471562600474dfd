import * as z from "zod";

/** Set by the client, or else generated. It is written to logs, headers and messages unchanged. */
export const CorrelationId = z.string().regex(/^[A-Za-z0-9._:=+/-]{1,128}$/, {
  error: "must be 1 to 128 of A-Z, a-z, 0-9 and . _ : = + / -",
});

/** Correlation id and trace header of the originating request. Items and messages carry it. */
export const TraceContext = z.object({
  /** The same in every log line and message that the request leads to. */
  correlationId: CorrelationId,
  /** An `X-Amzn-Trace-Id` header: `Root=…;Parent=…;Sampled=…`. */
  trace: z.string().max(256).optional(),
});
export type TraceContext = z.output<typeof TraceContext>;
