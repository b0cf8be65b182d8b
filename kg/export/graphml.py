"""A drawing as GraphML, in the dialect of whoever is to read it, and as GEXF with time.

Control characters, which XML cannot hold, are shown by pictures (see `signs`). Before a text that begins like an HTML
page stands a space without width (U+200B): the programs that read these formats would show the page, not the text.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from kg.escape import PICTURES
from kg.export.property_graph import Column, Drawing, Edge, Node, Value

_SAYS = (
    "An edge is a statement that articles report, not a fact; where they deny, plan, hope or suppose it, it says so."
)
#: So many elements are written at once.
_LOT = 2000

# Some readers take these two for line ends unless they are written by number.
_FORMS = PICTURES | {"\x85": "&#133;", "\u2028": "&#8232;"}
_FORMS |= {"\t": "&#9;", "\n": "&#10;", "\r": "&#13;", "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
_SPECIAL = re.compile(f"[{re.escape(''.join(_FORMS))}]")


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a program wants beyond plain GraphML: namespaces, keys, and what is written into each node and edge."""

    summary: str
    root: str = ""
    keys: tuple[str, ...] = ()
    node: Callable[[Node], str] = lambda _: ""
    edge: Callable[[Edge], str] = lambda _: ""
    mark: Callable[[Edge], str] = lambda _: ""


def graphml(drawing: Drawing, dialect: str, out: BinaryIO) -> None:
    """Write GraphML; `plain` is valid against the published schema, the other dialects add what it does not know."""
    with_ = DIALECTS[dialect]
    nodes = [(f'      <data key="node_{column.name}">', column.name) for column in drawing.node_columns]
    edges = [(f'      <data key="edge_{column.name}">', column.name) for column in drawing.edge_columns]
    keys = [*_keys("node", drawing.node_columns), *_keys("edge", drawing.edge_columns), *with_.keys]

    def lines() -> Iterator[str]:
        yield f'<?xml version="1.0" encoding="UTF-8"?>\n<!-- {_SAYS} -->\n'
        yield f'<graphml xmlns="http://graphml.graphdrawing.org/xmlns"{with_.root}>\n'
        yield "".join(f"  {key}\n" for key in keys)
        yield '  <graph id="hearsay" edgedefault="directed">\n'
        for node in drawing.nodes:
            yield f'    <node id="{node.id}">\n{_data(nodes, node.values)}{with_.node(node)}    </node>\n'
        for edge in drawing.edges:
            ends = f'id="{edge.id}" source="{edge.source}" target="{edge.target}"{with_.mark(edge)}'
            yield f"    <edge {ends}>\n{_data(edges, edge.values)}{with_.edge(edge)}    </edge>\n"
        yield "  </graph>\n</graphml>\n"

    _write(lines(), out)


def _keys(of: str, columns: Iterable[Column]) -> Iterator[str]:
    for one in columns:
        yield f'<key id="{of}_{one.name}" for="{of}" attr.name="{one.name}" attr.type="{one.type}"/>'


def _data(columns: Iterable[tuple[str, str]], values: dict[str, Value]) -> str:
    found = ((start, values.get(name)) for start, name in columns)
    return "".join([f"{start}{_text(value)}</data>\n" for start, value in found if value is not None])


def _text(value: Value) -> str:
    """Return the value as it stands in XML, between tags or in an attribute alike."""
    if not isinstance(value, str):
        return str(value)
    guard = "\u200b" if value[:6].casefold() == "<html>" else ""
    return guard + _SPECIAL.sub(lambda found: _FORMS[found[0]], value)


def _write(lines: Iterable[str], out: BinaryIO) -> None:
    lot: list[str] = []
    for line in lines:
        lot.append(line)
        if len(lot) == _LOT:
            out.write("".join(lot).encode())
            lot.clear()
    out.write("".join(lot).encode())


def _titled(key: str, value: Value) -> str:
    return f'      <data key="{key}">{_text(value)}</data>\n'


#: Fill by kind of thing: light, so that black letters on it can be read.
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
    label, kind = str(node.values["label"]), str(node.values["kind"])
    width = min(400, 24 + 7 * len(label))
    shape = f'<y:Geometry height="30.0" width="{width}.0"/><y:Fill color="{_FILLS.get(kind, "#EEEEEE")}"/>'
    shape += f'<y:NodeLabel>{_text(label)}</y:NodeLabel><y:Shape type="roundrectangle"/>'
    return f'      <data key="node_drawn"><y:ShapeNode>{shape}</y:ShapeNode></data>\n'


def _yed_edge(edge: Edge) -> str:
    line = "line" if edge.held else "dashed"
    shape = f'<y:LineStyle color="#555555" type="{line}" width="1.0"/><y:Arrows source="none" target="standard"/>'
    shape += f"<y:EdgeLabel>{_text(edge.values['label'])}</y:EdgeLabel>"
    return f'      <data key="edge_drawn"><y:PolyLineEdge>{shape}</y:PolyLineEdge></data>\n'


#: The dialects of GraphML by name.
DIALECTS = {
    "plain": Dialect(
        "valid against the schema of GraphML 1.0",
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="'
        'http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd"',
    ),
    # Gephi merges parallel edges of one type, and has the type from this attribute.
    "gephi": Dialect("edges have a type, so that Gephi merges none", mark=lambda edge: f' label="{_text(edge.sort)}"'),
    "yed": Dialect(
        "nodes and edges bear their labels in yEd; what does not hold is dashed",
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
        "nodes and edges bear their labels in Cytoscape",
        "",
        (
            '<key id="node_name" for="node" attr.name="name" attr.type="string"/>',
            '<key id="edge_interaction" for="edge" attr.name="interaction" attr.type="string"/>',
        ),
        lambda node: _titled("node_name", node.values["label"]),
        lambda edge: _titled("edge_interaction", edge.values["label"]),
    ),
}

_GEXF_TYPES = {"string": "string", "int": "integer", "double": "double"}
#: What GEXF has as attributes of the element itself.
_OWN = ("id", "label", "weight")


def gexf(drawing: Drawing, out: BinaryIO) -> None:
    """Write GEXF 1.3: nodes and edges are there from the first to the last day that their claims can mean.

    What no claim dates is there always, because nobody said when. The kind of an edge keeps Gephi from merging it.
    """

    def lines() -> Iterator[str]:
        yield '<?xml version="1.0" encoding="UTF-8"?>\n<gexf xmlns="http://gexf.net/1.3" version="1.3">\n'
        yield f"  <meta>\n    <creator>Hearsay</creator>\n    <description>{_SAYS}</description>\n  </meta>\n"
        yield '  <graph defaultedgetype="directed" idtype="string" mode="dynamic" timeformat="date"'
        yield ' timerepresentation="interval">\n'
        for of, columns in (("node", drawing.node_columns), ("edge", drawing.edge_columns)):
            yield f'    <attributes class="{of}" mode="static">\n'
            for one in columns:
                if one.name not in _OWN:
                    type_ = _GEXF_TYPES[one.type]
                    yield f'      <attribute id="{one.name}" title="{one.name}" type="{type_}"/>\n'
            yield "    </attributes>\n"
        yield "    <nodes>\n"
        for node in drawing.nodes:
            head = f'<node id="{node.id}" label="{_text(node.values["label"])}"{_days(node.values)}>'
            yield f"      {head}\n{_values(drawing.node_columns, node.values)}      </node>\n"
        yield "    </nodes>\n    <edges>\n"
        for edge in drawing.edges:
            ends = f'id="{edge.id}" source="{edge.source}" target="{edge.target}" kind="{_text(edge.sort)}"'
            shown = f'label="{_text(edge.values["label"])}" weight="{edge.values["weight"]}"{_days(edge.values)}'
            yield f"      <edge {ends} {shown}>\n{_values(drawing.edge_columns, edge.values)}      </edge>\n"
        yield "    </edges>\n  </graph>\n</gexf>\n"

    _write(lines(), out)


def _days(values: dict[str, Value]) -> str:
    bounds = ((name, values.get(value)) for name, value in (("start", "first"), ("end", "last")))
    return "".join(f' {name}="{value}"' for name, value in bounds if value is not None)


def _values(columns: Iterable[Column], values: dict[str, Value]) -> str:
    found = ((one.name, values.get(one.name)) for one in columns if one.name not in _OWN)
    said = [
        f'          <attvalue for="{name}" value="{_text(value)}"/>\n' for name, value in found if value is not None
    ]
    return f"        <attvalues>\n{''.join(said)}        </attvalues>\n"
