import type { ComponentChildren } from "preact";

interface SplitProps {
  children: ComponentChildren;
  /** Title of what is open. */
  title?: string | undefined;
  detail?: ComponentChildren;
  onClose: () => void;
}

/** A list, and beside it what of it is open. */
export function Split({ children, title, detail, onClose }: SplitProps) {
  return (
    <div class={detail ? "split open" : "split"}>
      <section class="list">{children}</section>
      {detail && (
        <aside aria-label={title}>
          <header>
            <h2 title={title}>{title}</h2>
            <button type="button" onClick={onClose} title="Close (Esc)" aria-label="Close">
              ✕
            </button>
          </header>
          {detail}
        </aside>
      )}
    </div>
  );
}

export const Empty = ({ children }: { children: ComponentChildren }) => (
  <p class="empty">{children}</p>
);

export const Problem = ({ children }: { children: ComponentChildren }) => (
  <p class="problem" role="alert">
    {children}
  </p>
);
