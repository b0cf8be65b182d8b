// Elements, built from text only, so that no data are ever read as markup: names, marks, claims, lists that grow.

const SVG = "http://www.w3.org/2000/svg";
function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => ![null, undefined, false, ""].includes(child)));
  return node;
}
const el = (name, attributes, ...children) => fill(document.createElement(name), attributes, children);
const draw = (name, attributes, ...children) => fill(document.createElementNS(SVG, name), attributes, children);
function replace(node, ...children) {
  node.replaceChildren();
  fill(node, null, children);
}
const bdi = (text) => el("bdi", { dir: "auto" }, visible(text));
const href = (id) => "#" + encodeURIComponent(id).replace(/%3A/g, ":").replace(/~/g, "%7E");
const pairHref = (one, other) => `${href(one)}~${href(other).slice(1)}`;

const dot = (...parts) => el("span", { class: "dot" }, ...parts);
const meta = (...parts) => el("p", { class: "meta" }, ...parts);
const count = (...parts) => el("span", { class: "count" }, ...parts);
const small = (...parts) => el("span", { class: "soft small" }, ...parts);
const plain = (items) => el("ul", { class: "plain" }, items);
const details = (summary, ...parts) => el("details", { class: "note" }, el("summary", null, summary), ...parts);
// A heading and the result of `make(items)`; null without items.
const section = (title, items, make) => (items && items.length ? [el("h3", null, title), make(items)] : null);

// Each kind has a colour and a shape, so that neither is needed alone. Radius 1 around (0, 0).
const SHAPES = {
  person: "M1 0A1 1 0 1 1-1 0A1 1 0 1 1 1 0Z",
  group: "M1 0L.5 .87L-.5 .87L-1 0L-.5-.87L.5-.87Z",
  organisation: "M-.85-.85H.85V.85H-.85Z",
  unit: "M0-1.15L1.15 0L0 1.15L-1.15 0Z",
  event: "M0-1.1L1.1 .85L-1.1 .85Z",
  place: "M0 1.15L-1.1-.2L-.7-.95H.7L1.1-.2Z",
  topic: "M.7 0A.7 .7 0 1 1-.7 0A.7 .7 0 1 1 .7 0Z",
  article: "M-.8-1H.4L.8-.6V1H-.8Z",
  quantity: "M-1-.7H1V-.2H-1ZM-1 .2H1V.7H-1Z",
};
const shape = (kind, radius) =>
  draw("path", { d: SHAPES[kind] || SHAPES.topic, transform: `scale(${radius})`, class: `shape k-${kind}` });
const sign = (kind) =>
  draw("svg", { class: "kind", viewBox: "-1.2 -1.2 2.4 2.4", "aria-hidden": "true" }, shape(kind, 1));
const link = (id) => el("a", { href: href(id), class: "entity" }, bdi(label(id)));
const named = (id) => [entities.has(id) ? sign(kindOf(id)) : null, link(id)];
const claimLink = (claim) => el("a", { href: href(claim.id) }, bdi(claim.label));
function listed(ids) {
  return ids.flatMap((id, place) => [place === 0 ? null : place === ids.length - 1 ? " and " : ", ", link(id)]);
}
const badge = (verdict) =>
  el("span", { class: `mark ${DISAGREEMENTS.includes(verdict) ? verdict : "calm"}` }, verdict.replace("-", " "));

function marks(claim) {
  const mark = (name, text) => el("span", { class: `mark ${name}` }, text);
  const modality = (claim.modality || "").replace("kg:", "").toLowerCase();
  return [
    claim.polarity === "kg:Denied" && mark("denied", "denied"),
    modality && modality !== "actual" && mark(modality, label(claim.modality)),
    claim.certainty && claim.certainty !== "kg:Certain" && mark("unsure", label(claim.certainty)),
  ];
}

function source(claim) {
  const attribution = claim.attribution ? label(claim.attribution) : "";
  const through = claim.via ? [", through ", listed(claim.via)] : null;
  if (!claim.speakers) {
    const unattributed = claim.attribution === "kg:Unattributed";
    return [unattributed ? "In the article’s own voice" : upper(attribution || "no speaker named"), through];
  }
  const behalf = claim.behalf ? [" for ", listed(claim.behalf)] : null;
  return ["Said by ", listed(claim.speakers), behalf, through, dot(attribution)];
}
function passage(claim) {
  const spans = (claim.passages || []).map(([, start, end]) => `${number(start)}–${number(end)}`);
  return spans.length ? `characters ${spans.join(" and ")}` : "no passage";
}
function scope(claim) {
  const parts = [];
  if (claim.value && claim.object) parts.push(el("b", null, bdi(claim.value)));
  else if (claim.counts) parts.push(el("b", null, `counts: ${label(claim.counts)}`));
  const wording = claim.wording ? [" (", bdi(`“${claim.wording}”`), ")"] : null;
  parts.push(claim.when ? [el("b", null, upper(claim.when)), wording] : "undated");
  if (claim.where) parts.push(["only at ", link(claim.where)]);
  if (claim.certainty === "kg:Certain") parts.push("certain");
  return parts.map((part, place) => (place ? dot(part) : part));
}

// A claim as an item of a list: `bare` leaves out the article, `calm` the disagreements.
function card(index, { bare, calm } = {}) {
  const claim = claims[index];
  const { stance } = claim;
  const statement = statementOf.get(index);
  const others = statement ? statement.claims.length - 1 : 0;
  const disputes = calm ? [] : disagreementsOf(index);
  const published = (articles.get(claim.article) || {}).published;
  return el(
    "li",
    { class: stance === "asserted" ? null : stance === "denied" ? "denied" : `not-asserted ${stance}` },
    el("p", { class: "says" }, marks(claim), claimLink(claim)),
    meta(source(claim)),
    meta(scope(claim), bare && dot(passage(claim))),
    !bare && meta(link(claim.article), published && dot(`published ${published}`), dot(passage(claim))),
    others
      ? meta(`Also in ${many(others, "other claim")}; at most ${many(statement.origins, "independent origin")}`)
      : null,
    disputes.length
      ? meta(el("a", { href: href(claim.id) }, `Disputed: ${disputes.map((pair) => pair.verdict).join(", ")}`))
      : null,
  );
}
const cards = (indices, options) =>
  el(
    "ul",
    { class: "claims" },
    indices.map((index) => card(index, options)),
  );

// A list that begins with one batch and grows on request, or completely for print.
let growing = [];
function grow(list, items, make) {
  let done = 0;
  const more = el("button", { type: "button", class: "button more" });
  const add = (size) => {
    const next = items.slice(done, done + size);
    done += next.length;
    fill(list, null, next.map(make));
    more.hidden = done >= items.length;
    more.textContent = `Show ${number(Math.min(BATCH, items.length - done))} more of ${number(items.length)}`;
  };
  more.addEventListener("click", () => {
    const last = list.lastElementChild;
    add(BATCH);
    const next = last && last.nextElementSibling && last.nextElementSibling.querySelector("a");
    if (next) next.focus();
  });
  growing.push(() => add(items.length));
  add(BATCH);
  return [list, more];
}
let unfolded = [];
addEventListener("beforeprint", () => {
  for (const all of growing) all();
  unfolded = [...document.querySelectorAll("main details:not([open]), .panel details:not([open])")];
  for (const folded of unfolded) folded.open = true;
});
addEventListener("afterprint", () => {
  for (const folded of unfolded) folded.open = false;
});
