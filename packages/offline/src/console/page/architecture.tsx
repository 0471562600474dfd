import { useMemo, useState } from "preact/hooks";
import type { ArchitectureEdge } from "../../runtime/panel.ts";
import { type Box, directPath, pathBelow } from "./edges.ts";
import { shortName } from "./format.ts";
import { type Layout, layOut, type Placed } from "./layout.ts";
import { useAnswer } from "./live.ts";
import type { ViewProps } from "./view.ts";

/** In pixels: seven columns fit into 1280. */
const WIDTH = 150;
const HEIGHT = 40;
const GAP_X = 32;
const GAP_Y = 6;
const MARGIN = 10;
/** Of a group's frame around its members. */
const FRAME = 8;
/** Between edges that pass other columns. */
const LANE = 8;
/** Characters of a name that fit on a line. */
const LINE = 18;

/** The app as its graph has it, with what goes on in it. */
export function ArchitectureView({ overview }: ViewProps) {
  const { content: counts = {} } = useAnswer<Record<string, string>>("/api/counts", [
    ...overview.panels.map(({ id }) => id),
    "traces",
  ]);
  const [near, setNear] = useState<string>();
  const drawing = useMemo(() => draw(layOut(overview.nodes, overview.edges)), [overview]);
  const { width, height, nodes, frames, edges } = drawing;
  const nearIds = near === undefined ? [] : [near, drawing.groupOf(near)];
  const isNear = ({ from, to }: ArchitectureEdge) => nearIds.includes(from) || nearIds.includes(to);

  return (
    <figure class="architecture">
      <figcaption>
        <span class="source">invokes</span> <span class="call">uses</span>{" "}
        <span class="dead">sends failures to</span>
      </figcaption>
      <div class="drawing">
        <svg
          viewBox={`${-MARGIN} ${-MARGIN} ${width + 2 * MARGIN} ${height + 2 * MARGIN}`}
          width={width + 2 * MARGIN}
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
          {frames.map(({ id, box }) => (
            <rect key={id} class="frame" {...box} rx="10" />
          ))}
          {edges.map(({ path, ...edge }) => (
            <path
              key={`${edge.from} ${edge.to} ${edge.kind}`}
              class={`edge ${edge.kind} ${near ? (isNear(edge) ? "near" : "far") : ""}`}
              d={path}
              marker-end="url(#arrow)"
            />
          ))}
          {nodes.map(({ node, box }) => {
            const name = shortName(node.name, overview);
            const count = counts[node.id] ?? node.kind;
            const lines = linesOf(name);
            return (
              <g
                key={node.id}
                class={`node ${node.kind} ${lines.length > 1 ? "long" : ""}`}
                transform={`translate(${box.x} ${box.y})`}
              >
                <a
                  href={`#${node.link}`}
                  aria-label={`${name} ${count}`}
                  onMouseEnter={() => setNear(node.id)}
                  onMouseLeave={() => setNear(undefined)}
                  onFocus={() => setNear(node.id)}
                  onBlur={() => setNear(undefined)}
                >
                  <rect width={WIDTH} height={HEIGHT} rx="7" />
                  {lines.map((line, index) => (
                    <text key={line} x="10" y={lines.length > 1 ? 12 + 12 * index : 17}>
                      {line}
                    </text>
                  ))}
                  <text x="10" y={lines.length > 1 ? 35 : 32} class="count">
                    {count}
                  </text>
                </a>
              </g>
            );
          })}
        </svg>
      </div>
    </figure>
  );
}

/** A layout in pixels. */
function draw({ nodes, groups, edges }: Layout) {
  const columns = Map.groupBy(nodes, ({ column }) => column);
  const heightOf = (some: Placed[]) => {
    const rows = Math.max(...some.map(({ row }) => row)) + 1;
    return rows * (HEIGHT + GAP_Y) - GAP_Y;
  };
  const tallest = Math.max(...[...columns.values()].map(heightOf));
  const boxOf = ({ column, row }: Placed): Box => ({
    x: column * (WIDTH + GAP_X),
    y: (tallest - heightOf(columns.get(column) ?? [])) / 2 + row * (HEIGHT + GAP_Y),
    width: WIDTH,
    height: HEIGHT,
  });
  const boxes = new Map(nodes.map((node) => [node.id, boxOf(node)]));
  const frames = groups.map(({ id, members }) => ({
    id,
    box: around([...members].map((member) => boxes.get(member) as Box)),
  }));
  for (const { id, box } of frames) boxes.set(id, box);

  const columnOf = ({ x, width }: Box) => Math.floor((x + width / 2) / (WIDTH + GAP_X));
  const isBetween = (box: Box, a: number, b: number) =>
    columnOf(box) > Math.min(a, b) && columnOf(box) < Math.max(a, b);
  let lanes = 0;
  const pathOf = ({ from, to }: ArchitectureEdge) => {
    const [start, end] = [boxes.get(from) as Box, boxes.get(to) as Box];
    const [first, last] = [columnOf(start), columnOf(end)];
    if (Math.abs(last - first) < 2) return directPath(start, end, GAP_X);
    const between = [...boxes.values()].filter((box) => isBetween(box, first, last));
    const lowest = Math.max(...[start, end, ...between].map(({ y, height }) => y + height));
    return pathBelow(start, end, GAP_X, lowest + ++lanes * LANE + GAP_Y);
  };
  const drawn = edges.map((edge) => ({ ...edge, path: pathOf(edge) }));
  const bottoms = [...boxes.values()].map(({ y, height }) => y + height);
  return {
    width: columns.size * (WIDTH + GAP_X) - GAP_X,
    height: Math.max(...bottoms) + (lanes > 0 ? (lanes + 1) * LANE : 0),
    nodes: nodes.map((node) => ({ node, box: boxes.get(node.id) as Box })),
    frames,
    edges: drawn,
    groupOf: (id: string) => groups.find(({ members }) => members.has(id))?.id,
  };
}

function around(boxes: Box[]): Box {
  const [x, y] = [Math.min(...boxes.map((box) => box.x)), Math.min(...boxes.map((box) => box.y))];
  const bottom = Math.max(...boxes.map((box) => box.y)) + HEIGHT;
  return {
    x: x - FRAME,
    y: y - FRAME,
    width: WIDTH + 2 * FRAME,
    height: bottom - y + 2 * FRAME,
  };
}

/** A long name in two lines, divided before the capital letter that is nearest to its middle. */
function linesOf(name: string): string[] {
  if (name.length <= LINE) return [name];
  const capitals = [...name.matchAll(/(?<=[a-z0-9])[A-Z]/g)].map(({ index }) => index);
  const middle = name.length / 2;
  const [at] = capitals.toSorted((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
  return at === undefined ? [name] : [name.slice(0, at), name.slice(at)];
}
