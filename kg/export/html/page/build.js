// Elements, built by text only: nothing of the data is ever read as markup. Names, marks, claims, lists that grow.

const SVG = "http://www.w3.org/2000/svg";
function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(
    ...children
      .flat(Infinity)
      .filter((child) => child !== null && child !== undefined && child !== false && child !== ""),
  );
  return node;
}
const el = (name, attributes, ...children) => fill(document.createElement(name), attributes, children);
const draw = (name, attributes, ...children) => fill(document.createElementNS(SVG, name), attributes, children);
const bdi = (text) => el("bdi", { dir: "auto" }, seen(text));
const href = (id) => "#" + encodeURIComponent(id).replace(/%3A/g, ":").replace(/~/g, "%7E");
const bondHref = (one, two) => `${href(one)}~${href(two).slice(1)}`;

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
const shape = (kind, radius, extra) =>
  draw("path", {
    d: SHAPES[kind] || SHAPES.topic,
    transform: `scale(${radius})`,
    class: `shape k-${kind}${extra || ""}`,
  });
const sign = (kind) =>
  draw("svg", { class: "kind", viewBox: "-1.2 -1.2 2.4 2.4", "aria-hidden": "true" }, shape(kind, 1));
const link = (id, text) => el("a", { href: href(id), class: "thing" }, bdi(text || label(id)));
const named = (id) => [things.has(id) ? sign(kindOf(id)) : null, link(id)];
function listed(ids) {
  return ids.flatMap((id, place) => [place === 0 ? null : place === ids.length - 1 ? " and " : ", ", link(id)]);
}

function marks(claim) {
  const found = [];
  if (claim.polarity === "kg:Denied") found.push(el("span", { class: "mark denied" }, "denied"));
  const mood = (claim.modality || "").replace("kg:", "").toLowerCase();
  if (mood && mood !== "actual") found.push(el("span", { class: `mark ${mood}` }, label(claim.modality)));
  if (claim.certainty && claim.certainty !== "kg:Certain")
    found.push(el("span", { class: "mark unsure" }, label(claim.certainty)));
  return found;
}

function who(claim) {
  const voice = claim.attribution ? label(claim.attribution) : "";
  if (!claim.speakers)
    return [
      claim.attribution === "kg:Unattributed" ? "In the article’s own voice" : upper(voice || "no speaker named"),
      through(claim),
    ];
  return [
    "Said by ",
    listed(claim.speakers),
    claim.behalf ? [" for ", listed(claim.behalf)] : null,
    through(claim),
    el("span", { class: "dot" }, voice),
  ];
}
const through = (claim) => (claim.via ? [", through ", listed(claim.via)] : null);
function passage(claim) {
  const found = (claim.passages || []).map(([, start, end]) => `${number(start)}–${number(end)}`);
  return found.length ? `characters ${found.join(" and ")}` : "no passage";
}
function scope(claim) {
  const parts = [];
  if (claim.value && claim.object) parts.push(el("b", null, bdi(claim.value)));
  else if (claim.counts) parts.push(el("b", null, `counts: ${label(claim.counts)}`));
  if (claim.when)
    parts.push(el("b", null, upper(claim.when)), claim.wording ? [" (", bdi(`“${claim.wording}”`), ")"] : "");
  else parts.push("undated");
  if (claim.where) parts.push(["only at ", link(claim.where)]);
  if (claim.certainty === "kg:Certain") parts.push("certain");
  return parts
    .filter((part) => part !== "")
    .map((part, place) =>
      place && !(Array.isArray(part) && part[0] === " (") ? el("span", { class: "dot" }, part) : part,
    );
}

function card(index, options) {
  const claim = claims[index];
  const bare = options && options.bare;
  const plain = claim.state === "held" ? "" : claim.state === "denied" ? "denied" : `not-held ${claim.state}`;
  const others = restsOn.has(index) ? restsOn.get(index).claims.length - 1 : 0;
  const clashes = hard(index);
  const published = (articles.get(claim.article) || {}).published;
  return el(
    "li",
    { class: plain || null },
    el("p", { class: "says" }, marks(claim), el("a", { href: href(claim.id) }, bdi(claim.label))),
    el("p", { class: "meta" }, who(claim)),
    el("p", { class: "meta" }, scope(claim), bare ? el("span", { class: "dot" }, passage(claim)) : null),
    bare
      ? null
      : el(
          "p",
          { class: "meta" },
          link(claim.article),
          published ? el("span", { class: "dot" }, `published ${published}`) : null,
          el("span", { class: "dot" }, passage(claim)),
        ),
    others
      ? el(
          "p",
          { class: "meta" },
          `Also in ${many(others, "other claim")}; at most ${many(restsOn.get(index).origins, "independent origin")}`,
        )
      : null,
    clashes.length && !(options && options.calm)
      ? el(
          "p",
          { class: "meta" },
          el("a", { href: href(claim.id) }, `Disputed: ${clashes.map((one) => one.verdict).join(", ")}`),
        )
      : null,
  );
}
const cards = (indices, options) =>
  el(
    "ul",
    { class: "claims" },
    indices.map((index) => card(index, options)),
  );

// A list that begins with one lot and grows when asked to, or at once for print.
let growing = [];
function grow(holder, items, make) {
  let done = 0;
  const more = el("button", { type: "button", class: "button more" });
  const add = (count) => {
    const from = done;
    done = Math.min(items.length, done + count);
    holder.append(...items.slice(from, done).map(make).flat());
    more.hidden = done >= items.length;
    more.textContent = `Show ${number(Math.min(LOT, items.length - done))} more of ${number(items.length)}`;
  };
  more.addEventListener("click", () => {
    const last = holder.lastElementChild;
    add(LOT);
    const next = last && last.nextElementSibling && last.nextElementSibling.querySelector("a");
    if (next) next.focus();
  });
  growing.push(() => add(items.length));
  add(LOT);
  return [holder, more];
}
let unfolded = [];
addEventListener("beforeprint", () => {
  growing.forEach((all) => all());
  unfolded = [...document.querySelectorAll("main details:not([open]), .panel details:not([open])")];
  unfolded.forEach((one) => {
    one.open = true;
  });
});
addEventListener("afterprint", () =>
  unfolded.forEach((one) => {
    one.open = false;
  }),
);
