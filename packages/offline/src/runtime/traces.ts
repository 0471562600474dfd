import * as z from "zod";

const SegmentId = z.string().regex(/^[0-9a-f]{16}$/);
/** Seconds since the epoch, with a fraction. */
const Time = z.number().positive();

/** The common fields of segments and subsegments that the runtime reads; others are stored unchanged. */
const fields = {
  id: SegmentId,
  name: z.string().min(1).max(200),
  start_time: Time,
  /** Absent while it is in progress. */
  end_time: Time.optional(),
  in_progress: z.boolean().optional(),
  /** The caller's fault (4xx), the caller's fault of asking too often (429), our fault (5xx). */
  error: z.boolean().optional(),
  throttle: z.boolean().optional(),
  fault: z.boolean().optional(),
  /** `aws` for calls of an AWS service, `remote` for calls of any other. */
  namespace: z.string().optional(),
  annotations: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
};

function looseFields() {
  return z.looseObject(fields);
}

/** A part of a segment, inside it. */
export interface Subsegment extends z.output<ReturnType<typeof looseFields>> {
  subsegments?: Subsegment[] | undefined;
}
export const Subsegment: z.ZodType<Subsegment> = looseFields().extend({
  get subsegments() {
    return z.array(Subsegment).optional();
  },
});

/**
 * A segment document, or a subsegment (`type`) that was sent by itself.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
 */
export const Segment = z.looseObject({
  ...fields,
  trace_id: z.string().regex(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/),
  /** The segment or subsegment that caused it, perhaps of another service. */
  parent_id: SegmentId.optional(),
  type: z.literal("subsegment").optional(),
  /** The AWS resource that wrote it, for example `AWS::Lambda::Function`. */
  origin: z.string().optional(),
  subsegments: z.array(Subsegment).optional(),
});
export type Segment = z.output<typeof Segment>;

/** The segments of one request. */
export interface Trace {
  /** `1-<seconds>-<random>`. */
  id: string;
  /**
   * Segments, and subsegments that were sent separately, in the order of their arrival. `parent_id`
   * names the parent, which may be among the `subsegments` of another segment.
   */
  segments: Segment[];
}

export interface TraceReader {
  trace(id: string): Trace | undefined;
  /** Returns all traces in memory, those that started last first. */
  recent(): Trace[];
  /** Calls `listener` with a trace whenever it has grown, until the returned function is called. */
  subscribe(listener: (trace: Trace) => void): () => void;
}
