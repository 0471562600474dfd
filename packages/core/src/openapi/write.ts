import { writeFileSync } from "node:fs";
import { documentOf, toText } from "./document.ts";

/** `npm run openapi`: writes the document that the functions serve. */
const [argument] = process.argv.slice(2);
if (argument === undefined) {
  writeFileSync(new URL("../../openapi.json", import.meta.url), toText(documentOf()));
} else {
  console.error(`npm run openapi takes no arguments: remove "${argument}".`);
  process.exitCode = 1;
}
