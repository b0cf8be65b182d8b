// The lists: claims, entities, disagreements, timeline. Each returns the text of the status line.

const view = document.getElementById("view");
const status = document.getElementById("status");
const head = (title, lead) => [el("h2", { tabindex: "-1" }, title), el("p", { class: "lead" }, lead)];
const noMatch = () =>
  el(
    "p",
    { class: "soft" },
    "Nothing matches the search and the filters. ",
    el("button", { type: "button", class: "button", onclick: clear }, "Clear them"),
  );
const ofAll = (shown, all, noun, plural) =>
  shown === all ? many(all, noun, plural) : `${number(shown)} of ${many(all, noun, plural)}`;
const groupHead = (title, size) => el("h3", { class: "group-head" }, title, count(number(size)));

const ORDERS = {
  article: ["by article, in reading order", (claim) => claim.article],
  subject: ["by entity", (claim) => claim.subject],
  predicate: ["by predicate", (claim) => claim.predicate],
  speaker: ["by speaker", (claim) => (claim.speakers || [""])[0]],
};
let order = "article";

function claimList() {
  const keyOf = (index) => ORDERS[order][1](claims[index]);
  const text = (id) => (id ? label(id) : "In the articles’ own voice");
  const shown = matchingClaims();
  if (order !== "article") shown.sort(byText((index) => text(keyOf(index))));
  const sizes = new Map();
  for (const index of shown) sizes.set(keyOf(index), (sizes.get(keyOf(index)) || 0) + 1);
  let last = null;
  const make = (index) => {
    const id = keyOf(index);
    const title = order === "predicate" ? upper(text(id)) : id ? named(id) : text(id);
    const heading = id === last ? null : el("li", { class: "group-li" }, groupHead(title, sizes.get(id)));
    last = id;
    return [heading, card(index, { bare: order === "article" })];
  };
  const onchange = (event) => {
    order = event.target.value;
    show();
    document.getElementById("order").focus();
  };
  const options = Object.entries(ORDERS).map(([value, [title]]) =>
    el("option", { value, selected: value === order }, title),
  );
  replace(
    view,
    head("Claims", "Reported claims, one statement each. The page does not say whether they are true."),
    el(
      "p",
      { class: "sorts" },
      el("label", { for: "order" }, "Order"),
      el("select", { id: "order", onchange }, options),
    ),
    shown.length ? grow(el("ul", { class: "claims read" }), shown, make) : noMatch(),
  );
  return ofAll(shown.length, claims.length, "claim");
}

function entityList() {
  const sought = searchWords();
  const filters = chosenFilters();
  const touched = new Set(
    matchingClaims().flatMap((index) => [
      ...ends(claims[index]),
      ...(claims[index].speakers || []),
      claims[index].article,
    ]),
  );
  const size = (map, id) => (map.get(id) || []).length;
  const total = ({ id, kind }) => (kind === "article" ? size(claimsIn, id) : size(about, id) + size(saidBy, id));
  const shown = data.entities.filter((entity) => {
    if (chosen.kind && entity.kind !== chosen.kind) return false;
    if (touched.has(entity.id) && filters.length) return true;
    return (touched.has(entity.id) || filters.every(([name]) => name === "kind")) && hasAll(entity, sought);
  });
  const item = (entity) => {
    const sum = total(entity);
    const unit = el("span", { class: "unseen" }, sum === 1 ? " claim" : " claims");
    return el("li", null, sign(entity.kind), link(entity.id), count(sum ? number(sum) : "none", unit));
  };
  const blocks = Object.entries(KINDS).map(([kind, [, plural]]) => {
    const group = shown
      .filter((entity) => entity.kind === kind)
      .sort((a, b) => total(b) - total(a) || a.label.localeCompare(b.label, "en"));
    if (!group.length) return null;
    const parts = [groupHead(plural, group.length), el("ul", { class: "index" }, group.map(item))];
    if (!FOLDED.includes(kind)) return parts;
    const open = Boolean(sought.length || chosen.kind);
    return el("details", { class: "fold", open }, el("summary", null, parts[0]), parts[1]);
  });
  replace(
    view,
    head("Entities", "Everything that the articles mention, with the number of claims about it or by it."),
    shown.length ? blocks : noMatch(),
  );
  return ofAll(shown.length, data.entities.length, "entity", "entities");
}

const checked = new Set(DISAGREEMENTS);
function disagreementList() {
  const candidates = data.verdicts.filter((pair) => pair.claims.some((index) => matching[index]));
  const shown = candidates.filter((pair) => checked.has(pair.verdict));
  const chip = (name) => {
    if (!DISAGREEMENTS.includes(name) && !data.verdicts.some((pair) => pair.verdict === name)) return null;
    const size = candidates.filter((pair) => pair.verdict === name).length;
    const onchange = (event) => {
      if (event.target.checked) checked.add(name);
      else checked.delete(name);
      show();
      view.querySelector(`input[name="${name}"]`).focus();
    };
    const box = el("input", { type: "checkbox", checked: checked.has(name), name, onchange });
    return el("label", { class: "chip" }, box, `${name.replace("-", " ")} (${size})`);
  };
  const lead =
    "Pairs of claims side by side, with a verdict that is computed from their values, days and sources. " +
    "It says how two reports relate to each other, not which one is right.";
  const meanings = Object.entries(VERDICTS).map(([name, text]) => [el("dt", null, badge(name)), el("dd", null, text)]);
  replace(
    view,
    head("Disagreements", lead),
    el("fieldset", { class: "chips" }, el("legend", null, "Show"), Object.keys(VERDICTS).map(chip)),
    details("What the verdicts mean", el("dl", { class: "meanings" }, meanings)),
    shown.length
      ? grow(el("ul"), shown, pairItem)
      : el("p", { class: "soft" }, "No pair with these verdicts matches the search and the filters."),
    data.omitted
      ? el(
          "p",
          { class: "soft" },
          `Not listed: ${many(data.omitted, "pair")} of claims that agree or only seem to disagree.`,
        )
      : null,
  );
  return ofAll(shown.length, data.verdicts.length, "pair");
}
function pairItem(pair) {
  const predicate = el("span", { class: "soft" }, ` · ${label(pair.predicate)}`);
  return el(
    "li",
    { class: "pair" },
    el("h3", { class: "about" }, badge(pair.verdict), " ", named(pair.subject), predicate),
    el("p", { class: "reason" }, bdi(upper(pair.reason)), "."),
    el(
      "div",
      { class: "sides" },
      pair.claims.map((index) => cards([index], { calm: true })),
    ),
  );
}

function timeline() {
  const shown = data.timeline.filter((entry) => entry.claims.some((index) => matching[index]));
  let last = "";
  const make = (entry) => {
    const year = entry.first.slice(0, 4);
    const months = [..."JFMAMJJASOND"].map((month) => el("i", null, month));
    const heading =
      year !== last &&
      el(
        "li",
        { class: "year-li" },
        el("h3", { class: "year" }, year),
        el("span", { class: "months", "aria-hidden": "true" }, months),
      );
    last = year;
    return [heading, timelineItem(entry)];
  };
  const undated = data.undated.filter((index) => matching[index]).length;
  const lead =
    "Dated statements, in the order of the first day that each can mean. The bar is its time within the year: " +
    "filled where it is about all of these days, hollow where it is about at least one of them.";
  replace(
    view,
    head("Timeline", lead),
    shown.length ? grow(el("ol", { class: "dates" }), shown, make) : noMatch(),
    undated
      ? el("p", { class: "lead" }, `${many(undated, "claim")} without a date ${undated === 1 ? "is" : "are"} left out.`)
      : null,
  );
  return ofAll(shown.length, data.timeline.length, "dated statement");
}
const DAY = 86400000;
function timelineItem(entry) {
  const index = entry.claims.find((each) => matching[each]);
  const claim = claims[index === undefined ? entry.claims[0] : index];
  const year = Number(entry.first.slice(0, 4));
  const start = Date.UTC(year, 0, 1);
  const length = Date.UTC(year + 1, 0, 1) - start;
  const from = (Date.parse(entry.first) - start) / length;
  const to = (Date.parse(entry.last) + DAY - start) / length;
  const stance = { asserted: "", denied: "denied" }[claim.stance] ?? "unreal";
  const bar = el("i", { class: [entry.throughout ? "through" : "", stance, to > 1 ? "on" : ""].join(" ") });
  bar.style.left = `${Math.min(97, from * 100)}%`;
  bar.style.width = `${Math.max(0, Math.min(1, to) - from) * 100}%`;
  const others = entry.claims.length - 1;
  return el(
    "li",
    null,
    el("p", { class: "when" }, upper(entry.when)),
    el("div", { class: "strip", "aria-hidden": "true" }, bar),
    el(
      "div",
      null,
      el("p", { class: "says" }, marks(claim), claimLink(claim)),
      meta(source(claim), dot(link(claim.article)), others ? dot(`and ${many(others, "other claim")}`) : null),
    ),
  );
}
