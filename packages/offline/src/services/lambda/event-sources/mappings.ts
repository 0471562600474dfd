import * as z from "zod";
import type { EventSource } from "../../../graph/app.ts";
import { type Graph, statesOf } from "../../../graph/graph.ts";

const State = z.object({
  name: z.string(),
  eventSourceArn: z.string(),
  functionName: z.string(),
  enabled: z.boolean().default(true),
  batchSize: z.number().optional(),
  maximumBatchingWindowInSeconds: z.number().default(0),
  filterCriteria: z
    .object({ filters: z.array(z.object({ pattern: z.string() })).default([]) })
    .optional(),
  functionResponseTypes: z.array(z.string()).default([]),
  scalingConfig: z.object({ maximumConcurrency: z.number().optional() }).optional(),
  startingPosition: z.enum(["LATEST", "TRIM_HORIZON"]).optional(),
  maximumRetryAttempts: z.number().default(-1),
  maximumRecordAgeInSeconds: z.number().default(-1),
  bisectBatchOnFunctionError: z.boolean().default(false),
  destinationConfig: z
    .object({ onFailure: z.object({ destinationArn: z.string() }).optional() })
    .optional(),
});

/**
 * The event source mappings. The defaults are Lambda's own.
 * https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
 */
export function eventSources(graph: Graph): EventSource[] {
  return statesOf(graph, "aws:lambda/eventSourceMapping:EventSourceMapping", State).map(
    ({ state }) => {
      const maximumConcurrency = state.scalingConfig?.maximumConcurrency;
      const onFailureArn = state.destinationConfig?.onFailure?.destinationArn;
      return {
        name: state.name,
        eventSourceArn: state.eventSourceArn,
        functionArn: state.functionName,
        enabled: state.enabled,
        batchSize: state.batchSize ?? (state.eventSourceArn.includes(":sqs:") ? 10 : 100),
        batchingWindowSeconds: state.maximumBatchingWindowInSeconds,
        filters: state.filterCriteria?.filters.map(({ pattern }) => pattern) ?? [],
        partialResponses: state.functionResponseTypes.includes("ReportBatchItemFailures"),
        ...(maximumConcurrency && { maximumConcurrency }),
        ...(state.startingPosition && { startingPosition: state.startingPosition }),
        maximumRetryAttempts: state.maximumRetryAttempts,
        maximumRecordAgeSeconds: state.maximumRecordAgeInSeconds,
        bisectOnError: state.bisectBatchOnFunctionError,
        ...(onFailureArn && { onFailureArn }),
      };
    },
  );
}
