import type { ComponentChildren } from "preact";

interface SplitViewProps {
  children: ComponentChildren;
  /** Title of the open item. */
  title?: string | undefined;
  detail?: ComponentChildren;
  onClose: () => void;
}

/** A list, with the details of the open item beside it. */
export function SplitView({ children, title, detail, onClose }: SplitViewProps) {
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

export const EmptyMessage = ({ children }: { children: ComponentChildren }) => (
  <p class="empty">{children}</p>
);

export const ErrorMessage = ({ children }: { children: ComponentChildren }) => (
  <p class="error-message" role="alert">
    {children}
  </p>
);
