import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { projectRoot } from "../../support/offline.ts";

it("src/schema.ts is what npm run openapi generates", () => {
  const cwd = join(projectRoot, "packages/client");
  const command = join(cwd, "node_modules/.bin/openapi-typescript");
  const args = ["../core/openapi.json", "--alphabetize", "--default-non-nullable=false"];
  const generated = execFileSync(command, args, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  expect(readFileSync(join(cwd, "src/schema.ts"), "utf8").trim()).toBe(generated.trim());
});
