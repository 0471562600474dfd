import type { RefObject } from "preact";

const shortcuts: [string[], string][] = [
  [["1", "…", "6"], "Open a view"],
  [["j", "k"], "Select the next or previous row"],
  [["Enter"], "Open the selected row"],
  [["Esc"], "Close the details"],
  [["/"], "Filter or search"],
  [["n", "p"], "Next or first page of a table"],
  [["r"], "Redrive the dead letters of the open queue"],
  [["?"], "Show this list"],
];

/** The list of keyboard shortcuts. */
export function Help({ dialog }: { dialog: RefObject<HTMLDialogElement> }) {
  return (
    <dialog ref={dialog} aria-labelledby="help">
      <h2 id="help">Keyboard shortcuts</h2>
      <dl>
        {shortcuts.map(([names, meaning]) => (
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
