/**
 * Parts of `aws-xray-sdk-core` that our functions never use. The SDK loads all of them as properties of
 * one object: plugins for EC2, ECS and Beanstalk, sampling for HTTP servers (in Lambda the service
 * decides), SQL, promises, HTTP requests other than the AWS SDK's, and clients of AWS SDK version 2,
 * which load semver.
 */
const unused =
  /[\\/]aws-xray-sdk-core[\\/]dist[\\/]lib[\\/](segments[\\/]plugins|middleware[\\/]sampling|database|patchers[\\/](aws_p|http_p|promise_p)\.js)/;

/** Replaces unused parts with empty modules: a tenth of a function's code and initialisation. */
export const trimTracer = {
  name: "trim-tracer",
  setup(build) {
    build.onLoad({ filter: /aws-xray-sdk-core|^undefined$/ }, ({ path }) =>
      unused.test(path) ? { contents: "module.exports = {};" } : undefined,
    );
  },
};
