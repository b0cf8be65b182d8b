// The panel beside the view: how to read the page, or all that is known of what was opened.

const panel = document.getElementById("panel");
const opened = { view: "network", thing: null, bond: null, claim: null };
const close = () => el("a", { href: `#${opened.view}`, class: "close" }, "Close");
const over = (...parts) => el("p", { class: "over" }, ...parts, close());
const title = (text) => el("h2", { tabindex: "-1" }, bdi(text));
const note = (texts, summary) =>
  texts && texts.length
    ? el(
        "details",
        { class: "note" },
        el("summary", null, summary),
        texts.map((text) => el("p", null, bdi(text))),
      )
    : null;
const row = (name, ...value) => (value.flat().some(Boolean) ? [el("dt", null, name), el("dd", null, ...value)] : null);

function start() {
  const top = picture.nodes
    .map((one) => one[0])
    .sort((one, two) => about.get(two).length - about.get(one).length)
    .slice(0, 8);
  const read = data.articles.filter((one) => one.length);
  const sample = (mark, code, extra) =>
    data.codes[code]
      ? el(
          "li",
          null,
          el("span", { class: `mark ${mark}` }, extra || data.codes[code].label),
          el("span", { class: "small soft" }, ` ${data.codes[code].definition}`),
        )
      : null;
  panel.replaceChildren(
    el("h2", null, "How to read this"),
    el(
      "p",
      null,
      "Nothing here is stated as a fact. Every line says that an article reports that somebody said so, and at which characters of its text.",
    ),
    el("h3", null, "Begin with"),
    el(
      "ul",
      { class: "plain" },
      top.map((id) =>
        el("li", null, named(id), el("span", { class: "soft small" }, ` · ${many(about.get(id).length, "claim")}`)),
      ),
    ),
    el("h3", null, "Articles"),
    el(
      "ul",
      { class: "plain" },
      read.map((one) =>
        el(
          "li",
          null,
          named(one.id),
          el(
            "span",
            { class: "soft small" },
            one.publisher ? ` · ${label(one.publisher)}` : "",
            one.published ? `, ${one.published}` : "",
          ),
        ),
      ),
    ),
    el("h3", null, "Marks"),
    el(
      "ul",
      { class: "plain" },
      sample("denied", "kg:Denied"),
      sample("planned", "kg:Planned"),
      sample("hoped", "kg:Hoped"),
      sample("hypothetical", "kg:Hypothetical"),
      ["kg:Probable", "kg:Possible", "kg:Unconfirmed"].map((code) => sample("unsure", code)),
    ),
    el(
      "p",
      { class: "note" },
      "Certainty is that of the source, not of whoever made this page. Verdicts and numbers of origins are computed; an origin is counted as independent until something shows that it is not, so the number is an upper bound.",
    ),
  );
}

function clashes(indices) {
  const found = [...new Set(indices.flatMap(hard))];
  return found.length
    ? [
        el("h3", null, many(found.length, "disagreement")),
        found.map((one) =>
          el(
            "p",
            { class: "clash" },
            badge(one.verdict),
            " ",
            bdi(upper(one.reason)),
            ". ",
            el(
              "span",
              { class: "small" },
              one.claims.map((index, place) => [
                place ? " against " : "",
                el("a", { href: href(claims[index].id) }, place ? "the other" : "one"),
              ]),
            ),
          ),
        ),
      ]
    : null;
}
function grouped(indices, pickOut, words) {
  const groups = new Map();
  indices.forEach((index) => push(groups, pickOut(claims[index]), index));
  return [...groups]
    .sort((one, two) => words(one[0]).localeCompare(words(two[0]), "en"))
    .map(([id, own]) => [el("h4", null, upper(words(id))), cards(own)]);
}

function dossier(one) {
  const asSubject = (about.get(one.id) || []).filter((index) => claims[index].subject === one.id);
  const asObject = (about.get(one.id) || []).filter((index) => claims[index].subject !== one.id);
  const said = (saidBy.get(one.id) || []).filter((index) => !asSubject.includes(index) && !asObject.includes(index));
  const handled = (used.get(one.id) || []).filter(
    (index) => !asSubject.includes(index) && !asObject.includes(index) && !said.includes(index),
  );
  const all = [...asSubject, ...asObject];
  const inverse = (id) => (data.predicates[id] || {}).inverse || label(id);
  const near = bonds.filter((bond) => bond.ends.includes(one.id));
  const others = [...new Set(near.flatMap((bond) => bond.ends.filter((id) => id !== one.id)))].sort((a, b) =>
    label(a).localeCompare(label(b), "en"),
  );
  const from = new Set(all.map((index) => claims[index].article)).size;
  return [
    over(el("span", null, sign(one.kind), one.sort ? upper(one.sort) : KINDS[one.kind][0])),
    title(one.label),
    el(
      "p",
      { class: "soft small" },
      all.length
        ? `${many(all.length, "claim")} in ${many(from, "article")}`
        : said.length
          ? "No article says anything of it but what it says itself"
          : "No article says anything of it",
      " · ",
      el("code", null, one.id),
    ),
    el(
      "dl",
      null,
      row("Also called", bdi((one.names || []).join("; "))),
      row("Identity", one.identity ? label(one.identity) : ""),
      row("Stands for", one.means || ""),
      row("Within", one.within ? listed(one.within) : ""),
    ),
    note(one.notes, "Curator’s note"),
    clashes([...all, ...said]),
    others.length
      ? el(
          "details",
          { class: "note" },
          el("summary", null, `Joined to ${many(others.length, "thing")} in the network`),
          el(
            "ul",
            { class: "plain" },
            others.map((id) =>
              el("li", null, sign(kindOf(id)), el("a", { href: bondHref(one.id, id), class: "thing" }, bdi(label(id)))),
            ),
          ),
        )
      : null,
    asSubject.length
      ? [el("h3", null, "What is reported of it"), grouped(asSubject, (claim) => claim.predicate, label)]
      : null,
    asObject.length
      ? [el("h3", null, "What is reported of others with it"), grouped(asObject, (claim) => claim.predicate, inverse)]
      : null,
    said.length ? [el("h3", null, "What it says of others"), grouped(said, (claim) => claim.subject, label)] : null,
    handled.length
      ? [
          el("h3", null, "Said on its behalf, through it or of it as a place"),
          grouped(handled, (claim) => claim.subject, label),
        ]
      : null,
  ];
}

function articleSheet(one) {
  const own = articles.get(one.id) || {};
  const indices = claims.map((_, index) => index).filter((index) => claims[index].article === one.id);
  const aside = (own.passages || []).filter((each) => each[2]).length;
  return [
    over(el("span", null, sign("article"), "Article")),
    title(one.label),
    el(
      "dl",
      null,
      row("Outlet", own.publisher ? link(own.publisher) : ""),
      row(own.authors && own.authors.length > 1 ? "Authors" : "Author", own.authors ? listed(own.authors) : ""),
      row("Published", own.published || "", own.published ? "" : "not known"),
      row("Origin", own.origin ? label(own.origin) : ""),
      row("Made from", own.parents ? [listed(own.parents), own.derivation ? ` (${label(own.derivation)})` : ""] : ""),
      row(
        "Address",
        (own.url || []).map((url) => el("a", { href: url, rel: "noreferrer noopener", target: "_blank" }, bdi(url))),
      ),
      row(
        "Text",
        own.length
          ? `${number(own.length)} characters, in ${many((own.passages || []).length, "passage")}${aside ? `, ${number(aside)} of them set aside` : ""}`
          : "known by name only",
      ),
      row("Claims", number(indices.length)),
    ),
    own.length ? bar(own, []) : null,
    note(one.notes, "Curator’s notes"),
    clashes(indices),
    indices.length ? [el("h3", null, "Its claims, as the text runs"), cards(indices, { bare: true })] : null,
    about.get(one.id) || used.get(one.id)
      ? [
          el("h3", null, "Spoken of, or handed on by it"),
          cards([...(about.get(one.id) || []), ...(used.get(one.id) || [])]),
        ]
      : null,
  ];
}
function bar(own, here) {
  const holder = el("div", { class: "text-bar", "aria-hidden": "true" });
  for (const [start, end, aside] of own.passages || []) {
    const on = here.some((one) => one[1] === start && one[2] === end);
    const piece = el("i", { class: on ? "here" : aside ? "aside" : "" });
    piece.style.left = `${(start / own.length) * 100}%`;
    piece.style.width = `${((end - start) / own.length) * 100}%`;
    holder.append(piece);
  }
  return holder;
}

function claimSheet(index) {
  const claim = claims[index];
  const own = articles.get(claim.article) || {};
  const rest = restsOn.get(index);
  const alike = rest ? rest.claims.filter((other) => other !== index) : [];
  const pairsHere = judged.get(index) || [];
  const ways = (ids) =>
    ids.map((id) =>
      el("p", null, el("a", { href: href(id) }, bdi(claimOf.has(id) ? claims[claimOf.get(id)].label : id))),
    );
  const revised = claims.filter((other) => (other.revises || []).includes(claim.id)).map((other) => other.id);
  const onward = claims.filter((other) => (other.carried || []).includes(claim.id)).map((other) => other.id);
  const comments = about.get(claim.id) || [];
  const objectText = claim.object
    ? claimOf.has(claim.object)
      ? el("a", { href: href(claim.object) }, bdi(claims[claimOf.get(claim.object)].label))
      : named(claim.object)
    : bdi(claim.value || "");
  return [
    over("Claim"),
    el("h2", { class: "says big", tabindex: "-1" }, marks(claim), bdi(claim.label)),
    el(
      "dl",
      null,
      row("Of", named(claim.subject)),
      row(upper(label(claim.predicate)), objectText, claim.object && claim.value ? ` — ${claim.value}` : ""),
      row("Counts", claim.counts ? label(claim.counts) : ""),
      row("Only at", claim.where ? link(claim.where) : ""),
      row("When", claim.when ? upper(claim.when) : "undated", claim.wording ? [" ", bdi(`(“${claim.wording}”)`)] : ""),
      row("Speaker", claim.speakers ? listed(claim.speakers) : "the article’s own voice"),
      row("For", claim.behalf ? listed(claim.behalf) : ""),
      row("Through", claim.via ? listed(claim.via) : ""),
      row("Form", claim.attribution ? label(claim.attribution) : ""),
      row("Knows by", claim.basis ? label(claim.basis) : ""),
      row("Certainty", claim.certainty ? label(claim.certainty) : ""),
      row("Put as", [claim.polarity, claim.modality].filter(Boolean).map(label).join(", ")),
      row("Article", link(claim.article), own.published ? `, ${own.published}` : ""),
      row("Passage", passage(claim), own.length ? ` of ${number(own.length)}` : ""),
    ),
    own.length ? bar(own, claim.passages || []) : null,
    note(claim.notes, "Curator’s note"),
    claim.carried ? [el("h3", null, "Carried over from"), ways(claim.carried)] : null,
    onward.length ? [el("h3", null, "Carried on in"), ways(onward)] : null,
    claim.revises ? [el("h3", null, "Corrects"), ways(claim.revises)] : null,
    revised.length ? [el("h3", null, "Corrected by"), ways(revised)] : null,
    comments.length ? [el("h3", null, "What others say to it"), cards(comments)] : null,
    pairsHere.length
      ? [
          el("h3", null, "Beside other claims"),
          pairsHere.map((one) =>
            el(
              "div",
              { class: "clash" },
              el("p", null, badge(one.verdict), " ", bdi(upper(one.reason)), "."),
              cards(
                one.claims.filter((other) => other !== index),
                { calm: true },
              ),
            ),
          ),
        ]
      : null,
    alike.length
      ? [
          el("h3", null, "Said the same elsewhere"),
          el(
            "p",
            { class: "note" },
            `${many(rest.articles, "article")}, ${many(rest.outlets, "outlet")}, at most ${many(rest.origins, "independent origin")}: `,
            bdi(rest.reason),
            ".",
          ),
          cards(alike),
        ]
      : null,
    el("p", { class: "soft" }, el("code", null, claim.id)),
  ];
}

function bondSheet([one, two]) {
  const own = claims
    .map((_, index) => index)
    .filter((index) => {
      const pair = ends(claims[index]);
      return pair.includes(one) && pair.includes(two);
    });
  const way = (from, to) => own.filter((index) => claims[index].subject === from && claims[index].object === to);
  return [
    over("Between two things"),
    el("h2", { tabindex: "-1" }, bdi(label(one)), el("span", { class: "soft" }, " and "), bdi(label(two))),
    el("p", { class: "small" }, named(one), el("span", { class: "dot" }, named(two))),
    clashes(own),
    [
      [one, two],
      [two, one],
    ].map(([from, to]) =>
      way(from, to).length
        ? [
            el("h3", null, bdi(label(from)), " → ", bdi(label(to))),
            grouped(way(from, to), (claim) => claim.predicate, label),
          ]
        : null,
    ),
    own.length ? null : el("p", { class: "soft" }, "No claim joins them."),
  ];
}
