/** Every problem the API can answer (RFC 9457). The key is the stable last segment of its `type`. */
export const catalogue = {
  "malformed-body": { status: 400, title: "The body is not well-formed JSON" },
  "malformed-header": { status: 400, title: "A header is malformed" },
  "bad-cursor": { status: 400, title: "The cursor does not belong to this list" },
  "not-authenticated": { status: 401, title: "It is not known who asks" },
  "not-owner": { status: 403, title: "This belongs to somebody else" },
  "not-found": { status: 404, title: "There is nothing here" },
  "concurrent-change": { status: 409, title: "Others kept changing this at the same time" },
  "pet-deleted": { status: 409, title: "Pet deleted" },
  "status-transition": { status: 409, title: "A pet cannot go from this status to that" },
  "precondition-failed": { status: 412, title: "Precondition failed" },
  "body-too-large": { status: 413, title: "The body is too large" },
  "unsupported-media-type": { status: 415, title: "The body comes in a format not taken here" },
  "invalid-request": { status: 422, title: "The request does not match its schema" },
  "idempotency-key-reused": { status: 422, title: "The key was used with another request" },
  internal: { status: 500, title: "Something went wrong on our side" },
  "try-again": { status: 503, title: "Too busy right now" },
} as const;

export type ProblemType = keyof typeof catalogue;
