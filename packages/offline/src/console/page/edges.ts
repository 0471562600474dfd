/** A rectangle of the drawing, in pixels. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Between lines there and back. */
const SHIFT = 8;
const CORNER = 8;

/**
 * The path of an edge between two boxes of neighbouring columns, or of one column.
 *
 * @param gap between two columns
 */
export function directPath(from: Box, to: Box, gap: number): string {
  const [right, left] = [from.x + from.width, to.x];
  if (right <= left) return bend(right, middle(from), left - 2, middle(to));
  if (to.x + to.width <= from.x) {
    return bend(from.x, middle(from) + SHIFT, to.x + to.width + 2, middle(to) + SHIFT);
  }
  const x = from.x + from.width / 2;
  if (to.width > from.width) {
    // A frame: straight up or down.
    return from.y > to.y
      ? `M${x} ${from.y}V${to.y + to.height + 2}`
      : `M${x} ${from.y + from.height}V${to.y - 2}`;
  }
  const end = to.x + to.width + 2;
  return `M${right} ${middle(from)}C${right + gap / 2} ${middle(from)} ${end + gap / 2} ${middle(to)} ${end} ${middle(to)}`;
}

/**
 * The path of an edge that passes other columns: down in the gap beside the one box, along `below`
 * all that is in between, and up in the gap beside the other.
 */
export function pathBelow(from: Box, to: Box, gap: number, below: number): string {
  const isForward = from.x < to.x;
  const [start, end] = isForward ? [from.x + from.width, to.x - 2] : [from.x, to.x + to.width + 2];
  const side = isForward ? gap / 2 : -gap / 2;
  const [startY, endY] = [middle(from) + SHIFT, middle(to) + SHIFT];
  const turn = isForward ? CORNER : -CORNER;
  const [down, up] = [start + side, end - side];
  return [
    `M${start} ${startY}H${down - turn}q${turn} 0 ${turn} ${CORNER}`,
    `V${below - CORNER}q0 ${CORNER} ${turn} ${CORNER}`,
    `H${up - turn}q${turn} 0 ${turn} ${-CORNER}`,
    `V${endY + CORNER}q0 ${-CORNER} ${turn} ${-CORNER}`,
    `H${end}`,
  ].join("");
}

const middle = ({ y, height }: Box) => y + height / 2;

function bend(x1: number, y1: number, x2: number, y2: number): string {
  const half = (x1 + x2) / 2;
  return `M${x1} ${y1}C${half} ${y1} ${half} ${y2} ${x2} ${y2}`;
}
