/** Replaces the URLs of AWS in a text by the local ones. */
export function replaceUrls(urls: Record<string, string>, text: string): string {
  let local = text;
  for (const [remote, url] of Object.entries(urls)) local = local.replaceAll(remote, url);
  return local;
}

/**
 * The variables of an environment that name what has a URL of its own offline, with that in the
 * place of the one on AWS. The others are left out.
 *
 * @param urls by the URL on AWS, the one here
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
