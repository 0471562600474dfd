/** A trace that is named, or the beginning of a stream record's image of an item. */
const TOKEN = /Root=(1-[0-9a-f]{8}-[0-9a-f]{24})|"(OldImage|NewImage)":/g;

/**
 * The traces that an event of several messages or stream records names: X-Ray's header comes with
 * a message, and perhaps in what an app has written. An item as it was before names the trace of
 * an earlier write.
 */
export function linksIn(payload: string): string[] {
  const links = new Set<string>();
  let image: string | undefined;
  for (const [, traceId, begun] of payload.matchAll(TOKEN)) {
    if (begun) image = begun;
    else if (traceId && image !== "OldImage") links.add(traceId);
  }
  return [...links];
}
