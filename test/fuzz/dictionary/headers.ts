/** Values of `Content-Type`. */
export const mediaTypes = [
  "",
  "text/plain",
  "application/JSON",
  "application/json; charset=utf-8",
  "application/json; charset=utf-16",
  "application/json, application/json",
  "application/jsonp",
  "application/xml",
  "application/x-www-form-urlencoded",
  "multipart/form-data",
  "*/*",
  ";",
];

/** Headers that no operation declares, or that contradict others. */
export const headers: [name: string, value: string][] = [
  ["content-encoding", "gzip"],
  ["content-encoding", "identity"],
  ["if-match", "*"],
  ["if-match", '"1"'],
  ["if-match", "nonsense"],
  ["if-none-match", "*"],
  ["if-none-match", 'W/"1"'],
  ["if-modified-since", "Thu, 01 Jan 1970 00:00:00 GMT"],
  ["idempotency-key", "twice"],
  ["idempotency-key", ""],
  ["accept", "text/html"],
  ["accept-encoding", "gzip;q=0"],
  ["cookie", "__proto__=1"],
  ["x-http-method-override", "DELETE"],
  ["x-forwarded-for", "'"],
  ["x-amzn-trace-id", "Root=nonsense"],
  ["__proto__", "1"],
  ["range", "bytes=0-0"],
];
