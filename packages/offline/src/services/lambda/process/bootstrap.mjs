// @ts-check
/**
 * The program of a function's process: loads the bundle, then fetches events from the Runtime API
 * and sends results until the runtime ends. It behaves as Lambda's Node.js 24 runtime
 * (https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html), without response streaming.
 *
 * It is plain JavaScript with a small HTTP client on a socket, because it adds to every cold start and
 * every invocation. An ESM import of `node:http` alone would take 30 ms.
 */

const net = process.getBuiltinModule("node:net");
const { format } = process.getBuiltinModule("node:util");
const { pathToFileURL } = process.getBuiltinModule("node:url");

const env = process.env;
const [address = "", instance] = (env.AWS_LAMBDA_RUNTIME_API ?? "").split("/");
const [host, port] = address.split(":");
const API = `/${instance}/2018-06-01/runtime`;
const NEXT = `GET ${API}/invocation/next HTTP/1.1\r\nHost: ${address}\r\n\r\n`;

/** The request id of the running or last invocation; empty in the init phase. */
let requestId = "";
/** Whether the process is busy, rather than waiting for the next event. */
let isWorking = true;
/** Set when the process waits for the acknowledgement of its last report.
 * @type {number | undefined} */
let exitCode;

patchConsole();
// As on Lambda. The umask of the offline runtime is stricter.
process.umask(0o022);

// The socket closes when the runtime ends, even by SIGKILL.
const socket = net.connect({ host, port: Number(port), noDelay: true });
socket.on("error", () => process.exit(1));
socket.on("close", () => process.exit(0));

process.on("uncaughtException", (error) => exitWith("Uncaught Exception", error, 129));
process.on("unhandledRejection", (reason) => {
  exitWith("Unhandled Promise Rejection", unhandledRejection(reason), 128);
});

receiveEvents();
const handler = await loadHandler().catch(failInit);
isWorking = false;
socket.write(NEXT);

/**
 * @typedef {(event: unknown, context: object) => unknown} Handler
 * @typedef {Record<string, string>} Headers
 */

/** @returns {Promise<Handler>} */
async function loadHandler() {
  const [, ...path] = (env._HANDLER ?? "").split(".");
  const module = await importBundle(process.argv[2] ?? "");
  const found = path.reduce((value, key) => value?.[key], module);
  if (!found) {
    throw namedError("Runtime.HandlerNotFound", `${env._HANDLER} is undefined or not exported`);
  }
  if (typeof found !== "function") {
    throw namedError("Runtime.HandlerNotFound", `${env._HANDLER} is not a function`);
  }
  if (found.length >= 3) {
    throw namedError(
      "Runtime.CallbackHandlerDeprecated",
      "AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later.",
    );
  }
  return found;
}

/** @param {string} file @returns {Promise<any>} */
async function importBundle(file) {
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    const { code } = /** @type {{ code?: string }} */ (error ?? {});
    if (error instanceof SyntaxError) {
      throw namedError("Runtime.UserCodeSyntaxError", String(error), error.stack);
    }
    // Lambda reports only the first one; ES modules have the second.
    if (code === "MODULE_NOT_FOUND" || code === "ERR_MODULE_NOT_FOUND") {
      throw namedError("Runtime.ImportModuleError", String(error));
    }
    throw error;
  }
}

/** @param {unknown} error @returns {never} */
function failInit(error) {
  report("/init/error", error, 1);
  // Prevents the rest of this module from running.
  return /** @type {never} */ (new Promise(() => {}));
}

/** @param {Headers} headers @param {string} payload */
async function invoke(headers, payload) {
  isWorking = true;
  requestId = headers["lambda-runtime-aws-request-id"] ?? "";
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  env._X_AMZN_TRACE_ID = headers["lambda-runtime-trace-id"];
  const context = {
    awsRequestId: requestId,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    xRayTraceId: headers["lambda-runtime-trace-id"],
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  let path = `/invocation/${requestId}/response`;
  let body;
  try {
    body = stringify(await handler(JSON.parse(payload), context));
  } catch (error) {
    logError("Invoke Error", error);
    path = `/invocation/${requestId}/error`;
    body = JSON.stringify(formatError(error));
  }
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  isWorking = false;
  socket.write(postRequest(path, body) + NEXT);
}

/** @param {unknown} result */
function stringify(result) {
  try {
    return JSON.stringify(result === undefined ? null : result) ?? "null";
  } catch (error) {
    throw namedError("Runtime.JSONStringifyError", `Unable to stringify response body: ${error}`);
  }
}

/**
 * Ends the process after an uncaught error, with which the running invocation fails.
 *
 * @param {string} message @param {unknown} error @param {number} code
 */
function exitWith(message, error, code) {
  logError(message, error);
  if (!isWorking) process.exit(code);
  report(requestId ? `/invocation/${requestId}/error` : "/init/error", error, code);
}

/**
 * Reports an error and ends the process when the runtime has acknowledged it.
 *
 * @param {string} path @param {unknown} error @param {number} code
 */
function report(path, error, code) {
  if (exitCode !== undefined) return;
  exitCode = code;
  socket.write(postRequest(path, JSON.stringify(formatError(error))));
}

// --- Runtime API client -------------------------------------------------------------------------

/** @param {string} path @param {string} body */
function postRequest(path, body) {
  return (
    `POST ${API}${path} HTTP/1.1\r\nHost: ${address}\r\nContent-Type: application/json\r\n` +
    `X-Resident-Bytes: ${process.memoryUsage.rss()}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}

/** Reads HTTP responses: those with status 200 are events, the others acknowledge requests. */
function receiveEvents() {
  /** @type {Buffer} */
  let received = Buffer.alloc(0);
  socket.on("data", (/** @type {Buffer} */ chunk) => {
    received = received.length ? Buffer.concat([received, chunk]) : chunk;
    for (;;) {
      const headEnd = received.indexOf("\r\n\r\n");
      if (headEnd < 0) return;
      const [status = "", ...lines] = received.latin1Slice(0, headEnd).split("\r\n");
      const headers = Object.fromEntries(
        lines.map((line) => {
          const colon = line.indexOf(":");
          return [line.slice(0, colon).toLowerCase(), line.slice(colon + 2)];
        }),
      );
      const end = headEnd + 4 + Number(headers["content-length"]);
      if (received.length < end) return;
      const payload = received.utf8Slice(headEnd + 4, end);
      received = received.subarray(end);
      if (status.startsWith("HTTP/1.1 200")) invoke(headers, payload);
      else if (exitCode !== undefined) process.exit(exitCode);
    }
  });
}

/**
 * Waits until a stream has written everything, so that a function's lines arrive before the end of
 * its invocation.
 *
 * @param {NodeJS.WriteStream} stream
 */
function flushed(stream) {
  if (!stream.writableLength) return;
  return new Promise((resolve) => stream.write("", resolve));
}

// --- Errors -------------------------------------------------------------------------------------

/** @param {string} name @param {string} message @param {string} [stack] */
function namedError(name, message, stack) {
  const error = Object.assign(new Error(message), { name });
  error.stack = stack ?? `${name}: ${message}`;
  return error;
}

/** @param {unknown} reason */
function unhandledRejection(reason) {
  const stack = reason instanceof Error ? reason.stack : undefined;
  return namedError("Runtime.UnhandledPromiseRejection", String(reason), stack);
}

/** @param {unknown} error */
function formatError(error) {
  if (!(error instanceof Error)) {
    return { errorType: typeof error, errorMessage: String(error), trace: [] };
  }
  const trace = String(error.stack ?? "").split("\n");
  return { errorType: error.name, errorMessage: error.message, trace };
}

// --- Console ------------------------------------------------------------------------------------

/** @param {string} message @param {unknown} error */
function logError(message, error) {
  const { trace, ...rest } = formatError(error);
  if (env.AWS_LAMBDA_LOG_FORMAT === "JSON") console.error(error);
  else console.error(message, `\t${JSON.stringify({ ...rest, ...Object(error), stack: trace })}`);
}

/**
 * Formats console lines as Lambda does: with time, request id and level, as text or as JSON.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
function patchConsole() {
  const line = env.AWS_LAMBDA_LOG_FORMAT === "JSON" ? jsonLine : textLine;
  const to = (/** @type {"stdout" | "stderr"} */ stream, /** @type {string} */ level) => {
    return (/** @type {unknown[]} */ ...values) => void process[stream].write(line(level, values));
  };
  console.trace = to("stderr", "TRACE");
  console.debug = to("stdout", "DEBUG");
  console.log = console.info = to("stdout", "INFO");
  console.warn = to("stderr", "WARN");
  console.error = to("stderr", "ERROR");
}

/** @param {string} level @param {unknown[]} values */
function textLine(level, values) {
  const message = format(...values).replaceAll("\n", "\r");
  return `${new Date().toISOString()}\t${requestId || "undefined"}\t${level}\t${message}\n`;
}

/** @param {string} level @param {unknown[]} values */
function jsonLine(level, values) {
  const error = values.find((value) => value instanceof Error);
  const { errorType, errorMessage, trace } = error ? formatError(error) : {};
  const message = error && values.length === 1 ? undefined : jsonMessage(values);
  const timestamp = new Date().toISOString();
  const fields = { timestamp, level, requestId, message };
  return `${JSON.stringify({ ...fields, errorType, errorMessage, stackTrace: trace })}\n`;
}

/** Returns a single value as it is; formats several as `console` does. @param {unknown[]} values */
function jsonMessage(values) {
  if (values.length !== 1) return format(...values);
  try {
    JSON.stringify(values[0]);
    return values[0];
  } catch {
    return format(values[0]);
  }
}
