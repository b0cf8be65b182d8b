// The panel: how to read the page, or the details of the open entity, article, claim or pair of entities.

const panel = document.getElementById("panel");
const opened = { view: "network", entity: null, pair: null, claim: null };
const over = (...parts) =>
  el("p", { class: "over" }, ...parts, el("a", { href: `#${opened.view}`, class: "close" }, "Close"));
const title = (...parts) => el("h2", { tabindex: "-1" }, ...parts);
const note = (texts, summary) =>
  texts &&
  details(
    summary,
    texts.map((text) => el("p", null, bdi(text))),
  );
const row = (name, ...value) => (value.flat().some(Boolean) ? [el("dt", null, name), el("dd", null, ...value)] : null);
const of = (id) => (id ? label(id) : "");

function start() {
  const size = (id) => about.get(id).length;
  const top = drawing.nodes
    .map(([id]) => id)
    .sort((a, b) => size(b) - size(a))
    .slice(0, 8);
  const mark = (code, name) => {
    const { label, definition } = data.codes[code] || {};
    return label && el("li", null, el("span", { class: `mark ${name}` }, label), small(` ${definition}`));
  };
  const article = ({ id, publisher, published }) =>
    el("li", null, named(id), small(publisher && ` · ${label(publisher)}`, published && `, ${published}`));
  replace(
    panel,
    el("h2", null, "How to read this"),
    el(
      "p",
      null,
      "Nothing here is stated as a fact. Each line says that an article reports that somebody said so, and at which characters of its text.",
    ),
    el("h3", null, "Start with"),
    plain(top.map((id) => el("li", null, named(id), small(` · ${many(size(id), "claim")}`)))),
    el("h3", null, "Articles"),
    plain(data.articles.filter(({ length }) => length).map(article)),
    el("h3", null, "Marks"),
    plain([
      ...["Denied", "Planned", "Hoped", "Hypothetical"].map((name) => mark(`kg:${name}`, name.toLowerCase())),
      ...["Probable", "Possible", "Unconfirmed"].map((name) => mark(`kg:${name}`, "unsure")),
    ]),
    el(
      "p",
      { class: "note" },
      "Certainty is that of the source, not of the authors of this page. Verdicts and numbers of origins are computed; an origin counts as independent until something shows that it is not, so the number is an upper bound.",
    ),
  );
}

function disputes(indices) {
  const side = (index, place) => [
    place ? " against " : "",
    el("a", { href: href(claims[index].id) }, place ? "the other" : "one"),
  ];
  const pairs = [...new Set(indices.flatMap(disagreementsOf))];
  return section(many(pairs.length, "disagreement"), pairs, () =>
    pairs.map((pair) =>
      el(
        "p",
        { class: "clash" },
        badge(pair.verdict),
        " ",
        bdi(upper(pair.reason)),
        ". ",
        el("span", { class: "small" }, pair.claims.map(side)),
      ),
    ),
  );
}
const grouped = (keyOf, text) => (indices) => {
  const groups = new Map();
  for (const index of indices) push(groups, keyOf(claims[index]), index);
  return [...groups]
    .sort(byText(([id]) => text(id)))
    .map(([id, group]) => [el("h4", null, upper(text(id))), cards(group)]);
};

function entitySheet({ id, label: name, kind, sort, names, identity, means, within, notes }) {
  const all = about.get(id) || [];
  const asSubject = all.filter((index) => claims[index].subject === id);
  const asObject = all.filter((index) => claims[index].subject !== id);
  const said = (saidBy.get(id) || []).filter((index) => !all.includes(index));
  const mentioned = (mentions.get(id) || []).filter((index) => !all.includes(index) && !said.includes(index));
  const inverse = (predicate) => (data.predicates[predicate] || {}).inverse || label(predicate);
  const joined = edges.filter((edge) => edge.ends.includes(id)).flatMap((edge) => edge.ends);
  const others = [...new Set(joined)].filter((other) => other !== id).sort(byText(label));
  const from = new Set(all.map((index) => claims[index].article)).size;
  const none = "No article reports anything about it";
  const size = all.length
    ? `${many(all.length, "claim")} in ${many(from, "article")}`
    : said.length
      ? `${none} but its own words`
      : none;
  const toPair = (other) =>
    el("li", null, sign(kindOf(other)), el("a", { href: pairHref(id, other), class: "entity" }, bdi(label(other))));
  const byPredicate = (text) => grouped((claim) => claim.predicate, text);
  const bySubject = grouped((claim) => claim.subject, label);
  return [
    over(el("span", null, sign(kind), upper(sort || KINDS[kind][0]))),
    title(bdi(name)),
    el("p", { class: "soft small" }, size, " · ", el("code", null, id)),
    el(
      "dl",
      null,
      row("Also called", names ? bdi(names.join("; ")) : ""),
      row("Identity", of(identity)),
      row("Means", means || ""),
      row("Within", within ? listed(within) : ""),
    ),
    note(notes, "Curator’s note"),
    disputes([...all, ...said]),
    others.length
      ? details(`Joined to ${many(others.length, "entity", "entities")} in the network`, plain(others.map(toPair)))
      : null,
    section("Reported about it", asSubject, byPredicate(label)),
    section("Reported about others in relation to it", asObject, byPredicate(inverse)),
    section("Said by it about others", said, bySubject),
    section("Said on its behalf, through it or about it as a place", mentioned, bySubject),
  ];
}

function articleSheet({ id, label: name, notes }) {
  const {
    publisher,
    authors,
    published,
    origin,
    parents,
    derivation,
    url,
    length,
    passages = [],
  } = articles.get(id) || {};
  const indices = claimsIn.get(id) || [];
  const setAside = passages.filter(([, , reason]) => reason).length;
  const extent = length && `${number(length)} characters, in ${many(passages.length, "passage")}`;
  return [
    over(el("span", null, sign("article"), "Article")),
    title(bdi(name)),
    el(
      "dl",
      null,
      row("Outlet", publisher ? link(publisher) : ""),
      row(authors && authors.length > 1 ? "Authors" : "Author", authors ? listed(authors) : ""),
      row("Published", published || "not known"),
      row("Origin", of(origin)),
      row("Derived from", parents ? [listed(parents), derivation ? ` (${label(derivation)})` : ""] : ""),
      row(
        "Address",
        (url || []).map((address) =>
          el("a", { href: address, rel: "noreferrer noopener", target: "_blank" }, bdi(address)),
        ),
      ),
      row(
        "Text",
        extent ? `${extent}${setAside ? `, ${number(setAside)} of them set aside` : ""}` : "known by name only",
      ),
      row("Claims", number(indices.length)),
    ),
    textBar(id, []),
    note(notes, "Curator’s notes"),
    disputes(indices),
    section("Its claims, in reading order", indices, (own) => cards(own, { bare: true })),
    section("About it, or reported through it", [...(about.get(id) || []), ...(mentions.get(id) || [])], (own) =>
      cards(own),
    ),
  ];
}
// The passages of an article along its text; those of a claim stand out.
function textBar(id, cited) {
  const { length, passages = [] } = articles.get(id) || {};
  if (!length) return null;
  const pieces = passages.map(([start, end, reason]) => {
    const here = cited.some((passage) => passage[1] === start && passage[2] === end);
    const piece = el("i", { class: here ? "here" : reason ? "aside" : "" });
    piece.style.left = `${(start / length) * 100}%`;
    piece.style.width = `${((end - start) / length) * 100}%`;
    return piece;
  });
  return el("div", { class: "text-bar", "aria-hidden": "true" }, pieces);
}

function claimSheet(index) {
  const claim = claims[index];
  const { id, subject, predicate, object, value, wording, passages = [] } = claim;
  const { published, length } = articles.get(claim.article) || {};
  const statement = statementOf.get(index);
  const same = statement ? statement.claims.filter((other) => other !== index) : [];
  const ofId = (name) => (claimIndex.has(name) ? claimLink(claims[claimIndex.get(name)]) : null);
  const links = (ids) => ids.map((name) => el("p", null, ofId(name) || el("a", { href: href(name) }, bdi(name))));
  const naming = (property) => claims.filter((other) => (other[property] || []).includes(id)).map((other) => other.id);
  const compared = (pair) =>
    el(
      "div",
      { class: "clash" },
      el("p", null, badge(pair.verdict), " ", bdi(upper(pair.reason)), "."),
      cards(
        pair.claims.filter((other) => other !== index),
        { calm: true },
      ),
    );
  return [
    over("Claim"),
    el("h2", { class: "says big", tabindex: "-1" }, marks(claim), bdi(claim.label)),
    el(
      "dl",
      null,
      row("Subject", named(subject)),
      row(
        upper(label(predicate)),
        object ? ofId(object) || named(object) : bdi(value || ""),
        object && value ? ` — ${value}` : "",
      ),
      row("Counts", of(claim.counts)),
      row("Only at", claim.where ? link(claim.where) : ""),
      row("When", claim.when ? upper(claim.when) : "undated", wording ? [" ", bdi(`(“${wording}”)`)] : ""),
      row("Speaker", claim.speakers ? listed(claim.speakers) : "the article’s own voice"),
      row("On behalf of", claim.behalf ? listed(claim.behalf) : ""),
      row("Through", claim.via ? listed(claim.via) : ""),
      row("Attribution", of(claim.attribution)),
      row("Basis", of(claim.basis)),
      row("Certainty", of(claim.certainty)),
      row("Modality", [claim.polarity, claim.modality].filter(Boolean).map(label).join(", ")),
      row("Article", link(claim.article), published ? `, ${published}` : ""),
      row("Passage", passage(claim), length ? ` of ${number(length)}` : ""),
    ),
    textBar(claim.article, passages),
    note(claim.notes, "Curator’s note"),
    section("Carried over from", claim.carried, links),
    section("Carried over to", naming("carried"), links),
    section("Corrects", claim.revises, links),
    section("Corrected by", naming("revises"), links),
    section("Claims about this claim", about.get(id), (own) => cards(own)),
    section("Compared with other claims", pairsOf.get(index), (pairs) => pairs.map(compared)),
    section("The same statement elsewhere", same, () => [
      el(
        "p",
        { class: "note" },
        `${many(statement.articles, "article")}, ${many(statement.outlets, "outlet")}, at most ${many(statement.origins, "independent origin")}: `,
        bdi(statement.reason),
        ".",
      ),
      cards(same),
    ]),
    el("p", { class: "soft" }, el("code", null, id)),
  ];
}

function pairSheet([one, other]) {
  const joining = indicesWhere((claim) => [one, other].every((id) => ends(claim).includes(id)));
  const direction = (from, to) =>
    section(
      [bdi(label(from)), " → ", bdi(label(to))],
      joining.filter((index) => claims[index].subject === from && claims[index].object === to),
      grouped((claim) => claim.predicate, label),
    );
  return [
    over("Between two entities"),
    title(bdi(label(one)), el("span", { class: "soft" }, " and "), bdi(label(other))),
    el("p", { class: "small" }, named(one), dot(named(other))),
    disputes(joining),
    direction(one, other),
    direction(other, one),
    joining.length ? null : el("p", { class: "soft" }, "No claim joins them."),
  ];
}
