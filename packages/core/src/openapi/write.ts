import { writeFileSync } from "node:fs";
import { documentOf, textOf } from "./document.ts";

/** `npm run openapi`: writes the document that the functions serve. */
writeFileSync(new URL("../../openapi.json", import.meta.url), textOf(documentOf()));
