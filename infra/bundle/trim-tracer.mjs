/**
 * The parts of `aws-xray-sdk-core` that cannot run in our functions. It loads them all, to offer them
 * as properties of one object that nobody of ours reads: plugins that ask EC2, ECS and Beanstalk
 * where they are, sampling for HTTP servers (in Lambda the service has decided), SQL, promises, HTTP
 * requests other than the AWS SDK's, and clients of AWS SDK version 2 with all of semver.
 */
const unused =
  /[\\/]aws-xray-sdk-core[\\/]dist[\\/]lib[\\/](segments[\\/]plugins|middleware[\\/]sampling|database|patchers[\\/](aws_p|http_p|promise_p)\.js)/;

/** Puts nothing in their place: a tenth of a function's code and of its initialisation. */
export const trimTracer = {
  name: "trim-tracer",
  setup(build) {
    build.onLoad({ filter: /aws-xray-sdk-core|^undefined$/ }, ({ path }) =>
      unused.test(path) ? { contents: "module.exports = {};" } : undefined,
    );
  },
};
