import { useState } from "preact/hooks";
import { shortenName } from "../../console/page/format.ts";
import { useKeys } from "../../console/page/keys.ts";
import { type Column, List } from "../../console/page/list.tsx";
import { useResource } from "../../console/page/live-data.ts";
import { navigate } from "../../console/page/route.ts";
import { EmptyMessage, ErrorMessage, SplitView } from "../../console/page/split-view.tsx";
import type { ViewProps } from "../../console/page/view.ts";
import { formatItemKey, type ItemPage, orderAttributes, type TableStatus } from "./panel-data.ts";

/** The view of the tables: all items, or those with a key. */
export default function TablesView({ overview, open }: ViewProps) {
  const { data: tables = [], error } = useResource<TableStatus[]>("/api/tables", []);
  const [chosen, setChosen] = useState<string>();
  const table = tables.find(({ name }) => name === chosen) ?? tables[0];
  if (!table) return <EmptyMessage>{error ?? "The app has no tables."}</EmptyMessage>;
  return (
    <>
      {tables.length > 1 && (
        <div class="tools">
          {tables.map(({ name }) => (
            <button
              key={name}
              type="button"
              aria-pressed={name === table.name}
              onClick={() => setChosen(name)}
            >
              {shortenName(name, overview)}
            </button>
          ))}
        </div>
      )}
      <Items key={table.name} table={table} open={open} />
    </>
  );
}

function Items({ table, open }: { table: TableStatus; open: string | undefined }) {
  const [search, setSearch] = useState({ index: "", partition: "", sort: "" });
  const [cursor, setCursor] = useState("");
  const query = new URLSearchParams({ ...search, cursor });
  const { data, error } = useResource<ItemPage>(
    `/api/tables/${encodeURIComponent(table.name)}/items?${query}`,
    ["tables"],
  );
  const own = table.keys[0] as TableStatus["keys"][number];
  const keys = table.keys.find(({ index = "" }) => index === search.index) ?? own;
  const idOf = (item: Record<string, unknown>) =>
    JSON.stringify([item[own.partition], own.sort && item[own.sort]]);
  const items = data?.items ?? [];
  const item = items.find((one) => idOf(one) === open);
  const close = () => navigate({ view: "tables" });
  const next = () => data?.cursor && setCursor(data.cursor);
  const changeSearch = (change: Partial<typeof search>) => {
    setCursor("");
    setSearch({ ...search, ...change });
  };
  useKeys({ n: next, p: () => setCursor("") });

  return (
    <SplitView
      title={item && formatItemKey(item, table.keys)}
      detail={
        item && <pre class="item">{JSON.stringify(orderAttributes(item, table.keys), null, 2)}</pre>
      }
      onClose={close}
    >
      <div class="tools">
        <select
          aria-label="Index"
          value={search.index}
          onChange={({ currentTarget }) => changeSearch({ index: currentTarget.value })}
        >
          {table.keys.map(({ index }) => (
            <option key={index} value={index ?? ""}>
              {index ?? "Table"}
            </option>
          ))}
        </select>
        {/* `defaultValue`, because `value` would replace typed text whenever the list refreshes. */}
        <input
          type="search"
          placeholder={`${keys.partition} equals …`}
          aria-label={`Value of ${keys.partition}`}
          defaultValue={search.partition}
          onChange={({ currentTarget }) => changeSearch({ partition: currentTarget.value })}
        />
        {keys.sort && (
          <input
            type="search"
            placeholder={`${keys.sort} begins with …`}
            aria-label={`Prefix of ${keys.sort}`}
            disabled={!search.partition}
            defaultValue={search.sort}
            onChange={({ currentTarget }) => changeSearch({ sort: currentTarget.value })}
          />
        )}
        <button type="button" disabled={!cursor} onClick={() => setCursor("")}>
          First page
        </button>
        <button type="button" disabled={!data?.cursor} onClick={next}>
          Next page
        </button>
      </div>
      {error && <ErrorMessage>{error}</ErrorMessage>}
      {items.length > 0 && (
        <List
          label="Items"
          columns={createColumns(table.keys)}
          items={items}
          idOf={idOf}
          isOpen={(one) => idOf(one) === open}
          onOpen={(one) => navigate({ view: "tables", open: idOf(one) })}
          onClose={close}
        />
      )}
      {data && items.length === 0 && (
        <EmptyMessage>
          {search.partition ? "No item has this key." : "The table is empty."}
        </EmptyMessage>
      )}
    </SplitView>
  );
}

function createColumns(keys: TableStatus["keys"]): Column<Record<string, unknown>>[] {
  const { partition, sort } = keys[0] as TableStatus["keys"][number];
  const own = sort === undefined ? [partition] : [partition, sort];
  const rest = (item: Record<string, unknown>) =>
    Object.entries(orderAttributes(item, keys)).filter(([name]) => !own.includes(name));
  return [
    ...own.map((name) => ({
      title: name,
      cell: (item: Record<string, unknown>) => String(item[name]),
      kind: "code lead",
    })),
    {
      title: "Item",
      cell: (item) => JSON.stringify(Object.fromEntries(rest(item))),
      kind: "code wide dim",
    },
  ];
}
