import { useMemo, useState } from "preact/hooks";
import type { ArchitectureNode } from "../model.ts";
import type { ViewProps } from "./app.tsx";
import { shortName } from "./format.ts";
import { layOut, type Placed } from "./layout.ts";
import { useAnswer } from "./live.ts";

/** In units of the drawing. */
const WIDTH = 186;
const HEIGHT = 40;
const GAP_X = 60;
const GAP_Y = 16;
/** Of lines that go back, and of those that pass a column. */
const SHIFT = 8;
const SAG = 90;

const views: Record<ArchitectureNode["kind"], string> = {
  api: "requests",
  function: "functions",
  schedule: "functions",
  queue: "queues",
  table: "tables",
  mail: "mail",
};

/** The app as its graph has it, with what goes on in it. */
export function ArchitectureView({ overview }: ViewProps) {
  const { nodes, edges } = overview;
  const { content: counts = {} } = useAnswer<Record<string, string>>("/api/counts", [
    ...(["functions", "queues", "mail", "tables", "traces"] as const),
  ]);
  const [near, setNear] = useState<string>();
  const placed = useMemo(() => layOut(nodes, edges), [overview]);
  const rows = Math.max(
    ...[...Map.groupBy(placed, ({ column }) => column).values()].map((some) => some.length),
  );
  const columns = Math.max(...placed.map(({ column }) => column)) + 1;
  const sizes = Map.groupBy(placed, ({ column }) => column);
  const placeOf = ({ column, row }: Placed) => ({
    x: column * (WIDTH + GAP_X),
    y: (row + (rows - (sizes.get(column)?.length ?? 0)) / 2) * (HEIGHT + GAP_Y),
  });
  const byId = new Map(placed.map((node) => [node.id, placeOf(node)]));
  const isNear = ({ from, to }: { from: string; to: string }) => near === from || near === to;

  return (
    <figure class="architecture">
      <svg
        viewBox={`-10 -10 ${columns * (WIDTH + GAP_X) - GAP_X + 20} ${rows * (HEIGHT + GAP_Y) + 10}`}
        role="img"
        aria-label={`Architecture of ${overview.app}`}
      >
        <defs>
          <marker
            id="arrow"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="6"
            markerHeight="6"
            orient="auto"
          >
            <path d="M0 0L8 4L0 8z" />
          </marker>
        </defs>
        {edges.map((edge) => (
          <path
            key={`${edge.from} ${edge.to} ${edge.kind}`}
            class={`edge ${edge.kind} ${near ? (isNear(edge) ? "near" : "far") : ""}`}
            d={curve(byId.get(edge.from), byId.get(edge.to))}
            marker-end="url(#arrow)"
          />
        ))}
        {placed.map((node) => {
          const { x, y } = placeOf(node);
          return (
            <g key={node.id} class={`node ${node.kind}`} transform={`translate(${x} ${y})`}>
              <a
                href={hrefOf(node)}
                onMouseEnter={() => setNear(node.id)}
                onMouseLeave={() => setNear(undefined)}
                onFocus={() => setNear(node.id)}
                onBlur={() => setNear(undefined)}
              >
                <rect width={WIDTH} height={HEIGHT} rx="7" />
                <text x="10" y="17">
                  {shortName(node.name, overview)}
                </text>
                <text x="10" y="32" class="count">
                  {counts[node.id] ?? node.kind}
                </text>
              </a>
            </g>
          );
        })}
      </svg>
      <figcaption>
        <span class="source">invokes</span> <span class="call">uses</span>{" "}
        <span class="dead">gives up to</span>
      </figcaption>
    </figure>
  );
}

function hrefOf({ kind, name }: ArchitectureNode): string {
  const open = kind === "function" || kind === "queue" ? `/${encodeURIComponent(name)}` : "";
  return `#${views[kind]}${open}`;
}

type Point = { x: number; y: number } | undefined;

/**
 * From the right of a node to the left of another. Within a column it bends around at the right;
 * backwards it begins and ends at the other sides, a little lower. What passes other columns sags.
 */
function curve(from: Point = { x: 0, y: 0 }, to: Point = { x: 0, y: 0 }): string {
  const steps = Math.round((to.x - from.x) / (WIDTH + GAP_X));
  const back = steps < 0 ? 1 : 0;
  const startX = from.x + WIDTH * (1 - back);
  const endX = steps > 0 ? to.x - 2 : to.x + WIDTH + 2;
  const startY = from.y + HEIGHT / 2 + back * SHIFT;
  const endY = to.y + HEIGHT / 2 + back * SHIFT;
  const bend = steps === 0 ? GAP_X / 2 : (endX - startX) / 2;
  const sag = Math.max(Math.abs(steps) - 1, 0) * SAG;
  const [x1, x2] = [startX + bend, steps === 0 ? endX + bend : endX - bend];
  return `M${startX} ${startY}C${x1} ${startY + sag} ${x2} ${endY + sag} ${endX} ${endY}`;
}
