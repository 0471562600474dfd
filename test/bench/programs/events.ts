/** Reads a console's events, like its page, and ignores them. */
const [url = ""] = process.argv.slice(2);
const { body } = await fetch(`${url}/api/events`);
for await (const _ of body ?? []) process.send?.("read");
