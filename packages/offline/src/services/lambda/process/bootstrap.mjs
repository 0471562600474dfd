// @ts-check
/**
 * The program of a function's process: loads the bundle, then fetches events from the Runtime API
 * and hands in results until the runtime is gone. It does what Lambda's Node.js 24 runtime does
 * (https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html), without response streaming.
 *
 * Plain JavaScript, and its own small HTTP client on a bare socket: every cold start waits for
 * this file, every invocation passes it. An ESM import of `node:http` alone would cost 30 ms.
 */

const net = process.getBuiltinModule("node:net");
const { format } = process.getBuiltinModule("node:util");
const { pathToFileURL } = process.getBuiltinModule("node:url");

const env = process.env;
const [address = "", instance] = (env.AWS_LAMBDA_RUNTIME_API ?? "").split("/");
const [host, port] = address.split(":");
const API = `/${instance}/2018-06-01/runtime`;
const NEXT = `GET ${API}/invocation/next HTTP/1.1\r\nHost: ${address}\r\n\r\n`;

/** The invocation at work, or the last one; none in the init phase. */
let requestId = "";
/** Whether the runtime waits for us, rather than we for the next event. */
let working = true;
/** Set once the process only waits for its last words to be heard.
 * @type {number | undefined} */
let exitCode;

patchConsole();
// As on Lambda; the runtime's own is stricter.
process.umask(0o022);

// The runtime closes this socket when it ends, and the kernel does when it is killed.
const socket = net.connect({ host, port: Number(port), noDelay: true });
socket.on("error", () => process.exit(1));
socket.on("close", () => process.exit(0));

process.on("uncaughtException", (error) => die("Uncaught Exception", error, 129));
process.on("unhandledRejection", (reason) => {
  die("Unhandled Promise Rejection", unhandledRejection(reason), 128);
});

receiveEvents();
const handler = await loadHandler().catch(failInit);
working = false;
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
    throw named("Runtime.HandlerNotFound", `${env._HANDLER} is undefined or not exported`);
  }
  if (typeof found !== "function") {
    throw named("Runtime.HandlerNotFound", `${env._HANDLER} is not a function`);
  }
  if (found.length >= 3) {
    throw named(
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
      throw named("Runtime.UserCodeSyntaxError", String(error), error.stack);
    }
    // Lambda knows only the first of these, from its CommonJS days.
    if (code === "MODULE_NOT_FOUND" || code === "ERR_MODULE_NOT_FOUND") {
      throw named("Runtime.ImportModuleError", String(error));
    }
    throw error;
  }
}

/** @param {unknown} error @returns {never} */
function failInit(error) {
  report("/init/error", error, 1);
  // The rest of this module must not run.
  return /** @type {never} */ (new Promise(() => {}));
}

/** @param {Headers} headers @param {string} payload */
async function invoke(headers, payload) {
  working = true;
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
  working = false;
  socket.write(postRequest(path, body) + NEXT);
}

/** @param {unknown} result */
function stringify(result) {
  try {
    return JSON.stringify(result === undefined ? null : result) ?? "null";
  } catch (error) {
    throw named("Runtime.JSONStringifyError", `Unable to stringify response body: ${error}`);
  }
}

/**
 * Ends the process over an error nobody caught. Its invocation fails with that very error.
 *
 * @param {string} message @param {unknown} error @param {number} code
 */
function die(message, error, code) {
  logError(message, error);
  if (!working) process.exit(code);
  report(requestId ? `/invocation/${requestId}/error` : "/init/error", error, code);
}

/**
 * Ends the process as soon as the runtime has acknowledged the reason.
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

/** Reads HTTP responses: those with status 200 are events, others acknowledge what was posted. */
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
 * Waits until a stream has given everything to the kernel: a function's lines come before the end
 * of its invocation.
 *
 * @param {NodeJS.WriteStream} stream
 */
function flushed(stream) {
  if (!stream.writableLength) return;
  return new Promise((resolve) => stream.write("", resolve));
}

// --- Errors -------------------------------------------------------------------------------------

/** @param {string} name @param {string} message @param {string} [stack] */
function named(name, message, stack) {
  const error = Object.assign(new Error(message), { name });
  error.stack = stack ?? `${name}: ${message}`;
  return error;
}

/** @param {unknown} reason */
function unhandledRejection(reason) {
  const stack = reason instanceof Error ? reason.stack : undefined;
  return named("Runtime.UnhandledPromiseRejection", String(reason), stack);
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
 * Gives console lines Lambda's form: time, request id and level, as text or as JSON.
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

/** A single value stays JSON; several are formatted as `console` does. @param {unknown[]} values */
function jsonMessage(values) {
  if (values.length !== 1) return format(...values);
  try {
    JSON.stringify(values[0]);
    return values[0];
  } catch {
    return format(values[0]);
  }
}
