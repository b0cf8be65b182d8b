"""The explorer: the content of the page, and its behaviour in a real browser."""

import hashlib
import json
import os
import re
import subprocess
import sys
from importlib.resources import files
from itertools import combinations
from math import dist
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store
from support.browser import DESK, TELEPHONE, opened
from support.paths import ROOT

from kg.errors import PrivacyError
from kg.export.html.explorer import embedded, explorer
from kg.export.html.layout import Box, layout
from kg.project.dataset import Dataset, load
from kg.rdf.namespaces import PREFIXES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HEAD = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
LEGION = "unit:sample-legion"
#: Names that would do harm, or be lost, if text were read as anything else.
HOSTILE = {
    "unit:markup": "<img src=x onerror=alert(1)>",
    "unit:script": "</script><script>alert(1)</script>",
    "unit:quotes": "\"'&amp;&lt;`${alert(1)}",
    "unit:slot": "{{script}} {{data}} \\u003c",
    "unit:backwards": "\u202egnihtemos \u05e9\u05dc\u05d5\u05dd",
    "unit:control": "bell\u0007 and escape\u001b",
    "unit:emoji": "👩\u200d🚒 unit\u2028line",
    "unit:long": "word " * 400 + "x" * 3000,
}


def with_turtle(root: Path, turtle: str) -> Dataset:
    """Return the project with some more Turtle in the graph of one of its articles."""
    dataset = load(root)
    graph = NamedNode(f"{PREFIXES['article']}legion-at-the-river")
    dataset.store.load((HEAD + turtle).encode(), format=RdfFormat.TURTLE, to_graph=graph)
    return dataset


def hostile(root: Path) -> Dataset:
    """Return the sample with entities of hostile names, each in a claim with a hostile label, and a silent one."""
    texts = {name: json.dumps(text, ensure_ascii=False).replace("\u007f", "") for name, text in HOSTILE.items()}
    blocks = [
        f"{name} a kg:Unit ; rdfs:label {text}@en ; skos:editorialNote {text}@en ." for name, text in texts.items()
    ]
    blocks += [
        f"claim:hostile-{number} a kg:Claim ; rdfs:label {text}@en ; rdf:subject {name} ; rdf:predicate kg:partOf ;"
        f" rdf:object unit:sample-legion ; kg:polarity kg:Denied ; kg:modality kg:Actual ; kg:certainty kg:Possible ;"
        f" kg:attribution kg:DirectQuote ; kg:speaker {name} ; kg:timeWording {text} ;"
        f" kg:passage passage:legion-at-the-river-01 ."
        for number, (name, text) in enumerate(texts.items())
    ]
    return with_turtle(root, "\n".join([*blocks, 'unit:silent a kg:Unit ; rdfs:label "Silent unit"@en .']))


def data_of(page: str) -> dict[str, Any]:
    """Return the data that a page carries."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    value = json.loads(found[1])
    assert isinstance(value, dict)
    return value


# --- What is in it ---


def test_the_page_is_whole_and_names_no_other_place(sample: Dataset) -> None:
    page = explorer(sample)
    assert re.findall(r"<(?:link|img|iframe|object|embed|base|video|audio)\b", page) == []
    assert re.findall(r"\b(?:src|action|srcset)=", page.partition("<script type=")[0]) == []
    assert "{{" not in page.partition("<script type=")[0].partition("<style>")[0]


def test_the_policy_names_what_runs_by_its_digest_and_forbids_the_rest(sample: Dataset) -> None:
    from base64 import b64encode

    page = explorer(sample)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    rules = dict(rule.split(" ", 1) for rule in policy[1].split("; "))
    assert rules["default-src"] == "'none'"
    assert set(rules) - {"default-src", "style-src", "script-src"} == {
        "base-uri",
        "form-action",
        "require-trusted-types-for",
        "trusted-types",
    }
    for element, rule in (("style", "style-src"), ("script", "script-src")):
        found = re.search(rf"<{element}>(.*?)</{element}>", page, re.DOTALL)
        assert found is not None
        digest = b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
        assert rules[rule] == f"'sha256-{digest}'"


@pytest.mark.parametrize(
    "path", sorted((ROOT / "kg" / "export" / "html" / "page").glob("*.js")), ids=lambda path: path.name
)
def test_the_script_cannot_make_markup_of_text(path: Path) -> None:
    script = path.read_text(encoding="utf-8")
    assert (
        re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|fetch\(", script)
        == []
    )
    assert "</" not in script


def test_the_page_says_that_it_takes_no_side(sample: Dataset) -> None:
    page = explorer(sample)
    assert "Nothing here is stated as a fact." in page
    assert "It says how two reports relate to each other, not which one is right." in page


@pytest.mark.parametrize("text", [*HOSTILE.values(), "<!--", "]]>", "&lt;", "\u2029"])
def test_data_come_back_as_they_were_and_hold_no_markup(text: str) -> None:
    written = embedded({text: [text]})
    assert json.loads(written) == {text: [text]}
    assert not re.search("[<>&\u2028\u2029]", written)


def test_every_claim_and_every_entity_is_in_the_page(real: Dataset) -> None:
    data = data_of(explorer(real))
    kinds = {kind: f"SELECT (COUNT(DISTINCT ?x) AS ?n) WHERE {{ ?x a kg:{kind} }}" for kind in ("Claim", "Article")}
    counts = {kind: _count(real.store, query) for kind, query in kinds.items()}
    assert {"Claim": len(data["claims"]), "Article": len(data["articles"])} == counts
    known = {one["id"] for one in data["entities"]}
    ends = {claim[end] for claim in data["claims"] for end in ("subject", "object") if end in claim}
    assert {end for end in ends if not str(end).startswith("claim:")} <= known


def _count(store: Store, query: str) -> int:
    from pyoxigraph import Literal, QuerySolutions

    answer = store.query(f"PREFIX kg: <{PREFIXES['kg']}>\n{query}", use_default_graph_as_union=True)
    assert isinstance(answer, QuerySolutions)
    value = next(iter(answer))[0]
    assert isinstance(value, Literal)
    return int(value.value)


def test_drawn_entities_are_in_the_frame(real: Dataset) -> None:
    drawing = data_of(explorer(real))["drawing"]
    assert isinstance(drawing, dict)
    left, top, width, height = drawing["frame"]
    assert len(drawing["nodes"]) > 100
    for _, x, y, radius, lines in drawing["nodes"]:
        assert left <= x - radius <= x + radius <= left + width
        assert top <= y - radius <= y + radius <= top + height
        assert 1 <= len(lines) <= 2
    spots = {(x, y) for _, x, y, _, _ in drawing["nodes"]}
    assert len(spots) == len(drawing["nodes"])


def overlap(one: tuple[float, float], other: tuple[float, float], box: Box) -> bool:
    """Say whether two boxes of the size lie over each other by more than a little."""
    return abs(one[0] - other[0]) < box.width - 1 and abs(one[1] - other[1]) < box.height - 1


@pytest.mark.parametrize("number", [0, 1, 2, 90])
def test_a_layout_has_no_overlapping_boxes(number: int) -> None:
    box = Box(80.0, 30.0, 1.0)
    edges = [(index, index // 3) for index in range(1, number)]
    spots = layout([box] * number, edges)
    assert len(spots) == number
    assert not [pair for pair in combinations(spots, 2) if overlap(*pair, box)]
    assert layout([box] * number, edges) == spots


def test_a_layout_puts_joined_boxes_near_each_other() -> None:
    edges = [pair for start in (0, 20, 40) for pair in combinations(range(start, start + 20), 2)]
    spots = layout([Box(20.0, 20.0, 1.0)] * 60, edges)
    apart = {pair: dist(spots[pair[0]], spots[pair[1]]) for pair in combinations(range(60), 2)}
    near = [apart[pair] for pair in edges]
    far = [length for pair, length in apart.items() if pair not in set(edges)]
    assert sum(near) / len(near) < 0.6 * sum(far) / len(far)


def test_the_bytes_are_the_same_from_run_to_run(sample_root: Path) -> None:
    code = (
        "import sys, hashlib; from pathlib import Path; from kg.project.dataset import load; "
        "from kg.export.html.explorer import explorer;"
        "print(hashlib.sha256(explorer(load(Path(sys.argv[1]))).encode()).hexdigest())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code, str(sample_root)],
            capture_output=True,
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


def test_a_planted_violation_of_privacy_stops_the_page(sample_root: Path) -> None:
    dataset = with_turtle(sample_root, 'person:falcon skos:altLabel "Fritz Example"@en .')
    with pytest.raises(PrivacyError, match="export refused until this is fixed: kg validate shows where"):
        explorer(dataset)


# --- In a browser ---


@pytest.fixture(scope="module")
def sample_page(sample: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of the sample's page; only to be read."""
    path = tmp_path_factory.mktemp("pages") / "sample.html"
    path.write_text(explorer(sample), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def real_page(real: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of the shipped graph's page; only to be read."""
    path = tmp_path_factory.mktemp("pages") / "real.html"
    path.write_text(explorer(real), encoding="utf-8")
    return path


def says(page: "Page", text: str) -> None:
    """Wait until the line that tells what is shown begins with the text."""
    from playwright.sync_api import expect

    expect(page.locator("#status")).to_have_text(re.compile(f"^{re.escape(text)}"))


#: Goes to a fragment, and comes back when the page has followed.
FOLLOW = """fragment => new Promise((done) => {
  addEventListener("hashchange", () => setTimeout(done), { once: true });
  location.hash = fragment;
})"""


def go(page: "Page", fragment: str) -> None:
    """Follow a link within the page."""
    page.evaluate(FOLLOW, fragment)


def focused(page: "Page") -> str:
    """Return the text, or else the accessible name, of what has the focus."""
    found = page.evaluate(
        "document.activeElement.textContent.trim() || document.activeElement.getAttribute('aria-label')"
    )
    return str(found)


@pytest.mark.parametrize("view", ["network", "entities", "claims", "disagreements", "timeline"])
@pytest.mark.parametrize("size", [DESK, TELEPHONE], ids=["desk", "telephone"])
def test_every_view_opens_without_a_complaint_a_request_or_a_bar_below(
    browser: "Browser", real_page: Path, view: str, size: tuple[int, int]
) -> None:
    with opened(browser, real_page, f"#{view}", size=size) as (page, watch):
        assert page.locator(f"#tabs a[href='#{view}']").get_attribute("aria-current") == "page"
        assert page.locator("#view").inner_text() != "" or view == "network"
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert [one.partition("#")[0] for one in watch.requests] == [real_page.as_uri()]
        assert watch.complaints == []


def test_nothing_can_leave_the_page(browser: "Browser", sample_page: Path) -> None:
    with opened(browser, sample_page) as (page, watch):
        tried = page.evaluate(
            """async () => {
              const blocked = [];
              document.addEventListener("securitypolicyviolation", (event) => blocked.push(event.effectiveDirective));
              await fetch("https://example.org/").catch(() => null);
              const image = document.createElement("img");
              image.src = "https://example.org/x.png";
              document.body.append(image);
              const script = document.createElement("link");
              script.rel = "stylesheet";
              script.href = "https://example.org/x.css";
              document.head.append(script);
              await new Promise((done) => setTimeout(done, 100));
              return blocked.sort();
            }"""
        )
        assert tried == ["connect-src", "img-src", "style-src-elem"]
        assert [one for one in watch.answers if not one.startswith("file:")] == []


def test_search_narrows_claims_and_finds_entities(browser: "Browser", sample_page: Path) -> None:
    with opened(browser, sample_page, "#claims") as (page, _):
        before = page.locator("#view .claims > li:not(.group-li)").count()
        page.get_by_role("searchbox", name="Search").fill("interviews")
        says(page, "1 of ")
        found = page.locator("#view .says").all_inner_texts()
        assert before > 1
        assert found == ["Candidates for the Sample Legion go through two interviews."]
        page.get_by_role("searchbox", name="Search").fill("sample leg")
        page.get_by_role("list", name="Entities with this name").get_by_role("link").first.click()
        assert page.evaluate("decodeURIComponent(location.hash)") == f"#{LEGION}"


def test_search_ignores_case_and_accents(browser: "Browser", sample_root: Path, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    dataset = with_turtle(sample_root, 'unit:accented a kg:Unit ; rdfs:label "Légion Éprouvée"@en .')
    file.write_text(explorer(dataset), encoding="utf-8")
    with opened(browser, file, "#entities") as (page, _):
        page.get_by_role("searchbox", name="Search").fill("EPROUVEE")
        says(page, "1 of ")
        assert page.locator("#view .index a").inner_text() == "Légion Éprouvée"


@pytest.mark.parametrize(
    ("field", "value", "of"),
    [
        ("kind", "unit", lambda claim: LEGION in (claim["subject"], claim.get("object")) or "unit:" in str(claim)),
        ("unit", LEGION, lambda claim: LEGION in (claim["subject"], claim.get("object"))),
        ("article", "article:legion-at-the-river", lambda claim: claim["article"] == "article:legion-at-the-river"),
        ("predicate", "kg:strength", lambda claim: claim["predicate"] == "kg:strength"),
        ("certainty", "kg:Unconfirmed", lambda claim: claim.get("certainty") == "kg:Unconfirmed"),
        ("modality", "kg:Planned", lambda claim: claim.get("modality") == "kg:Planned"),
        ("polarity", "kg:Denied", lambda claim: claim.get("polarity") == "kg:Denied"),
        ("from", "2030-05-01", lambda claim: str(claim.get("last", "")) >= "2030-05-01"),
        ("until", "2030-04-01", lambda claim: "first" in claim and str(claim["first"]) <= "2030-04-01"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_filter_keeps_what_it_says(
    browser: "Browser", sample: Dataset, sample_page: Path, field: str, value: str, of: object
) -> None:
    assert callable(of)
    every = data_of(explorer(sample))["claims"]
    ends = [(claim, str(claim["subject"]), str(claim.get("object", ""))) for claim in every]
    kept = [claim for claim, one, two in ends if ("unit:" in (one[:5], two[:5]) if field == "kind" else of(claim))]
    assert 0 < len(kept) < len(every)
    with opened(browser, sample_page, "#claims") as (page, _):
        if field in ("from", "until"):
            page.locator(f"#f-{field}").fill(value)
        else:
            page.locator(f"#f-{field}").select_option(value)
        says(page, f"{len(kept)} of {len(every)} claims")
        assert page.locator("#active").inner_text() == "· 1 on"
        page.get_by_role("button", name="Clear search and filters").click()
        says(page, f"{len(every)} claims")


def test_a_filter_that_keeps_nothing_says_so_and_can_be_undone(browser: "Browser", sample_page: Path) -> None:
    for view in ("claims", "entities", "timeline"):
        with opened(browser, sample_page, f"#{view}") as (page, _):
            page.get_by_role("searchbox", name="Search").fill("no such word anywhere")
            assert "Nothing matches" in page.locator("#view").inner_text()
            page.get_by_role("button", name="Clear them").click()
            assert "Nothing matches" not in page.locator("#view").inner_text()


def test_a_node_opens_its_claims_with_speaker_time_and_source(browser: "Browser", sample_page: Path) -> None:
    with opened(browser, sample_page) as (page, _):
        page.locator(f"a.node[href='#{LEGION}'] .shape").click()
        assert page.locator("#panel h2").inner_text() == "Sample Legion"
        assert focused(page) == "Sample Legion"
        assert page.title() == "Sample Legion · Hearsay"
        text = page.locator("#panel li").filter(has_text="had several dozen men at the front").first.inner_text()
        for part in (
            "Ada Example",
            "Southland Defence Office",
            "direct quote",
            "24 to 99 people",
            "11 May 2030",
            "certain",
        ):
            assert part in text
        assert "A legion of Northlanders stands with Southland" in text
        assert "characters 391\u2013485" in text


NAMES_SHOWN = """() => [...document.querySelectorAll(".node:not(.mute):not(.out) text")].map((one) => {
  const box = one.getBoundingClientRect();
  return [box.left, box.top, box.right, box.bottom];
})"""


@pytest.mark.parametrize("times", [0, 3])
def test_no_name_in_the_network_lies_over_another(browser: "Browser", real_page: Path, times: int) -> None:
    with opened(browser, real_page) as (page, _):
        before = page.locator(".node:not(.mute)").count()
        for _ in range(times):
            page.get_by_role("button", name="Zoom in").click()
        names = page.evaluate(NAMES_SHOWN)
        assert len(names) > 40
        assert times == 0 or len(names) > before
        for one, other in combinations(names, 2):
            wide = min(one[2], other[2]) - max(one[0], other[0])
            high = min(one[3], other[3]) - max(one[1], other[1])
            assert wide < 6 or high < 6


def test_dragging_moves_the_network_and_opens_nothing(browser: "Browser", sample_page: Path) -> None:
    with opened(browser, sample_page) as (page, _):
        shape = page.locator(f"a.node[href='#{LEGION}'] .shape")
        start = shape.bounding_box()
        assert start is not None
        x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 60, y + 40, steps=4)
        page.mouse.up()
        end = shape.bounding_box()
        assert end is not None
        assert (round(end["x"] - start["x"]), round(end["y"] - start["y"])) == (60, 40)
        assert page.evaluate("location.hash") == ""
        page.mouse.click(x + 60, y + 40)
        assert page.locator("#panel h2").inner_text() == "Sample Legion"


def test_the_network_shows_only_claims_that_match_the_filters(browser: "Browser", real_page: Path) -> None:
    with opened(browser, real_page) as (page, _):
        page.locator("#f-modality").select_option("kg:Hoped")
        says(page, "5 of ")
        lines = page.locator(".edge:not(.out) .link")
        assert lines.count() > 0
        assert all("hoped" in str(one.get_attribute("class")) for one in lines.all())
        assert page.locator(".node:not(.out)").count() <= 2 * lines.count()
        hidden = page.locator(".node.out").first
        assert (hidden.get_attribute("aria-hidden"), hidden.get_attribute("tabindex")) == ("true", "-1")


def test_an_edge_opens_the_claims_that_join_its_ends(browser: "Browser", sample_page: Path) -> None:
    with opened(browser, sample_page) as (page, _):
        page.locator(".edge:not(.out)").first.dispatch_event("click")
        assert "~" in page.evaluate("location.hash")
        assert "Between two entities" in page.locator("#panel").inner_text()
        assert page.locator("#panel .claims > li").count() >= 1
        assert page.locator(".edge.on").count() >= 1


def test_a_link_to_an_entity_a_claim_or_two_entities_opens_it(browser: "Browser", sample_page: Path) -> None:
    for fragment, heading in (
        (LEGION, "Sample Legion"),
        ("claim:river-name", "The Sample Legion goes by a second name."),
        ("article:legion-at-the-river", "A legion of Northlanders stands with Southland"),
        ("unit:sample-legion~unit:southland-army", "Sample Legion and Southland Army"),
        ("unit:no-such-thing", "Nothing here has this name"),
        ("%E0%A4%A", "Nothing here has this name"),
    ):
        with opened(browser, sample_page, f"#{fragment}") as (page, watch):
            assert page.locator("#panel h2").inner_text() == heading
            assert "" not in page.locator("#panel dd").all_inner_texts()
            assert page.locator("#panel .over", has_text="Not found").count() == heading.startswith("Nothing")
            assert watch.complaints == []


def test_back_and_forward_open_earlier_pages(browser: "Browser", sample_page: Path) -> None:
    with opened(browser, sample_page, "#claims") as (page, _):
        page.locator("#view .says a").first.click()
        claim = page.locator("#panel h2").inner_text()
        page.locator("#panel dd a").first.click()
        entity = page.locator("#panel h2").inner_text()
        assert claim != entity
        page.go_back()
        assert page.locator("#panel h2").inner_text() == claim
        page.go_back()
        assert page.locator("#panel h2").inner_text() == "How to read this"
        page.go_forward()
        assert page.locator("#panel h2").inner_text() == claim


def test_the_keyboard_alone_goes_through_the_network(browser: "Browser", sample_page: Path) -> None:
    with opened(browser, sample_page) as (page, _):
        page.keyboard.press("Tab")
        assert focused(page) == "Skip to the content"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.keyboard.press("Tab")
        first = page.evaluate("document.activeElement.getAttribute('aria-label')")
        assert re.fullmatch(r".+, (group|unit|person|organisation|event|place|topic), \d+ claims?", first)
        passed = {first}
        for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"):
            page.keyboard.press(key)
            passed.add(page.evaluate("document.activeElement.getAttribute('aria-label')"))
        assert len(passed) > 1
        assert page.evaluate("getComputedStyle(document.activeElement.querySelector('.ring')).display") == "block"
        here = (
            page.evaluate("document.activeElement.getAttribute('aria-label')").rpartition(", ")[0].rpartition(", ")[0]
        )
        page.keyboard.press("Enter")
        page.locator("body.reading").wait_for()
        assert focused(page) == here
        page.keyboard.press("Escape")
        page.locator("body:not(.reading)").wait_for()


def test_every_focused_element_has_a_visible_outline(browser: "Browser", sample_page: Path) -> None:
    with opened(browser, sample_page, "#disagreements") as (page, _):
        bare = []
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement === document.body"):
                break
            style = page.evaluate(
                """() => {
                  const own = document.activeElement, chip = own.closest(".chip");
                  const of = (one) => getComputedStyle(one).outlineStyle !== "none";
                  return of(own) || Boolean(chip && of(chip));
                }"""
            )
            if not style:
                bare.append(page.evaluate("document.activeElement.outerHTML.slice(0, 80)"))
        assert bare == []


def test_the_page_has_landmarks_and_one_status_line_for_screen_readers(browser: "Browser", sample_page: Path) -> None:
    with opened(browser, sample_page, "#claims") as (page, _):
        assert page.get_by_role("status").count() == 1
        for role, name in (("navigation", "Views"), ("search", "Search and filters"), ("complementary", "Details")):
            assert page.locator(f"[role={role}], nav, aside").filter(visible=True).count() > 0
            assert page.get_by_role(role, name=name).count() == 1  # type: ignore[arg-type]
        assert page.get_by_role("main").count() == 1
        assert page.get_by_role("heading", level=1).count() == 1


def test_denied_planned_hoped_and_hypothetical_claims_are_marked_and_drawn_differently(
    browser: "Browser", real_page: Path
) -> None:
    with opened(browser, real_page) as (page, _):
        dashes = {
            how: page.locator(f".edge .link.{how}").first.evaluate(
                "one => { const style = getComputedStyle(one); return style.stroke + ' ' + style.strokeDasharray }"
            )
            for how in ("asserted", "planned", "hoped", "hypothetical", "denied")
        }
        assert len(set(dashes.values())) == len(dashes)
        assert page.locator(".edge:has(.denied) .cross").count() == page.locator(".edge:has(.denied)").count() > 0
        page.goto(f"{real_page.as_uri()}#claims")
        page.locator("#f-polarity").select_option("kg:Denied")
        says(page, "9 of ")
        assert page.locator("#view .mark.denied").count() == page.locator("#view .claims > li.denied").count() == 9


def test_disagreements_stand_side_by_side_on_a_desk_and_below_each_other_on_a_telephone(
    browser: "Browser", real_page: Path
) -> None:
    for size, beside in ((DESK, True), (TELEPHONE, False)):
        with opened(browser, real_page, "#disagreements", size=size) as (page, _):
            one, two = (page.locator(".pair").first.locator(".claims").nth(place).bounding_box() for place in (0, 1))
            assert one is not None
            assert two is not None
            assert (one["y"] == two["y"]) is beside
            shown = page.locator(".pair").count()
            page.get_by_role("checkbox", name="agreement").check()
            assert page.locator(".pair").count() > shown
            assert page.get_by_role("checkbox", name="agreement").evaluate("one => one === document.activeElement")


def test_the_timeline_is_in_order_and_leaves_out_undated_claims(browser: "Browser", real_page: Path) -> None:
    with opened(browser, real_page, "#timeline") as (page, _):
        while page.locator("#view .more").is_visible():
            page.locator("#view .more").click()
        years = [int(text[:4]) for text in page.locator("#view .year").all_inner_texts()]
        assert years == sorted(set(years))
        assert "without a date are left out" in page.locator("#view").inner_text()


def test_hostile_names_are_shown_and_do_nothing(browser: "Browser", sample_root: Path, tmp_path: Path) -> None:
    file = tmp_path / "hostile.html"
    file.write_text(explorer(hostile(sample_root)), encoding="utf-8")
    dialogs: list[str] = []
    views = ("entities", "claims", "timeline", "disagreements", "network")
    for size in (DESK, TELEPHONE):
        with opened(browser, file, size=size) as (page, watch):
            page.on("dialog", lambda dialog: dialogs.append(dialog.message))
            for fragment in (*views, *HOSTILE):
                go(page, fragment)
                assert page.evaluate("document.images.length + document.querySelectorAll('iframe').length") == 0
                assert page.evaluate("document.scripts.length") == 2
                assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
                if fragment in ("unit:markup", "unit:script", "unit:quotes", "unit:slot"):
                    assert page.locator("#panel h2").inner_text() == HOSTILE[fragment]
                if fragment == "unit:control":
                    assert page.locator("#panel h2").inner_text() == "bell\u2407 and escape\u241b"
            assert watch.complaints == []
    assert dialogs == []


def test_an_entity_without_claims_has_a_page_that_says_so(
    browser: "Browser", sample_root: Path, tmp_path: Path
) -> None:
    file = tmp_path / "page.html"
    file.write_text(explorer(hostile(sample_root)), encoding="utf-8")
    with opened(browser, file, "#unit:silent") as (page, _):
        assert "No article reports anything about it" in page.locator("#panel").inner_text()
        assert "" not in page.locator("#panel dd").all_inner_texts()


def test_a_graph_without_claims_makes_a_page_as_well(browser: "Browser", sample_root: Path, tmp_path: Path) -> None:
    root = tmp_path / "empty"
    (root / "graph").mkdir(parents=True)
    (root / "ontology").mkdir()
    file = tmp_path / "page.html"
    file.write_text(explorer(load(root)), encoding="utf-8")
    for view in ("network", "entities", "claims", "disagreements", "timeline"):
        with opened(browser, file, f"#{view}") as (page, watch):
            assert re.match(r"0 (of 0 )?\w+", page.locator("#status").inner_text())
            assert watch.complaints == []


def test_a_link_of_an_article_leads_to_the_web_only(browser: "Browser", sample_root: Path, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    turtle = (
        'article:legion-reprinted schema:url "javascript:alert(1)"^^xsd:anyURI , "https://a.example/x"^^xsd:anyURI .'
    )
    file.write_text(explorer(with_turtle(sample_root, turtle)), encoding="utf-8")
    with opened(browser, file, "#article:legion-reprinted") as (page, _):
        links = page.locator("#panel a[target]")
        assert [one.get_attribute("href") for one in links.all()] == ["https://a.example/x"]
        assert links.first.get_attribute("rel") == "noreferrer noopener"


def test_print_leaves_out_the_tools_and_opens_folded_parts(browser: "Browser", sample_page: Path) -> None:
    with opened(browser, sample_page, f"#{LEGION}") as (page, _):
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        for gone in (".narrow", ".top nav", "main"):
            assert not page.locator(gone).is_visible()
        assert page.locator("#panel h2").is_visible()
        assert page.locator("#panel details:not([open])").count() == 0
        assert len(page.pdf()) > 10_000


#: What axe-core finds, whatever its impact. It takes entities drawn outside the frame for links that skip.
AXE = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations
    .map((one) => [one.impact, one.id, one.nodes.map((node) => node.html.slice(0, 160))])
    .filter(([, id, nodes]) => id !== "skip-link" || nodes.some((node) => !node.startsWith('<a class="node')));
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, TELEPHONE], ids=["desk", "telephone"])
def test_the_accessibility_audit_finds_nothing(
    browser: "Browser", sample_page: Path, real_page: Path, size: tuple[int, int], scheme: str
) -> None:
    axe = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
    found: dict[str, object] = {}
    for file, fragments in (
        (real_page, ("network", "disagreements", "unit:siberian-battalion")),
        (sample_page, ("entities", "claims", "timeline", "claim:river-strength-may", "article:legion-reprinted")),
        (sample_page, ("unit:sample-legion~unit:southland-army", "unit:no-such-thing")),
    ):
        with opened(browser, file, "#entities", size=size, scheme=scheme, audited=True) as (page, _):
            page.evaluate(axe)
            for fragment in fragments:
                if fragment != "entities":
                    go(page, fragment)
                if violations := page.evaluate(AXE):
                    found[fragment] = violations
    assert found == {}
