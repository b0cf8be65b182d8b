"""The packages of `kg`: imports point down, slow libraries are imported late and in one place."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.paths import ROOT

#: A package imports from the floors before its own only; packages of one floor do not import each other.
FLOORS = (
    {"errors", "escape"},
    {"rdf"},
    {"privacy", "shacl"},
    {"project"},
    {"claims", "query", "storage"},
    {"analysis", "endpoint", "rules"},
    {"archive", "validation"},
    {"export", "output"},
    {"cli"},
    {"__main__"},
)
#: The packages that may import a library.
ONLY = {
    "click": {"cli"},
    "difflib": {"rdf"},
    "httpx": {"endpoint"},
    "networkx": {"analysis", "export"},
    "pyarrow": {"archive"},
    "pyshacl": {"shacl"},
    "pyspark": {"archive"},
    "rdflib": {"shacl", "validation"},
    "rich": {"escape", "output"},
}
#: Slow libraries, imported inside functions only, as is the parser that few commands need.
LATE = {"difflib", "httpx", "networkx", "pyarrow", "pyshacl", "pyspark", "rdflib", "rich", "kg.rdf.turtle"}
KG = ROOT / "kg"
MODULES = [path for path in sorted(KG.rglob("*.py")) if path != KG / "__init__.py"]


def name(path: Path) -> str:
    return path.relative_to(KG).as_posix()


def unit(path: Path) -> str:
    """Return the package or top module of kg that a file belongs to."""
    return path.relative_to(KG).parts[0].removesuffix(".py")


def imports(path: Path, *, late: bool) -> Iterator[str]:
    """Yield the modules that a file imports: with `late` those inside functions, too; never those for types alone."""

    def walk(node: ast.AST) -> Iterator[ast.AST]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                continue
            if isinstance(child, ast.FunctionDef) and not late:
                continue
            yield child
            yield from walk(child)

    for node in walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports name the whole module"
            yield from (f"{node.module}.{one.name}" for one in node.names)


def test_every_package_has_one_floor() -> None:
    listed = [one for floor in FLOORS for one in floor]
    assert sorted(listed) == sorted({unit(path) for path in MODULES})


def test_at_most_three_modules_lie_beside_the_packages() -> None:
    assert len([path for path in KG.glob("*.py") if path.stem not in ("__init__", "__main__")]) <= 3


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_imports_point_down(path: Path) -> None:
    own = unit(path)
    below = set().union(*FLOORS[: next(number for number, floor in enumerate(FLOORS) if own in floor)])
    used = {one.split(".")[1] for one in imports(path, late=True) if one.startswith("kg.")} - {own, "__version__"}
    assert used <= below, f"{own} imports {sorted(used - below)}, which is not on a floor below it"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_library_is_imported_by_its_packages_only_and_late_where_it_is_slow(path: Path) -> None:
    libraries = {one.split(".")[0] for one in imports(path, late=True)}
    assert {one for one in libraries if unit(path) not in ONLY.get(one, {unit(path)})} == set()
    at_once = set(imports(path, late=False))
    assert {slow for slow in LATE if any(f"{one}.".startswith(f"{slow}.") for one in at_once)} == set()


@pytest.mark.parametrize("path", [path for path in MODULES if path.name == "__init__.py"], ids=name)
def test_every_package_says_what_it_owns(path: Path) -> None:
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert said
    assert said.splitlines()[0].endswith(".")
