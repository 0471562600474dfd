import type { RefObject } from "preact";

const keys: [string[], string][] = [
  [["1", "…", "6"], "Views"],
  [["j", "k"], "Down and up in a list"],
  [["Enter"], "Opens"],
  [["Esc"], "Closes"],
  [["/"], "Filters, or searches"],
  [["n", "p"], "Next page of a table, first page"],
  [["r"], "Redrives the dead letters of the queue that is open"],
  [["?"], "These keys"],
];

export function Help({ dialog }: { dialog: RefObject<HTMLDialogElement> }) {
  return (
    <dialog ref={dialog} aria-labelledby="help">
      <h2 id="help">Keys</h2>
      <dl>
        {keys.map(([names, meaning]) => (
          <div key={meaning}>
            <dt>{names.map((name) => (name === "…" ? " … " : <kbd key={name}>{name}</kbd>))}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}
