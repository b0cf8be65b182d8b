// Reads GraphML from standard input as graphology does and prints its nodes and edges with their attributes as JSON.
const graphml = require("graphology-graphml");
const { MultiDirectedGraph } = require("graphology");
const graph = graphml.parse(MultiDirectedGraph, require("fs").readFileSync(0, "utf8"));
const nodes = {};
const edges = {};
graph.forEachNode((node, attributes) => (nodes[node] = attributes));
graph.forEachEdge((edge, attributes, source, target) => (edges[edge] = { source, target, attributes }));
process.stdout.write(JSON.stringify({ nodes, edges }));
