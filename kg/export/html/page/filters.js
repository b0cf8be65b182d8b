// Search and filters: which claims match.

const words = document.getElementById("words");
const chosen = {};
const matching = new Uint8Array(claims.length).fill(1);
let matches = claims.length;

const ends = (claim) => [claim.subject, claim.object].filter(Boolean);
const indicesWhere = (test) => claims.map((_, index) => index).filter((index) => test(claims[index], index));
const matchingClaims = () => indicesWhere((_, index) => matching[index]);
// By name: title, the value or values of a claim, and the text of a value.
const FILTERS = {
  kind: ["About a", (claim) => ends(claim).map(kindOf), (id) => KINDS[id][0]],
  unit: ["Unit", (claim) => ends(claim).filter((id) => kindOf(id) === "unit"), label],
  article: ["Article", (claim) => claim.article, label],
  predicate: ["Predicate", (claim) => claim.predicate, label],
  certainty: ["Certainty of the source", (claim) => claim.certainty, label],
  modality: ["Actual, planned or hoped", (claim) => claim.modality, label],
  polarity: ["Affirmed or denied", (claim) => claim.polarity, label],
};

function addFilters() {
  const fields = document.getElementById("fields");
  const choose = (event) => {
    chosen[event.target.name] = event.target.value;
    applyFilters();
  };
  for (const [name, [title, valuesOf, text]] of Object.entries(FILTERS)) {
    const counts = new Map();
    for (const claim of claims)
      for (const id of new Set([valuesOf(claim)].flat())) if (id) counts.set(id, (counts.get(id) || 0) + 1);
    const options = [...counts]
      .sort(byText(([id]) => text(id)))
      .map(([id, total]) => el("option", { value: id }, `${visible(text(id))} (${number(total)})`));
    const any = el("option", { value: "" }, "any");
    const select = el("select", { id: `f-${name}`, name, onchange: choose }, any, options);
    fields.append(el("div", { class: "field" }, el("label", { for: `f-${name}` }, title), select));
  }
  const days = data.timeline.flatMap((entry) => [entry.first, entry.last]).sort();
  const [min, max] = [days[0], days[days.length - 1]];
  const day = (name, title) =>
    el("input", { id: `f-${name}`, name, type: "date", "aria-label": title, min, max, oninput: choose });
  fields.append(
    el(
      "fieldset",
      { class: "field" },
      el("legend", null, "Dated between (undated claims are left out)"),
      el("div", { class: "pairwise" }, day("from", "From this day"), day("until", "Until this day")),
    ),
  );
}

const searchWords = () => fold(words.value).split(/\s+/).filter(Boolean);
const hasAll = (item, sought) => sought.every((word) => item.searched.includes(word));
const chosenFilters = () => Object.entries(chosen).filter(([, value]) => value);

function isMatch(claim, sought) {
  for (const [name, [, valuesOf]] of Object.entries(FILTERS))
    if (chosen[name] && ![valuesOf(claim)].flat().includes(chosen[name])) return false;
  if (chosen.from && !(claim.last >= chosen.from)) return false;
  if (chosen.until && !(claim.first <= chosen.until)) return false;
  return hasAll(claim, sought);
}

const filterFields = () => document.querySelectorAll("#fields select, #fields input");
function applyFilters() {
  const sought = searchWords();
  matches = 0;
  claims.forEach((claim, index) => {
    matching[index] = isMatch(claim, sought) ? 1 : 0;
    matches += matching[index];
  });
  const active = chosenFilters().length;
  document.getElementById("active").textContent = active ? `· ${active} on` : "";
  for (const field of filterFields()) field.closest(".field").classList.toggle("on", Boolean(field.value));
  suggest(sought);
  show();
}
function suggest(sought) {
  const rank = ({ id, label }) => (fold(label).startsWith(sought[0]) ? 1e6 : 0) + (about.get(id) || []).length;
  const suggested = sought.length ? data.entities.filter((entity) => hasAll(entity, sought)) : [];
  const items = suggested
    .sort((a, b) => rank(b) - rank(a))
    .slice(0, 6)
    .map((entity) => el("li", null, el("a", { href: href(entity.id) }, sign(entity.kind), bdi(entity.label))));
  replace(
    document.getElementById("named"),
    items.length ? el("ul", { "aria-label": "Entities with this name" }, items) : null,
  );
}
function clear() {
  words.value = "";
  for (const name of Object.keys(chosen)) delete chosen[name];
  for (const field of filterFields()) field.value = "";
  applyFilters();
}
