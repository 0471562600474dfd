/** Listens to a console's events, as its page does, and makes nothing of them. */
const [url = ""] = process.argv.slice(2);
const { body } = await fetch(`${url}/api/events`);
for await (const _ of body ?? []) process.send?.("read");
