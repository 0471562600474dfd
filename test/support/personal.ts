/** What no line of any log may have in it, however it got there. */
const personal = {
  "a mail address": /[\w.+-]+@[\w-]+(\.[\w-]+)*\.[a-z]{2,}/i,
  "a token": /\beyJ[\w-]{8,}\.[\w-]+/,
  "a stored item": /\b(ownerEmail|requestHash|gsi\dpk)\b/,
  "a pet's data": /["'](species|breed|birthDate)\\*["']\s*:/,
};

/** @throws Error that says what a line has in it, if it has anything personal */
export function assertImpersonal(line: string): void {
  for (const [what, pattern] of Object.entries(personal)) {
    if (pattern.test(line)) throw new Error(`A log line has ${what} in it: ${line}`);
  }
}
