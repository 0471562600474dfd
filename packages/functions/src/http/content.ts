import { createHash } from "node:crypto";

/** The entity tag of content, weak: the same however the content is encoded. */
export const contentTag = (content: string | Uint8Array) =>
  `W/"${createHash("sha256").update(content).digest("base64url")}"`;

/** The headers of content that changes with a deployment. */
export const cached = (etag: string) =>
  ({ etag, "cache-control": "public, max-age=3600" }) as const;
