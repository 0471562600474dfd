/** Replaces the URLs of AWS in a text by the local ones. */
export function replaceUrls(urls: Record<string, string>, text: string): string {
  let local = text;
  for (const [remote, url] of Object.entries(urls)) local = local.replaceAll(remote, url);
  return local;
}

/**
 * Returns the variables of an environment that contain URLs of AWS which are served locally, with
 * the local URLs.
 *
 * @param urls local URLs, by the URLs on AWS
 */
export function withLocalUrls(
  urls: Record<string, string>,
  environment: Record<string, string>,
): Record<string, string> {
  const rewritten = Object.entries(environment).map(([name, value]) => {
    return [name, replaceUrls(urls, value)];
  });
  return Object.fromEntries(rewritten.filter(([name = "", value]) => value !== environment[name]));
}
