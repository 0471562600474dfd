/** Personal data that must not be in any log line. */
const personal = {
  "a mail address": /[\w.+-]+@[\w-]+(\.[\w-]+)*\.[a-z]{2,}/i,
  "a token": /\beyJ[\w-]{8,}\.[\w-]+/,
  "a stored item": /\b(ownerEmail|requestHash|gsi\dpk)\b/,
  "a pet's data": /["'](species|breed|birthDate)\\*["']\s*:/,
};

/** The ARN of the stage's sender, which is not personal data. */
const SENDER = /arn:aws:ses:[\w-]+:\d{12}:identity\/petstore@example\.com/g;

/** @throws Error that says what a line has in it, if it has anything personal */
export function assertImpersonal(line: string): void {
  for (const [what, pattern] of Object.entries(personal)) {
    if (pattern.test(line.replace(SENDER, "")))
      throw new Error(`A log line has ${what} in it: ${line}`);
  }
}
