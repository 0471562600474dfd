import type { PanelItem } from "../../runtime/panel.ts";
import { type Column, List } from "./list.tsx";
import { useAnswer } from "./live.ts";
import { go } from "./route.ts";
import { Empty, Split } from "./split.tsx";
import type { ViewProps } from "./view.ts";

/** The items of a panel without a view: a column for each member of the first item. */
export function ItemsView({ panel, open }: ViewProps & { panel: { id: string; title: string } }) {
  const { id, title } = panel;
  const { content = [], problem } = useAnswer<PanelItem[]>(`/api/panels/${id}`, [id]);
  const names = Object.keys(content[0] ?? {});
  const columns: Column<PanelItem>[] = names.map((name, index) => ({
    title: name,
    cell: (item) => String(item[name]),
    kind: index === 0 ? "lead" : "wide",
  }));
  const idOf = (item: PanelItem) => String(item[names[0] as string]);
  const item = content.find((one) => idOf(one) === open);
  const close = () => go({ view: id });
  return (
    <Split
      title={item && idOf(item)}
      detail={item && <pre>{JSON.stringify(item, null, 2)}</pre>}
      onClose={close}
    >
      {content.length > 0 && (
        <List
          label={title}
          columns={columns}
          items={content}
          idOf={idOf}
          isOpen={(one) => idOf(one) === open}
          onOpen={(one) => go({ view: id, open: idOf(one) })}
          onClose={close}
        />
      )}
      {content.length === 0 && <Empty>{problem ?? `${title}: none yet.`}</Empty>}
    </Split>
  );
}
