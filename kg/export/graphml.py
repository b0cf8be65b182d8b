"""GraphML in the dialects of several programs, and GEXF with time: XML of a property graph.

Control characters, which XML cannot contain, are replaced by pictures (see `kg.escape`). A zero-width space (U+200B)
precedes text that begins like an HTML page, because the programs that read these formats would render it.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from typing import BinaryIO

from kg.escape import PICTURES
from kg.export.property_graph import Column, Edge, Node, PropertyGraph, Value

_NOTICE = (
    "An edge is a statement that articles report, not a fact; where they deny, plan, hope or suppose it, it says so."
)

# Some readers take the first two for line ends unless they are written by number.
_ESCAPES = PICTURES | {"\x85": "&#133;", "\u2028": "&#8232;"}
_ESCAPES |= {"\t": "&#9;", "\n": "&#10;", "\r": "&#13;", "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
_SPECIAL = re.compile(f"[{re.escape(''.join(_ESCAPES))}]")

#: The XML before a value, and the name of the column.
Slot = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Dialect:
    """The additions of a program to plain GraphML: namespaces, keys, data of nodes and edges, attributes of edges."""

    namespaces: str = ""
    keys: tuple[str, ...] = ()
    node: Callable[[Node], str] = lambda _: ""
    edge: Callable[[Edge], str] = lambda _: ""
    edge_attributes: Callable[[Edge], str] = lambda _: ""


def graphml(graph: PropertyGraph, dialect: str, out: BinaryIO) -> None:
    """Write GraphML; `plain` is valid against the published schema, the other dialects have additions."""
    added = DIALECTS[dialect]
    columns = {"node": graph.node_columns, "edge": graph.edge_columns}
    nodes, edges = (
        [(f'      <data key="{element}_{column.name}">', column.name) for column in columns[element]]
        for element in columns
    )
    keys = [
        f'<key id="{element}_{column.name}" for="{element}" attr.name="{column.name}" attr.type="{column.type}"/>'
        for element in columns
        for column in columns[element]
    ]

    def lines() -> Iterator[str]:
        yield f'<?xml version="1.0" encoding="UTF-8"?>\n<!-- {_NOTICE} -->\n'
        yield f'<graphml xmlns="http://graphml.graphdrawing.org/xmlns"{added.namespaces}>\n'
        yield "".join(f"  {key}\n" for key in (*keys, *added.keys))
        yield '  <graph id="hearsay" edgedefault="directed">\n'
        for node in graph.nodes:
            data = _values(nodes, node.values, "</data>\n")
            yield f'    <node id="{node.id}">\n{data}{added.node(node)}    </node>\n'
        for edge in graph.edges:
            data = _values(edges, edge.values, "</data>\n")
            attributes = f'id="{edge.id}" source="{edge.source}" target="{edge.target}"{added.edge_attributes(edge)}'
            yield f"    <edge {attributes}>\n{data}{added.edge(edge)}    </edge>\n"
        yield "  </graph>\n</graphml>\n"

    _write(lines(), out)


def _values(slots: Iterable[Slot], values: dict[str, Value], end: str) -> str:
    """Return the values that are present, each between the start of its slot and the end."""
    pairs = ((start, values.get(name)) for start, name in slots)
    return "".join([f"{start}{_text(value)}{end}" for start, value in pairs if value is not None])


def _text(value: Value) -> str:
    """Return the value as XML, for use between tags or in an attribute."""
    if not isinstance(value, str):
        return str(value)
    guard = "\u200b" if value[:6].casefold() == "<html>" else ""
    return guard + _SPECIAL.sub(lambda match: _ESCAPES[match[0]], value)


def _write(lines: Iterable[str], out: BinaryIO) -> None:
    text = TextIOWrapper(out, encoding="utf-8", newline="")
    text.writelines(lines)
    text.detach()  # flushes, and leaves the file open for the caller


#: Fill colours by kind of entity: light, so that black letters on them can be read.
_FILLS = {
    "claim": "#FFFFFF",
    "event": "#F6D5C8",
    "group": "#DCE9C6",
    "organisation": "#CFE3F2",
    "person": "#FBE8B8",
    "place": "#E2DCCB",
    "topic": "#E9D8EE",
    "unit": "#C5DEDA",
}


def _yed_node(node: Node) -> str:
    label = str(node.values["label"])
    width, fill = min(400, 24 + 7 * len(label)), _FILLS.get(str(node.values["kind"]), "#EEEEEE")
    shape = f'<y:Geometry height="30.0" width="{width}.0"/><y:Fill color="{fill}"/>'
    shape += f'<y:NodeLabel>{_text(label)}</y:NodeLabel><y:Shape type="roundrectangle"/>'
    return f'      <data key="node_drawn"><y:ShapeNode>{shape}</y:ShapeNode></data>\n'


def _yed_edge(edge: Edge) -> str:
    line = "line" if edge.asserted else "dashed"
    shape = f'<y:LineStyle color="#555555" type="{line}" width="1.0"/><y:Arrows source="none" target="standard"/>'
    shape += f"<y:EdgeLabel>{_text(edge.values['label'])}</y:EdgeLabel>"
    return f'      <data key="edge_drawn"><y:PolyLineEdge>{shape}</y:PolyLineEdge></data>\n'


#: The dialects of GraphML by name.
DIALECTS = {
    # Valid against the schema of GraphML 1.0.
    "plain": Dialect(
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="'
        'http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd"',
    ),
    # Gephi merges parallel edges of one type, and reads the type from this attribute.
    "gephi": Dialect(edge_attributes=lambda edge: f' label="{_text(edge.type)}"'),
    # yEd draws these shapes; edges that are not asserted are dashed.
    "yed": Dialect(
        ' xmlns:y="http://www.yworks.com/xml/graphml"',
        (
            '<key id="node_drawn" for="node" yfiles.type="nodegraphics"/>',
            '<key id="edge_drawn" for="edge" yfiles.type="edgegraphics"/>',
        ),
        _yed_node,
        _yed_edge,
    ),
    # Cytoscape calls a node by its id where it has no name, and an edge "-" where it has no interaction.
    "cytoscape": Dialect(
        "",
        (
            '<key id="node_name" for="node" attr.name="name" attr.type="string"/>',
            '<key id="edge_interaction" for="edge" attr.name="interaction" attr.type="string"/>',
        ),
        lambda node: f'      <data key="node_name">{_text(node.values["label"])}</data>\n',
        lambda edge: f'      <data key="edge_interaction">{_text(edge.values["label"])}</data>\n',
    ),
}

_GEXF_TYPES = {"string": "string", "int": "integer", "double": "double"}


def gexf(graph: PropertyGraph, out: BinaryIO) -> None:
    """Write GEXF 1.3: a node or edge exists from the first to the last day to which its claims can refer.

    Without a dated claim it always exists. The kind of an edge keeps Gephi from merging it with others.
    """
    # The others are attributes of the XML element itself.
    node_columns, edge_columns = (
        [column for column in columns if column.name not in ("id", "label", "weight")]
        for columns in (graph.node_columns, graph.edge_columns)
    )
    nodes, edges = _gexf_slots(node_columns), _gexf_slots(edge_columns)

    def lines() -> Iterator[str]:
        yield '<?xml version="1.0" encoding="UTF-8"?>\n<gexf xmlns="http://gexf.net/1.3" version="1.3">\n'
        yield f"  <meta>\n    <creator>Hearsay</creator>\n    <description>{_NOTICE}</description>\n  </meta>\n"
        yield '  <graph defaultedgetype="directed" idtype="string" mode="dynamic" timeformat="date"'
        yield ' timerepresentation="interval">\n'
        for element, columns in (("node", node_columns), ("edge", edge_columns)):
            yield f'    <attributes class="{element}" mode="static">\n'
            for column in columns:
                type_ = _GEXF_TYPES[column.type]
                yield f'      <attribute id="{column.name}" title="{column.name}" type="{type_}"/>\n'
            yield "    </attributes>\n"
        yield "    <nodes>\n"
        for node in graph.nodes:
            label = _text(node.values["label"])
            yield f'      <node id="{node.id}" label="{label}"{_gexf_content(nodes, node.values)}      </node>\n'
        yield "    </nodes>\n    <edges>\n"
        for edge in graph.edges:
            yield f'      <edge id="{edge.id}" source="{edge.source}" target="{edge.target}" kind="{_text(edge.type)}"'
            yield f' label="{_text(edge.values["label"])}" weight="{edge.values["weight"]}"'
            yield f"{_gexf_content(edges, edge.values)}      </edge>\n"
        yield "    </edges>\n  </graph>\n</gexf>\n"

    _write(lines(), out)


def _gexf_slots(columns: Iterable[Column]) -> list[Slot]:
    return [(f'          <attvalue for="{column.name}" value="', column.name) for column in columns]


def _gexf_content(slots: Iterable[Slot], values: dict[str, Value]) -> str:
    """Return the days as attributes, the end of the start tag, and the values."""
    days = "".join(f' {name}="{values[day]}"' for name, day in (("start", "first"), ("end", "last")) if values.get(day))
    attributes = _values(slots, values, '"/>\n')
    return f"{days}>\n        <attvalues>\n{attributes}        </attvalues>\n"
