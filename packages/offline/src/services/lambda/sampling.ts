/**
 * A sampling decision after another, by X-Ray's rule: so many a second, and a share of those beyond.
 * X-Ray's default is one a second and 5 %. Offline it is ten: a person shall find the request just
 * made, and a benchmark shall not be one of tracing.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html
 *
 * @param now milliseconds
 */
export function createSampler({
  reservoir = 10,
  rate = 0.05,
  now = Date.now,
  random = Math.random,
} = {}) {
  let second = 0;
  let taken = 0;
  return (): boolean => {
    const current = Math.floor(now() / 1000);
    if (current !== second) {
      second = current;
      taken = 0;
    }
    return taken++ < reservoir || random() < rate;
  };
}
