import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import GithubSlugger from "github-slugger";
import { lexer, type Token, walkTokens } from "marked";
import { describe, expect, it } from "vitest";
import manifest from "../../../package.json" with { type: "json" };
import { projectRoot } from "../../support/offline.ts";

const read = (file: string) => readFileSync(join(projectRoot, file), "utf8");

/** Tracked files, and those that are about to be. */
const documents = execFileSync(
  "git",
  ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
  { cwd: projectRoot, encoding: "utf8" },
)
  .split("\n")
  .filter((file) => file !== "" && existsSync(join(projectRoot, file)));

const packages = documents.filter((file) => /^packages\/[\w-]+\/README\.md$/.test(file));

const textOf = (token: Token): string =>
  "tokens" in token && token.tokens
    ? token.tokens.map(textOf).join("")
    : "text" in token
      ? token.text
      : token.raw;

/** Returns a document's links, the anchors of its headings, and its inline code. */
function parse(file: string) {
  const slugger = new GithubSlugger();
  const anchors = new Set<string>();
  const links: string[] = [];
  const code: string[] = [];
  walkTokens(lexer(read(file)), (token) => {
    if (token.type === "heading") anchors.add(slugger.slug(textOf(token)));
    if (token.type === "link" || token.type === "image") links.push(token.href);
    if (token.type === "codespan") code.push(token.text);
  });
  return { anchors, links, code };
}

/** Returns the file of this repository that a link of a document leads to, and the anchor in it. */
function targetOf(link: string, document: string): { file: string; anchor: string } {
  const [path = "", anchor = ""] = link.split("#");
  const file = path ? relative(".", join(dirname(document), path)) : document;
  return { file, anchor };
}

const isRelative = (link: string) => !/^[a-z]+:/.test(link);

/** Returns the links of a document that lead nowhere. */
const brokenLinksOf = (document: string): string[] =>
  parse(document)
    .links.filter(isRelative)
    .filter((link) => {
      const { file, anchor } = targetOf(link, document);
      if (!existsSync(join(projectRoot, file))) return true;
      return anchor !== "" && !parse(file).anchors.has(anchor);
    });

/** Inline code that is the path of a file or folder, without placeholders. */
const isPath = (code: string) => /^(packages|infra|test|docs)\/[\w./-]*$/.test(code);

describe("the documentation", () => {
  it.each(documents)("has only links to files and headings that exist: %s", (document) => {
    expect(brokenLinksOf(document)).toEqual([]);
  });

  it.each(documents)("names only files and folders that exist: %s", (document) => {
    const missing = parse(document)
      .code.filter(isPath)
      .filter((path) => !existsSync(join(projectRoot, path)));

    expect(missing).toEqual([]);
  });

  it.each(packages)("names only files and folders of the package that exist: %s", (document) => {
    const folder = dirname(document);
    const missing = parse(document)
      .code.filter((code) => /^[\w./-]+(\.(ts|json)|\/)$/.test(code) && !isPath(code))
      .filter((path) =>
        [folder, join(folder, "src"), "."].every(
          (parent) => !existsSync(join(projectRoot, parent, path)),
        ),
      );

    expect(missing).toEqual([]);
  });

  it.each(documents)("names only npm scripts that exist: %s", (document) => {
    const commands = [...read(document).matchAll(/npm run (?:--silent )?([a-z][\w:]*)/g)];
    const unknown = commands
      .map(([, name = ""]) => name)
      .filter((name) => !(name in manifest.scripts));

    expect(unknown).toEqual([]);
  });

  it.each(["docs/", "docs/adr/"])("has a link to each page in %s", (folder) => {
    const index = folder === "docs/" ? "README.md" : `${folder}README.md`;
    const pages = documents.filter((file) => dirname(file) === dirname(`${folder}page`));
    const linked = parse(index).links.map((link) => targetOf(link, index).file);

    expect(pages.filter((page) => page !== index && !linked.includes(page))).toEqual([]);
  });

  it("describes each suite of the tests", () => {
    const config = read("vitest.config.ts");
    const suites = [...config.matchAll(/project\("([^"]+)"/g)].map(([, name = ""]) => name);
    const { code } = parse("docs/testing.md");

    expect(suites.filter((name) => !code.includes(name))).toEqual([]);
  });

  it("has a README that is read in five minutes", () => {
    expect(read("README.md").split("\n").length).toBeLessThanOrEqual(160);
  });
});
