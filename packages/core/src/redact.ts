/**
 * E-mail addresses, quoted or not. Package scopes in paths (`/@aws-sdk/`) do not match. The
 * lookbehind matches only at the start of a word: starting at every letter would take quadratic time.
 */
const ADDRESS = /(?<![^\s"'<>()/:,;=])[^\s"'<>()/:,;=]+@[^\s"'<>()/:,;]+/g;

/** Replaces the e-mail addresses in a text, for example in an error message of AWS. */
export const redactAddresses = (text: string): string => text.replace(ADDRESS, "(an address)");
