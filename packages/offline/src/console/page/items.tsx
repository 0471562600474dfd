import type { PanelItem } from "../../runtime/panel.ts";
import { type Column, List } from "./list.tsx";
import { useResource } from "./live-data.ts";
import { navigate } from "./route.ts";
import { EmptyMessage, SplitView } from "./split-view.tsx";
import type { ViewProps } from "./view.ts";

/** The view of a panel without one: lists its items, with a column for each property of the first. */
export function ItemsView({ panel, open }: ViewProps & { panel: { id: string; title: string } }) {
  const { id, title } = panel;
  const { data = [], error } = useResource<PanelItem[]>(`/api/panels/${id}`, [id]);
  const names = Object.keys(data[0] ?? {});
  const columns: Column<PanelItem>[] = names.map((name, index) => ({
    title: name,
    cell: (item) => String(item[name]),
    kind: index === 0 ? "lead" : "wide",
  }));
  const idOf = (item: PanelItem) => String(item[names[0] as string]);
  const item = data.find((one) => idOf(one) === open);
  const close = () => navigate({ view: id });
  return (
    <SplitView
      title={item && idOf(item)}
      detail={item && <pre>{JSON.stringify(item, null, 2)}</pre>}
      onClose={close}
    >
      {data.length > 0 && (
        <List
          label={title}
          columns={columns}
          items={data}
          idOf={idOf}
          isOpen={(one) => idOf(one) === open}
          onOpen={(one) => navigate({ view: id, open: idOf(one) })}
          onClose={close}
        />
      )}
      {data.length === 0 && (
        <EmptyMessage>{error ?? `No ${title.toLowerCase()} yet.`}</EmptyMessage>
      )}
    </SplitView>
  );
}
