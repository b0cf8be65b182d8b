// Reads GraphML from standard input as graphology does and prints its nodes and edges with their attributes as JSON.
// Exit code 3: the packages of package.json are not installed (npm ci, in this directory).
let graphml, MultiDirectedGraph;
try {
  graphml = require("graphology-graphml");
  ({ MultiDirectedGraph } = require("graphology"));
} catch {
  process.exit(3);
}
const graph = graphml.parse(MultiDirectedGraph, require("fs").readFileSync(0, "utf8"));
const nodes = {};
const edges = {};
graph.forEachNode((node, attributes) => (nodes[node] = attributes));
graph.forEachEdge((edge, attributes, source, target) => (edges[edge] = { source, target, attributes }));
process.stdout.write(JSON.stringify({ nodes, edges }));
