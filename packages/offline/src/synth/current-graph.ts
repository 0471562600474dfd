import type { Graph } from "../graph/graph.ts";
import { isStale } from "../graph/inputs.ts";
import { findGraph } from "../graph/load.ts";

/**
 * The graph of a stage as of the files that are there now: the one on disk, or, where it is missing,
 * damaged or stale, a new one (which takes some seconds, and the SST platform).
 *
 * @throws UserError when the config has a mistake, or the platform cannot be installed
 */
export async function currentGraph(
  stage: string,
  root: string,
  log: (line: string) => void,
): Promise<Graph> {
  const graph = findGraph(stage, root);
  if (graph && !isStale(graph, root)) return graph;

  log(
    `The infrastructure of stage ${stage} is ${graph ? "not what it was" : "new here"}: reading it.`,
  );
  const { committedStages, synthesize, writeFiles } = await import("./synthesize.ts");
  // The committed graphs change together, or one of them would be left stale.
  const stages = committedStages.includes(stage) ? committedStages : [stage];
  const { graphs, files } = await synthesize(stages, root, log);
  await writeFiles(files, root);
  return graphs.find((synthesized) => synthesized.stage === stage) as Graph;
}
