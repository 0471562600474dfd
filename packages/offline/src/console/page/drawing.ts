import type { ArchitectureEdge } from "../../runtime/panel.ts";
import type { Layout, PlacedNode } from "./layout.ts";

/** A rectangle of the drawing, in pixels. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Sizes in pixels. Seven columns fit into 1280. */
export const WIDTH = 150;
export const HEIGHT = 40;
const GAP_X = 32;
const GAP_Y = 6;
export const MARGIN = 10;
/** Distance of a group's frame from its members. */
const FRAME_PADDING = 8;
/** Distance of edges that pass other columns. */
const LANE = 8;
/** Distance of edges in opposite directions. */
const SHIFT = 8;
const CORNER = 8;

/** Converts a layout to pixels: boxes of nodes, frames of groups, and paths of edges. */
export function drawLayout({ nodes, groups, edges }: Layout) {
  const columns = Map.groupBy(nodes, ({ column }) => column);
  const heightOf = (column: PlacedNode[]) => {
    const rows = Math.max(...column.map(({ row }) => row)) + 1;
    return rows * (HEIGHT + GAP_Y) - GAP_Y;
  };
  const tallest = Math.max(...[...columns.values()].map(heightOf));
  const boxOf = ({ column, row }: PlacedNode): Box => ({
    x: column * (WIDTH + GAP_X),
    y: (tallest - heightOf(columns.get(column) ?? [])) / 2 + row * (HEIGHT + GAP_Y),
    width: WIDTH,
    height: HEIGHT,
  });
  const boxes = new Map(nodes.map((node) => [node.id, boxOf(node)]));
  const frames = groups.map(({ id, members }) => ({
    id,
    box: frameAround([...members].map((member) => boxes.get(member) as Box)),
  }));
  for (const { id, box } of frames) boxes.set(id, box);

  const columnOf = ({ x, width }: Box) => Math.floor((x + width / 2) / (WIDTH + GAP_X));
  const isBetween = (box: Box, a: number, b: number) =>
    columnOf(box) > Math.min(a, b) && columnOf(box) < Math.max(a, b);
  let lanes = 0;
  const pathOf = ({ from, to }: ArchitectureEdge) => {
    const [start, end] = [boxes.get(from) as Box, boxes.get(to) as Box];
    const [first, last] = [columnOf(start), columnOf(end)];
    if (Math.abs(last - first) < 2) return drawDirectPath(start, end, GAP_X);
    const between = [...boxes.values()].filter((box) => isBetween(box, first, last));
    const lowest = Math.max(...[start, end, ...between].map(({ y, height }) => y + height));
    return drawPathBelow(start, end, GAP_X, lowest + ++lanes * LANE + GAP_Y);
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

/** Returns the frame around boxes of one column. */
function frameAround(boxes: Box[]): Box {
  const [x, y] = [Math.min(...boxes.map((box) => box.x)), Math.min(...boxes.map((box) => box.y))];
  const bottom = Math.max(...boxes.map((box) => box.y)) + HEIGHT;
  return {
    x: x - FRAME_PADDING,
    y: y - FRAME_PADDING,
    width: WIDTH + 2 * FRAME_PADDING,
    height: bottom - y + 2 * FRAME_PADDING,
  };
}

/**
 * Returns the path of an edge between boxes of neighbouring columns, or of one column.
 *
 * @param gap pixels between two columns
 */
function drawDirectPath(from: Box, to: Box, gap: number): string {
  const [right, left] = [from.x + from.width, to.x];
  if (right <= left) return drawCurve(right, middleOf(from), left - 2, middleOf(to));
  if (to.x + to.width <= from.x) {
    return drawCurve(from.x, middleOf(from) + SHIFT, to.x + to.width + 2, middleOf(to) + SHIFT);
  }
  const x = from.x + from.width / 2;
  if (to.width > from.width) {
    // `to` is the frame of a group: straight up or down.
    return from.y > to.y
      ? `M${x} ${from.y}V${to.y + to.height + 2}`
      : `M${x} ${from.y + from.height}V${to.y - 2}`;
  }
  const end = to.x + to.width + 2;
  return `M${right} ${middleOf(from)}C${right + gap / 2} ${middleOf(from)} ${end + gap / 2} ${middleOf(to)} ${end} ${middleOf(to)}`;
}

/**
 * Returns the path of an edge that passes other columns: down in the gap beside the first box, along
 * below the boxes in between, and up in the gap beside the other box.
 *
 * @param bottom y coordinate of the part below the boxes
 */
function drawPathBelow(from: Box, to: Box, gap: number, bottom: number): string {
  const isForward = from.x < to.x;
  const [start, end] = isForward ? [from.x + from.width, to.x - 2] : [from.x, to.x + to.width + 2];
  const side = isForward ? gap / 2 : -gap / 2;
  const [startY, endY] = [middleOf(from) + SHIFT, middleOf(to) + SHIFT];
  const turn = isForward ? CORNER : -CORNER;
  const [down, up] = [start + side, end - side];
  return [
    `M${start} ${startY}H${down - turn}q${turn} 0 ${turn} ${CORNER}`,
    `V${bottom - CORNER}q0 ${CORNER} ${turn} ${CORNER}`,
    `H${up - turn}q${turn} 0 ${turn} ${-CORNER}`,
    `V${endY + CORNER}q0 ${-CORNER} ${turn} ${-CORNER}`,
    `H${end}`,
  ].join("");
}

const middleOf = ({ y, height }: Box) => y + height / 2;

function drawCurve(x1: number, y1: number, x2: number, y2: number): string {
  const half = (x1 + x2) / 2;
  return `M${x1} ${y1}C${half} ${y1} ${half} ${y2} ${x2} ${y2}`;
}
