import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { useKeys } from "./keys.ts";

export interface Column<Item> {
  title: string;
  cell: (item: Item) => ComponentChildren;
  /**
   * CSS classes: `number`, `code`, `dim`; `wide` takes the remaining width; `extra` is hidden while the
   * details are open. On narrow screens rows are cards: `lead` and `wide` form the first line, and
   * `titled` shows the column's title.
   */
  kind?: string;
}

interface ListProps<Item> {
  label: string;
  columns: Column<Item>[];
  items: Item[];
  idOf: (item: Item) => string;
  isOpen: (item: Item) => boolean;
  onOpen: (item: Item) => void;
  onClose: () => void;
}

/** A table: j and k select a row, Enter or a click opens it, Escape closes it. */
export function List<Item>(props: ListProps<Item>) {
  const { label, columns, items, idOf, isOpen, onOpen, onClose } = props;
  const [active, setActive] = useState<string>();
  const body = useRef<HTMLTableSectionElement>(null);
  const activeIndex = items.findIndex((item) => idOf(item) === active);

  function move(step: number) {
    const next = activeIndex < 0 ? 0 : Math.min(Math.max(activeIndex + step, 0), items.length - 1);
    const item = items[next];
    if (!item) return;
    setActive(idOf(item));
    (body.current?.children[next] as HTMLElement | undefined)?.focus();
  }
  const open = (item: Item | undefined) => {
    if (!item) return;
    setActive(idOf(item));
    onOpen(item);
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => open(items[activeIndex]),
    Escape: onClose,
  });

  return (
    <table aria-label={label}>
      <thead>
        <tr>
          {columns.map(({ title, kind }) => (
            <th key={title} scope="col" class={kind}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody ref={body}>
        {items.map((item, index) => (
          <tr
            key={idOf(item)}
            tabIndex={index === Math.max(activeIndex, 0) ? 0 : -1}
            aria-current={isOpen(item) ? "true" : undefined}
            onFocus={() => setActive(idOf(item))}
            onClick={() => open(item)}
          >
            {columns.map(({ title, cell, kind }) => (
              <td key={title} class={kind} data-title={title}>
                {cell(item)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
