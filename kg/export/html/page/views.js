// The lists: claims, things, disagreements, timeline.

const view = document.getElementById("view");
const status = document.getElementById("status");
const passed = () => claims.map((_, index) => index).filter((index) => passing[index]);
const head = (title, lead) => [el("h2", { tabindex: "-1" }, title), lead ? el("p", { class: "lead" }, lead) : null];
const none = () =>
  el(
    "p",
    { class: "soft" },
    "Nothing passes the search and the filters. ",
    el("button", { type: "button", class: "button", onclick: clear }, "Clear them"),
  );
const ofAll = (count, all, one, more) =>
  count === all ? many(all, one, more) : `${number(count)} of ${many(all, one, more)}`;

const SORTS = {
  article: ["by article, as it runs", (claim) => claim.article],
  subject: ["by the thing spoken of", (claim) => claim.subject],
  predicate: ["by what is said", (claim) => claim.predicate],
  speaker: ["by speaker", (claim) => (claim.speakers || [""])[0]],
};
let sorting = "article";

function claimList() {
  const pick = SORTS[sorting][1];
  const found = passed();
  const text = (id) => (id ? label(id) : "In the articles’ own voice");
  if (sorting !== "article")
    found.sort((one, two) => text(pick(claims[one])).localeCompare(text(pick(claims[two])), "en") || one - two);
  const sizes = new Map();
  found.forEach((index) => sizes.set(pick(claims[index]), (sizes.get(pick(claims[index])) || 0) + 1));
  const holder = el("ul", { class: "claims read" });
  let last = null;
  const make = (index) => {
    const id = pick(claims[index]);
    const first = id !== last;
    last = id;
    const title = sorting === "predicate" ? upper(text(id)) : id ? named(id) : text(id);
    return [first ? heading(title, sizes.get(id)) : null, card(index, { bare: sorting === "article" })].filter(Boolean);
  };
  const select = el(
    "select",
    {
      id: "sorting",
      onchange: (event) => {
        sorting = event.target.value;
        show();
        document.getElementById("sorting").focus();
      },
    },
    Object.entries(SORTS).map(([name, [title]]) => el("option", { value: name, selected: name === sorting }, title)),
  );
  view.replaceChildren(
    ...[
      head("Claims", "What the articles report, one statement each. Whether it is so, the page does not say."),
      el("p", { class: "sorts" }, el("label", { for: "sorting" }, "Order"), select),
      found.length ? grow(holder, found, make) : none(),
    ]
      .flat(3)
      .filter(Boolean),
  );
  return ofAll(found.length, claims.length, "claim");
}
const heading = (title, count) =>
  el(
    "li",
    { class: "group-li" },
    el("h3", { class: "group-head" }, title, el("span", { class: "count" }, number(count))),
  );

function thingList() {
  const wanted = sought();
  const count = (one) => (about.get(one.id) || []).length + (saidBy.get(one.id) || []).length;
  const inArticle = (one) =>
    one.kind === "article" ? claims.some((claim, index) => passing[index] && claim.article === one.id) : false;
  const touched = new Set(passed().flatMap((index) => [...ends(claims[index]), ...(claims[index].speakers || [])]));
  const found = data.things.filter((one) => {
    if (chosen.kind && one.kind !== chosen.kind) return false;
    if (touched.has(one.id) || inArticle(one))
      return !wanted.length || filtered() || wanted.every((word) => one.hay.includes(word));
    return (
      Object.entries(chosen).every(([name, value]) => !value || name === "kind") &&
      wanted.every((word) => one.hay.includes(word))
    );
  });
  const blocks = Object.entries(KINDS).map(([kind, [, plural]]) => {
    const own = found
      .filter((one) => one.kind === kind)
      .sort((one, two) => count(two) - count(one) || one.label.localeCompare(two.label, "en"));
    if (!own.length) return null;
    const title = el("h3", { class: "group-head" }, plural, el("span", { class: "count" }, number(own.length)));
    const list = el(
      "ul",
      { class: "index" },
      own.map((one) => el("li", null, sign(kind), link(one.id), tell(one, count(one)))),
    );
    if (!FOLDED.includes(kind)) return [title, list];
    return el(
      "details",
      { class: "fold", open: Boolean(wanted.length || chosen.kind) },
      el("summary", null, title),
      list,
    );
  });
  view.replaceChildren(
    ...[
      head("Things", "All that the articles speak of, with the number of claims that are about it or that it makes."),
      found.length ? blocks : none(),
    ]
      .flat(3)
      .filter(Boolean),
  );
  return ofAll(found.length, data.things.length, "thing");
}
function tell(one, count) {
  const own = one.kind === "article" ? claims.filter((claim) => claim.article === one.id).length : count;
  return el(
    "span",
    { class: "count" },
    own ? number(own) : "none",
    el("span", { class: "unseen" }, own === 1 ? " claim" : " claims"),
  );
}

const asked = new Set(HARD);
function pairs() {
  const fits = (one) => one.claims.some((index) => passing[index]);
  const found = data.verdicts.filter((one) => asked.has(one.verdict) && fits(one));
  const chip = (name) => {
    const count = data.verdicts.filter((one) => one.verdict === name && fits(one)).length;
    const all = data.verdicts.some((one) => one.verdict === name);
    return all || HARD.includes(name)
      ? el(
          "label",
          { class: "chip" },
          el("input", {
            type: "checkbox",
            checked: asked.has(name),
            name,
            onchange: (event) => {
              if (event.target.checked) asked.add(name);
              else asked.delete(name);
              show();
              view.querySelector(`input[name="${name}"]`).focus();
            },
          }),
          `${name.replace("-", " ")} (${count})`,
        )
      : null;
  };
  view.replaceChildren(
    ...[
      head(
        "Disagreements",
        "Pairs of claims about one thing, side by side, with a verdict that the graph computes from their values, days and sources. It says how two reports lie to each other, not which is right.",
      ),
      el("fieldset", { class: "chips" }, el("legend", null, "Show"), Object.keys(VERDICTS).map(chip)),
      el(
        "details",
        { class: "note" },
        el("summary", null, "What the verdicts mean"),
        el(
          "dl",
          { class: "meanings" },
          Object.entries(VERDICTS).map(([name, text]) => [el("dt", null, badge(name)), el("dd", null, text)]),
        ),
      ),
      found.length
        ? grow(el("ul"), found, pair)
        : el("p", { class: "soft" }, "No pair with these verdicts passes the search and the filters."),
      data.untold
        ? el(
            "p",
            { class: "soft" },
            `${many(data.untold, "more pair")} only seem to disagree, or agree, and are not told here.`,
          )
        : null,
    ]
      .flat(3)
      .filter(Boolean),
  );
  return ofAll(found.length, data.verdicts.length, "pair");
}
function badge(verdict) {
  return el("span", { class: `mark ${HARD.includes(verdict) ? verdict : "calm"}` }, verdict.replace("-", " "));
}
function pair(one) {
  return el(
    "li",
    { class: "pair" },
    el(
      "h3",
      { class: "about" },
      badge(one.verdict),
      " ",
      named(one.subject),
      el("span", { class: "soft" }, ` · ${label(one.predicate)}`),
    ),
    el("p", { class: "reason" }, bdi(upper(one.reason)), "."),
    el(
      "div",
      { class: "sides" },
      one.claims.map((index) => cards([index], { calm: true })),
    ),
  );
}

function dates() {
  const found = data.timeline.filter((one) => one.claims.some((index) => passing[index]));
  const holder = el("ol", { class: "dates" });
  let year = "";
  const make = (one) => {
    const own = one.first.slice(0, 4);
    const fresh = own !== year;
    year = own;
    return [
      fresh
        ? el(
            "li",
            { class: "year-li" },
            el("h3", { class: "year" }, own),
            el(
              "span",
              { class: "months", "aria-hidden": "true" },
              [..."JFMAMJJASOND"].map((one) => el("i", null, one)),
            ),
          )
        : null,
      moment(one),
    ].filter(Boolean);
  };
  const undated = data.undated.filter((index) => passing[index]).length;
  view.replaceChildren(
    ...[
      head(
        "Timeline",
        "What is reported with a time, in the order of its first possible day. The bar stands in its year: filled where it holds on all of the days, hollow where on one of them at least.",
      ),
      found.length ? grow(holder, found, make) : none(),
      undated
        ? el(
            "p",
            { class: "lead" },
            `${many(undated, "claim")} without a date ${undated === 1 ? "is" : "are"} left out.`,
          )
        : null,
    ]
      .flat(3)
      .filter(Boolean),
  );
  return ofAll(found.length, data.timeline.length, "dated statement");
}
const DAY = 86400000;
function moment(one) {
  const index = one.claims.find((each) => passing[each]);
  const claim = claims[index === undefined ? one.claims[0] : index];
  const start = Date.UTC(Number(one.first.slice(0, 4)), 0, 1);
  const year = Date.UTC(Number(one.first.slice(0, 4)) + 1, 0, 1) - start;
  const from = (Date.parse(one.first) - start) / year;
  const to = (Date.parse(one.last) + DAY - start) / year;
  const bar = el("i", {
    class: [
      one.throughout ? "through" : "",
      claim.state === "held" ? "" : claim.state === "denied" ? "denied" : "unreal",
      to > 1 ? "on" : "",
    ].join(" "),
  });
  bar.style.left = `${Math.min(97, from * 100)}%`;
  bar.style.width = `${Math.max(0, Math.min(1, to) - from) * 100}%`;
  return el(
    "li",
    null,
    el("p", { class: "when" }, upper(one.when)),
    el("div", { class: "strip", "aria-hidden": "true" }, bar),
    el(
      "div",
      null,
      el("p", { class: "says" }, marks(claim), el("a", { href: href(claim.id) }, bdi(claim.label))),
      el(
        "p",
        { class: "meta" },
        who(claim),
        el("span", { class: "dot" }, link(claim.article)),
        one.claims.length > 1
          ? el("span", { class: "dot" }, `and ${many(one.claims.length - 1, "other claim")}`)
          : null,
      ),
    ),
  );
}
