import { useMemo, useState } from "preact/hooks";
import type { ArchitectureEdge } from "../../runtime/panel.ts";
import { drawLayout, HEIGHT, MARGIN, WIDTH } from "./drawing.ts";
import { shortenName } from "./format.ts";
import { computeLayout } from "./layout.ts";
import { useResource } from "./live-data.ts";
import type { ViewProps } from "./view.ts";

/** Characters of a name that fit in a line. */
const MAX_LINE_LENGTH = 18;

/** The app's resources and how they are connected, with live notes about each. */
export function ArchitectureView({ overview }: ViewProps) {
  const { data: notes = {} } = useResource<Record<string, string>>("/api/notes", [
    ...overview.panels.map(({ id }) => id),
    "traces",
  ]);
  const [highlighted, setHighlighted] = useState<string>();
  const drawing = useMemo(
    () => drawLayout(computeLayout(overview.nodes, overview.edges)),
    [overview],
  );
  const { width, height, nodes, frames, edges } = drawing;
  const highlightedIds =
    highlighted === undefined ? [] : [highlighted, drawing.groupOf(highlighted)];
  const isNear = ({ from, to }: ArchitectureEdge) =>
    highlightedIds.includes(from) || highlightedIds.includes(to);

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
              class={`edge ${edge.kind} ${highlighted ? (isNear(edge) ? "near" : "far") : ""}`}
              d={path}
              marker-end="url(#arrow)"
            />
          ))}
          {nodes.map(({ node, box }) => {
            const name = shortenName(node.name, overview);
            const note = notes[node.id] ?? node.kind;
            const lines = splitName(name);
            return (
              <g
                key={node.id}
                class={`node ${node.kind} ${lines.length > 1 ? "long" : ""}`}
                transform={`translate(${box.x} ${box.y})`}
              >
                <a
                  href={`#${node.link}`}
                  aria-label={`${name} ${note}`}
                  onMouseEnter={() => setHighlighted(node.id)}
                  onMouseLeave={() => setHighlighted(undefined)}
                  onFocus={() => setHighlighted(node.id)}
                  onBlur={() => setHighlighted(undefined)}
                >
                  <rect width={WIDTH} height={HEIGHT} rx="7" />
                  {lines.map((line, index) => (
                    <text key={line} x="10" y={lines.length > 1 ? 12 + 12 * index : 17}>
                      {line}
                    </text>
                  ))}
                  <text x="10" y={lines.length > 1 ? 35 : 32} class="note">
                    {note}
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

/** Splits a long name into two lines, before the capital letter nearest to its middle. */
function splitName(name: string): string[] {
  if (name.length <= MAX_LINE_LENGTH) return [name];
  const capitals = [...name.matchAll(/(?<=[a-z0-9])[A-Z]/g)].map(({ index }) => index);
  const middle = name.length / 2;
  const [at] = capitals.toSorted((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
  return at === undefined ? [name] : [name.slice(0, at), name.slice(at)];
}
