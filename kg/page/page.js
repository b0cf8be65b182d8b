"use strict";
(() => {
  // --- Words of the page ---

  const KINDS = {
    person: ["Person", "People"], group: ["Group", "Groups"], organisation: ["Organisation", "Organisations"],
    unit: ["Unit", "Units"], event: ["Event", "Events"], place: ["Place", "Places"], topic: ["Topic", "Topics"],
    quantity: ["Amount", "Amounts"], article: ["Article", "Articles"],
  };
  const FOLDED = ["topic", "quantity"];
  const STATES = ["held", "planned", "hoped", "hypothetical", "denied"];
  const VERDICTS = {
    contradiction: "Both cannot be so.",
    tension: "Both could not be so, but one is undated or not put as certain.",
    drift: "Something changed on the way from one article to another.",
    revision: "The same voice says otherwise later.",
    spread: "The numbers differ, but no more than counts tend to.",
    "different-time": "They speak of different days.",
    "different-scope": "They count or place different things.",
    refinement: "They agree, and one is more exact.",
    agreement: "They agree.",
    echo: "They agree, but come from one source.",
  };
  const HARD = ["contradiction", "tension", "drift", "revision"];
  const VIEWS = { network: "Network", things: "Things", claims: "Claims", disagreements: "Disagreements", timeline: "Timeline" };
  // A list grows by so many at once, so that a page of thousands opens at once.
  const LOT = 60;

  // --- The data, and what is looked up in them ---

  const data = JSON.parse(document.getElementById("data").textContent);
  const claims = data.claims;
  const things = new Map(data.things.map((one) => [one.id, one]));
  const articles = new Map(data.articles.map((one) => [one.id, one]));
  const claimOf = new Map(claims.map((one, index) => [one.id, index]));
  const about = new Map();
  const saidBy = new Map();
  const judged = new Map();
  const restsOn = new Map();
  const used = new Map();

  const push = (map, key, value) => { if (map.has(key)) map.get(key).push(value); else map.set(key, [value]); };
  const label = (id) => (things.get(id) || data.predicates[id] || data.codes[id] || { label: id }).label;
  const kindOf = (id) => (things.get(id) || {}).kind;
  const number = (count) => count.toLocaleString("en-GB");
  const many = (count, one, more) => `${number(count)} ${count === 1 ? one : more || one + "s"}`;
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const upper = (text) => text.charAt(0).toUpperCase() + text.slice(1);
  // Signs that nobody sees become pictures of themselves; the others are isolated by bdi.
  const seen = (text) => String(text).replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, (sign) => sign === "\u007f" ? "\u2421" : String.fromCharCode(0x2400 + sign.charCodeAt(0)));

  function state(claim) {
    if (claim.polarity === "kg:Denied") return "denied";
    const found = (claim.modality || "").replace("kg:", "").toLowerCase();
    return STATES.includes(found) ? found : "held";
  }

  claims.forEach((claim, index) => {
    push(about, claim.subject, index);
    if (claim.object && claim.object !== claim.subject) push(about, claim.object, index);
    if (claim.where && claim.where !== claim.subject && claim.where !== claim.object) push(used, claim.where, index);
    for (const who of claim.speakers || []) push(saidBy, who, index);
    for (const who of [...(claim.behalf || []), ...(claim.via || [])]) push(used, who, index);
    const names = [claim.subject, claim.object, claim.where, ...(claim.speakers || []), ...(claim.behalf || [])].filter(Boolean);
    const words = names.flatMap((id) => [label(id), ...((things.get(id) || {}).names || [])]);
    claim.hay = fold([claim.label, label(claim.predicate), claim.value, claim.wording, claim.id, ...words].filter(Boolean).join(" \n "));
    claim.state = state(claim);
  });
  for (const one of data.things) one.hay = fold([one.label, ...(one.names || []), one.id].join(" \n "));
  data.verdicts.forEach((one) => one.claims.forEach((index) => push(judged, index, one)));
  data.statements.forEach((one) => one.claims.forEach((index) => restsOn.set(index, one)));
  const hard = (index) => (judged.get(index) || []).filter((one) => HARD.includes(one.verdict));

  // --- Building, by text only: nothing of the data is ever read as markup ---

  const SVG = "http://www.w3.org/2000/svg";
  function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
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
  const shape = (kind, radius, extra) => draw("path", { d: SHAPES[kind] || SHAPES.topic, transform: `scale(${radius})`, class: `shape k-${kind}${extra || ""}` });
  const sign = (kind) => draw("svg", { class: "kind", viewBox: "-1.2 -1.2 2.4 2.4", "aria-hidden": "true" }, shape(kind, 1));
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
    if (claim.certainty && claim.certainty !== "kg:Certain") found.push(el("span", { class: "mark unsure" }, label(claim.certainty)));
    return found;
  }

  function who(claim) {
    const voice = claim.attribution ? label(claim.attribution) : "";
    if (!claim.speakers) return [claim.attribution === "kg:Unattributed" ? "In the article’s own voice" : upper(voice || "no speaker named"), through(claim)];
    return ["Said by ", listed(claim.speakers), claim.behalf ? [" for ", listed(claim.behalf)] : null, through(claim), el("span", { class: "dot" }, voice)];
  }
  const through = (claim) => claim.via ? [", through ", listed(claim.via)] : null;
  function passage(claim) {
    const found = (claim.passages || []).map(([, start, end]) => `${number(start)}–${number(end)}`);
    return found.length ? `characters ${found.join(" and ")}` : "no passage";
  }
  function scope(claim) {
    const parts = [];
    if (claim.value && claim.object) parts.push(el("b", null, bdi(claim.value)));
    else if (claim.counts) parts.push(el("b", null, `counts: ${label(claim.counts)}`));
    if (claim.when) parts.push(el("b", null, upper(claim.when)), claim.wording ? [" (", bdi(`“${claim.wording}”`), ")"] : "");
    else parts.push("undated");
    if (claim.where) parts.push(["only at ", link(claim.where)]);
    if (claim.certainty === "kg:Certain") parts.push("certain");
    return parts.filter((part) => part !== "").map((part, place) => place && !(Array.isArray(part) && part[0] === " (") ? el("span", { class: "dot" }, part) : part);
  }

  function card(index, options) {
    const claim = claims[index];
    const bare = options && options.bare;
    const plain = claim.state === "held" ? "" : claim.state === "denied" ? "denied" : `not-held ${claim.state}`;
    const others = restsOn.has(index) ? restsOn.get(index).claims.length - 1 : 0;
    const clashes = hard(index);
    const published = (articles.get(claim.article) || {}).published;
    return el("li", { class: plain || null },
      el("p", { class: "says" }, marks(claim), el("a", { href: href(claim.id) }, bdi(claim.label))),
      el("p", { class: "meta" }, who(claim)),
      el("p", { class: "meta" }, scope(claim), bare ? el("span", { class: "dot" }, passage(claim)) : null),
      bare ? null : el("p", { class: "meta" }, link(claim.article), published ? el("span", { class: "dot" }, `published ${published}`) : null, el("span", { class: "dot" }, passage(claim))),
      others ? el("p", { class: "meta" }, `Also in ${many(others, "other claim")}; at most ${many(restsOn.get(index).origins, "independent origin")}`) : null,
      clashes.length && !(options && options.calm) ? el("p", { class: "meta" }, el("a", { href: href(claim.id) }, `Disputed: ${clashes.map((one) => one.verdict).join(", ")}`)) : null);
  }
  const cards = (indices, options) => el("ul", { class: "claims" }, indices.map((index) => card(index, options)));

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
  addEventListener("beforeprint", () => {
    growing.forEach((all) => all());
    document.querySelectorAll("main details, .panel details").forEach((one) => { one.open = true; });
  });

  // --- Search and filters ---

  const words = document.getElementById("words");
  const chosen = {};
  let passing = new Uint8Array(claims.length).fill(1);
  let hits = claims.length;

  const tally = (pick) => {
    const counts = new Map();
    claims.forEach((claim) => new Set([pick(claim)].flat()).forEach((id) => { if (id) counts.set(id, (counts.get(id) || 0) + 1); }));
    return counts;
  };
  const ends = (claim) => [claim.subject, claim.object].filter(Boolean);
  const FACETS = {
    kind: ["Speaks of a", (claim) => ends(claim).map(kindOf), (id) => KINDS[id][0].toLowerCase()],
    unit: ["Unit", (claim) => ends(claim).filter((id) => kindOf(id) === "unit"), label],
    article: ["Article", (claim) => claim.article, label],
    predicate: ["Says what", (claim) => claim.predicate, label],
    certainty: ["Certainty of the source", (claim) => claim.certainty, label],
    modality: ["Put as", (claim) => claim.modality, label],
    polarity: ["Affirmed or denied", (claim) => claim.polarity, label],
  };

  function fields() {
    const holder = document.getElementById("fields");
    for (const [name, [title, pick, words]] of Object.entries(FACETS)) {
      const options = [...tally(pick)].sort((one, two) => words(one[0]).localeCompare(words(two[0]), "en"));
      holder.append(el("div", { class: "field" }, el("label", { for: `f-${name}` }, title),
        el("select", { id: `f-${name}`, name, onchange: (event) => { chosen[name] = event.target.value; sift(); } },
          el("option", { value: "" }, "any"),
          options.map(([id, count]) => el("option", { value: id }, `${seen(words(id))} (${number(count)})`)))));
    }
    const days = data.timeline.flatMap((one) => [one.first, one.last]).sort();
    const when = (name, title) => el("input", {
      id: `f-${name}`, type: "date", "aria-label": title, min: days[0], max: days[days.length - 1],
      oninput: (event) => { chosen[name] = event.target.value; sift(); },
    });
    holder.append(el("fieldset", { class: "field" }, el("legend", null, "Holds between (undated are left out)"),
      el("div", { class: "pairwise" }, when("from", "From this day"), when("until", "Until this day"))));
  }

  function matches(claim, sought) {
    for (const [name, [, pick]] of Object.entries(FACETS)) {
      if (chosen[name] && ![pick(claim)].flat().includes(chosen[name])) return false;
    }
    if (chosen.from && !(claim.last >= chosen.from)) return false;
    if (chosen.until && !(claim.first <= chosen.until)) return false;
    return sought.every((word) => claim.hay.includes(word));
  }
  const sought = () => fold(words.value).split(/\s+/).filter(Boolean);
  const filtered = () => Object.values(chosen).some(Boolean);

  function sift() {
    const wanted = sought();
    hits = 0;
    claims.forEach((claim, index) => { passing[index] = matches(claim, wanted) ? 1 : 0; hits += passing[index]; });
    const on = Object.values(chosen).filter(Boolean).length;
    document.getElementById("active").textContent = on ? `· ${on} on` : "";
    document.querySelectorAll("#fields select, #fields input").forEach((field) => field.closest(".field").classList.toggle("on", Boolean(field.value)));
    suggest(wanted);
    show();
  }
  function suggest(wanted) {
    const holder = document.getElementById("named");
    const found = wanted.length ? data.things.filter((one) => wanted.every((word) => one.hay.includes(word))) : [];
    const rank = (one) => (fold(one.label).startsWith(wanted[0]) ? 1e6 : 0) + (about.get(one.id) || []).length;
    found.sort((one, two) => rank(two) - rank(one));
    holder.replaceChildren(...(found.length ? [el("ul", { "aria-label": "Things of this name" },
      found.slice(0, 6).map((one) => el("li", null, el("a", { href: href(one.id) }, sign(one.kind), bdi(one.label)))))] : []));
  }
  function clear() {
    words.value = "";
    for (const name of Object.keys(chosen)) delete chosen[name];
    document.querySelectorAll("#fields select, #fields input").forEach((field) => { field.value = ""; });
    sift();
  }

  // --- Views ---

  const view = document.getElementById("view");
  const status = document.getElementById("status");
  const passed = () => claims.map((_, index) => index).filter((index) => passing[index]);
  const head = (title, lead) => [el("h2", { tabindex: "-1" }, title), lead ? el("p", { class: "lead" }, lead) : null];
  const none = () => el("p", { class: "soft" }, "Nothing passes the search and the filters. ",
    el("button", { type: "button", class: "button", onclick: clear }, "Clear them"));
  const ofAll = (count, all, one, more) => count === all ? many(all, one, more) : `${number(count)} of ${many(all, one, more)}`;

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
    const text = (id) => id ? label(id) : "In the articles’ own voice";
    if (sorting !== "article") found.sort((one, two) => text(pick(claims[one])).localeCompare(text(pick(claims[two])), "en") || one - two);
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
    const select = el("select", { id: "sorting", onchange: (event) => { sorting = event.target.value; show(); document.getElementById("sorting").focus(); } },
      Object.entries(SORTS).map(([name, [title]]) => el("option", { value: name, selected: name === sorting }, title)));
    view.replaceChildren(...[head("Claims", "What the articles report, one statement each. Whether it is so, the page does not say."),
      el("p", { class: "sorts" }, el("label", { for: "sorting" }, "Order"), select),
      found.length ? grow(holder, found, make) : none()].flat(3).filter(Boolean));
    return ofAll(found.length, claims.length, "claim");
  }
  const heading = (title, count) => el("li", { class: "group-li" }, el("h3", { class: "group-head" }, title, el("span", { class: "count" }, number(count))));

  function thingList() {
    const wanted = sought();
    const count = (one) => (about.get(one.id) || []).length + (saidBy.get(one.id) || []).length;
    const inArticle = (one) => one.kind === "article" ? claims.some((claim, index) => passing[index] && claim.article === one.id) : false;
    const touched = new Set(passed().flatMap((index) => [...ends(claims[index]), ...(claims[index].speakers || [])]));
    const found = data.things.filter((one) => {
      if (chosen.kind && one.kind !== chosen.kind) return false;
      if (touched.has(one.id) || inArticle(one)) return !wanted.length || filtered() || wanted.every((word) => one.hay.includes(word));
      return Object.entries(chosen).every(([name, value]) => !value || name === "kind") && wanted.every((word) => one.hay.includes(word));
    });
    const blocks = Object.entries(KINDS).map(([kind, [, plural]]) => {
      const own = found.filter((one) => one.kind === kind).sort((one, two) => count(two) - count(one) || one.label.localeCompare(two.label, "en"));
      if (!own.length) return null;
      const title = el("h3", { class: "group-head" }, plural, el("span", { class: "count" }, number(own.length)));
      const list = el("ul", { class: "index" }, own.map((one) => el("li", null, sign(kind), link(one.id), tell(one, count(one)))));
      if (!FOLDED.includes(kind)) return [title, list];
      return el("details", { class: "fold", open: Boolean(wanted.length || chosen.kind) }, el("summary", null, title), list);
    });
    view.replaceChildren(...[head("Things", "All that the articles speak of, with the number of claims that are about it or that it makes."), found.length ? blocks : none()].flat(3).filter(Boolean));
    return ofAll(found.length, data.things.length, "thing");
  }
  function tell(one, count) {
    const own = one.kind === "article" ? claims.filter((claim) => claim.article === one.id).length : count;
    return el("span", { class: "count" }, own ? number(own) : "none", el("span", { class: "unseen" }, own === 1 ? " claim" : " claims"));
  }

  const asked = new Set(HARD);
  function pairs() {
    const fits = (one) => one.claims.some((index) => passing[index]);
    const found = data.verdicts.filter((one) => asked.has(one.verdict) && fits(one));
    const chip = (name) => {
      const count = data.verdicts.filter((one) => one.verdict === name && fits(one)).length;
      const all = data.verdicts.some((one) => one.verdict === name);
      return all || HARD.includes(name) ? el("label", { class: "chip" },
        el("input", { type: "checkbox", checked: asked.has(name), name, onchange: (event) => { if (event.target.checked) asked.add(name); else asked.delete(name); show(); view.querySelector(`input[name="${name}"]`).focus(); } }),
        `${name.replace("-", " ")} (${count})`) : null;
    };
    view.replaceChildren(...[head("Disagreements", "Pairs of claims about one thing, side by side, with a verdict that the graph computes from their values, days and sources. It says how two reports lie to each other, not which is right."),
      el("fieldset", { class: "chips" }, el("legend", null, "Show"), Object.keys(VERDICTS).map(chip)),
      el("details", { class: "note" }, el("summary", null, "What the verdicts mean"), el("dl", { class: "meanings" }, Object.entries(VERDICTS).map(([name, text]) => [el("dt", null, badge(name)), el("dd", null, text)]))),
      found.length ? grow(el("ul"), found, pair) : el("p", { class: "soft" }, "No pair with these verdicts passes the search and the filters."),
      data.untold ? el("p", { class: "soft" }, `${many(data.untold, "more pair")} only seem to disagree, or agree, and are not told here.`) : null].flat(3).filter(Boolean));
    return ofAll(found.length, data.verdicts.length, "pair");
  }
  function badge(verdict) {
    return el("span", { class: `mark ${HARD.includes(verdict) ? verdict : "calm"}` }, verdict.replace("-", " "));
  }
  function pair(one) {
    return el("li", { class: "pair" },
      el("h3", { class: "about" }, badge(one.verdict), " ", named(one.subject), el("span", { class: "soft" }, ` · ${label(one.predicate)}`)),
      el("p", { class: "reason" }, bdi(upper(one.reason)), "."),
      el("div", { class: "sides" }, one.claims.map((index) => cards([index], { calm: true }))));
  }

  function dates() {
    const found = data.timeline.filter((one) => one.claims.some((index) => passing[index]));
    const holder = el("ol", { class: "dates" });
    let year = "";
    const make = (one) => {
      const own = one.first.slice(0, 4);
      const fresh = own !== year;
      year = own;
      return [fresh ? el("li", { class: "year-li" }, el("h3", { class: "year" }, own), el("span", { class: "months", "aria-hidden": "true" }, [..."JFMAMJJASOND"].map((one) => el("i", null, one)))) : null, moment(one)].filter(Boolean);
    };
    const undated = data.undated.filter((index) => passing[index]).length;
    view.replaceChildren(...[head("Timeline", "What is reported with a time, in the order of its first possible day. The bar stands in its year: filled where it holds on all of the days, hollow where on one of them at least."),
      found.length ? grow(holder, found, make) : none(),
      undated ? el("p", { class: "lead" }, `${many(undated, "claim")} without a date ${undated === 1 ? "is" : "are"} left out.`) : null].flat(3).filter(Boolean));
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
    const bar = el("i", { class: [one.throughout ? "through" : "", claim.state === "held" ? "" : claim.state === "denied" ? "denied" : "unreal", to > 1 ? "on" : ""].join(" ") });
    bar.style.left = `${Math.min(97, from * 100)}%`;
    bar.style.width = `${Math.max(0, Math.min(1, to) - from) * 100}%`;
    return el("li", null,
      el("p", { class: "when" }, upper(one.when)),
      el("div", { class: "strip", "aria-hidden": "true" }, bar),
      el("div", null,
        el("p", { class: "says" }, marks(claim), el("a", { href: href(claim.id) }, bdi(claim.label))),
        el("p", { class: "meta" }, who(claim), el("span", { class: "dot" }, link(claim.article)),
          one.claims.length > 1 ? el("span", { class: "dot" }, `and ${many(one.claims.length - 1, "other claim")}`) : null)));
  }

  // --- Network ---

  const picture = data.picture;
  const spots = new Map(picture.nodes.map((one) => [one[0], one]));
  // One line for each two things and each state; what is denied or hoped never merges with what is put as fact.
  const bonds = (() => {
    const found = new Map();
    for (const one of data.statements) {
      if (!one.target || !spots.has(one.subject) || !spots.has(one.target)) continue;
      const how = claims[one.claims[0]].state;
      const key = [...[one.subject, one.target].sort(), how].join(" ");
      if (!found.has(key)) found.set(key, { ends: [one.subject, one.target], how, claims: [], origins: 0 });
      found.get(key).claims.push(...one.claims);
      found.get(key).origins += one.origins;
    }
    const between = new Map();
    for (const one of found.values()) push(between, [...one.ends].sort().join(" "), one);
    for (const group of between.values()) group.forEach((one, place) => { one.bend = (place - (group.length - 1) / 2) * 26; });
    return [...found.values()];
  })();

  const net = { built: null, box: null, current: null };
  const bondTitle = (one) => `${label(one.ends[0])} and ${label(one.ends[1])}: ${[...new Set(one.claims.map((index) => label(claims[index].predicate)))].join(", ")}${one.how === "held" ? "" : ` (${one.how})`}`;

  function build() {
    const tip = el("div", { class: "tip", hidden: true, "aria-hidden": "true" });
    const canvas = draw("g", null);
    const stage = draw("svg", { class: "drawing", role: "group", "aria-labelledby": "net-title", "aria-describedby": "net-help", preserveAspectRatio: "xMidYMid meet" }, canvas);
    for (const one of bonds) {
      const [, x1, y1] = spots.get(one.ends[0]);
      const [, x2, y2] = spots.get(one.ends[1]);
      const length = Math.hypot(x2 - x1, y2 - y1) || 1;
      const middle = [(x1 + x2) / 2 - ((y2 - y1) / length) * one.bend, (y1 + y2) / 2 + ((x2 - x1) / length) * one.bend];
      const d = one.bend ? `M${x1} ${y1}Q${middle[0]} ${middle[1]} ${x2} ${y2}` : `M${x1} ${y1}L${x2} ${y2}`;
      const at = one.bend ? [(x1 + x2) / 4 + middle[0] / 2, (y1 + y2) / 4 + middle[1] / 2] : middle;
      const disputed = one.claims.some((index) => hard(index).length) ? " disputed" : "";
      one.node = draw("g", { class: "bond" }, draw("path", { d, class: "grab" }), draw("path", { d, class: `link ${one.how}${disputed}` }),
        one.how === "denied" ? draw("path", { d: `M${at[0] - 5} ${at[1] - 5}l10 10m-10 0l10-10`, class: "cross" }) : null);
      one.node.querySelector(".link").style.strokeWidth = `${[0, 1.1, 2, 3][Math.min(3, one.origins)]}px`;
      one.node.addEventListener("click", () => { if (!net.moved) location.hash = bondHref(...one.ends); });
      one.node.addEventListener("pointerenter", (event) => hint(tip, stage, event, bondTitle(one)));
      one.node.addEventListener("pointerleave", () => { tip.hidden = true; });
      canvas.append(one.node);
    }
    const nodes = [...picture.nodes].sort((one, two) => two[3] - one[3]).map(([id, x, y, radius, lines]) => {
      const count = (about.get(id) || []).length;
      const text = draw("text", { "aria-hidden": "true" }, lines.map((line, place) => draw("tspan", { x: 0, dy: place ? "1.15em" : 0 }, seen(line))));
      const node = draw("a", { class: "node", href: href(id), tabindex: "-1", transform: `translate(${x} ${y})`, "aria-label": `${label(id)}, ${KINDS[kindOf(id)][0].toLowerCase()}, ${many(count, "claim")}` },
        draw("circle", { class: "ring", r: radius + 5 }), shape(kindOf(id), radius), text);
      const entry = { id, x, y, radius, lines, node, text, kind: kindOf(id) };
      node.addEventListener("click", (event) => { if (net.moved) event.preventDefault(); });
      node.addEventListener("focus", () => { rove(entry); reveal(entry); });
      node.addEventListener("pointerenter", (event) => { if (entry.node.classList.contains("mute") || lines.join(" ") !== label(id)) hint(tip, stage, event, label(id)); });
      node.addEventListener("pointerleave", () => { tip.hidden = true; });
      node.addEventListener("dragstart", (event) => event.preventDefault());
      return entry;
    });
    // The largest is drawn last, and lies on top.
    canvas.append(...[...nodes].reverse().map((one) => one.node));
    const holder = el("div", { class: "stage" }, stage, tip, el("div", { class: "tools" },
      el("button", { type: "button", class: "button", "aria-label": "Zoom in", title: "Zoom in", onclick: () => zoom(1.35) }, "+"),
      el("button", { type: "button", class: "button", "aria-label": "Zoom out", title: "Zoom out", onclick: () => zoom(1 / 1.35) }, "−"),
      el("button", { type: "button", class: "button", title: "Show the whole network", onclick: fit }, "Fit")));
    Object.assign(net, { built: el("div", { class: "network" }, el("p", { class: "unseen", id: "net-help" }, "Tab enters the network at one thing, the arrow keys go to the next in their direction, Enter opens it. All of it is also under Things and Claims."), holder, legend()), stage, canvas, nodes, tip, byId: new Map(nodes.map((one) => [one.id, one])) });
    nodes[0] && nodes[0].node.setAttribute("tabindex", "0");
    moves(stage);
    new ResizeObserver(() => { if (stage.isConnected && stage.clientWidth) { if (net.free) resize(); else begin(); } }).observe(holder);
  }

  function legend() {
    const line = (how, extra) => draw("svg", { class: "line", viewBox: "0 0 26 10", "aria-hidden": "true" }, draw("path", { d: "M0 5H26", class: `link ${how}` }), extra);
    return el("ul", { class: "legend", "aria-label": "Signs" },
      ["person", "group", "organisation", "unit", "event", "place", "topic"].map((kind) => el("li", null, sign(kind), KINDS[kind][0].toLowerCase())),
      el("li", null, line("held"), "put as fact"), el("li", null, line("planned"), "planned"), el("li", null, line("hoped"), "hoped"),
      el("li", null, line("hypothetical"), "hypothetical"), el("li", null, line("denied", draw("path", { d: "M9 1l8 8m-8 0l8-8", class: "cross" })), "denied"),
      el("li", null, line("held disputed"), "in a disagreement"));
  }

  function hint(tip, stage, event, text) {
    const frame = stage.getBoundingClientRect();
    tip.replaceChildren(bdi(text));
    tip.hidden = false;
    const left = Math.min(event.clientX - frame.left + 14, frame.width - tip.offsetWidth - 8);
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${Math.max(8, Math.min(event.clientY - frame.top + 16, frame.height - tip.offsetHeight - 8))}px`;
  }

  // The frame is a view box of ours rather than a scale of the browser's, so that text keeps its size on the screen.
  const aspect = () => net.stage.clientWidth / Math.max(1, net.stage.clientHeight);
  function fit() {
    const room = Math.max(0.6, 1 - 48 / net.stage.clientWidth);
    const [x, y, width, height] = picture.frame;
    const w = Math.max(width / room, height * aspect());
    const h = w / aspect();
    net.box = [x - (w - width) / 2, y - (h - height) / 2, w, h];
    net.free = false;
    paint();
  }
  // On a telephone all of it at once is too small to read: there one begins in the middle.
  function begin() {
    fit();
    const scale = net.box[2] / net.stage.clientWidth;
    if (scale > 2.8) zoom(scale / 2, centre());
  }
  function centre() {
    const sum = net.nodes.reduce((all, one) => [all[0] + one.x * one.radius, all[1] + one.y * one.radius, all[2] + one.radius], [0, 0, 0]);
    return [sum[0] / sum[2], sum[1] / sum[2]];
  }
  function resize() {
    const [x, y, w, h] = net.box;
    const high = w / aspect();
    net.box = [x, y + (h - high) / 2, w, high];
    paint();
  }
  function zoom(factor, at) {
    const [x, y, w, h] = net.box;
    const least = 160, most = Math.max(picture.frame[2], picture.frame[3] * aspect()) * 2;
    const width = Math.min(most, Math.max(least, w / factor));
    const [px, py] = at || [x + w / 2, y + h / 2];
    const by = width / w;
    net.box = [px - (px - x) * by, py - (py - y) * by, width, h * by];
    net.free = true;
    paint();
  }
  const frameIt = () => net.stage.setAttribute("viewBox", net.box.map((one) => one.toFixed(1)).join(" "));
  function paint() {
    const scale = net.box[2] / net.stage.clientWidth;
    if (!Number.isFinite(scale) || scale <= 0) return;
    frameIt();
    // Signs shrink less than the picture, text not at all.
    const swell = Math.max(1, Math.min(1.7, scale * 0.85));
    const size = 11.5 * scale;
    const shown = net.nodes.filter((one) => !one.node.classList.contains("out") && (!net.near || net.near.has(one.id)));
    const discs = shown.map((one) => [one.x - one.radius * swell, one.y - one.radius * swell, one.x + one.radius * swell, one.y + one.radius * swell, one]);
    const taken = [];
    const meets = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
    const ranked = [...shown].sort((one, two) => weight(two) - weight(one));
    for (const one of net.nodes) {
      one.node.setAttribute("transform", `translate(${one.x} ${one.y}) scale(${swell.toFixed(3)})`);
      one.text.setAttribute("font-size", (size / swell).toFixed(2));
    }
    ranked.forEach((one, rank) => {
      const sides = sidesOf(one, size, swell);
      const inside = (rect) => net.free || (rect[0] > net.box[0] && rect[2] < net.box[0] + net.box[2]);
      const clear = (side) => inside(side.rect) && !taken.some((other) => meets(side.rect, other));
      // Best is a side where it hides nothing; what weighs most may hide a small sign rather than go without a name.
      const side = sides.find((each) => clear(each) && !discs.some((disc) => disc[4] !== one && meets(each.rect, disc)))
        || (rank < 14 ? sides.find((each) => clear(each) && !discs.some((disc) => disc[4].radius >= one.radius * 0.8 && disc[4] !== one && meets(each.rect, disc))) : null);
      one.node.classList.toggle("mute", !side);
      const at = side || sides[0];
      if (side) taken.push(side.rect);
      one.text.setAttribute("y", (at.y / swell).toFixed(2));
      one.text.style.textAnchor = at.anchor;
      for (const line of one.text.children) line.setAttribute("x", (at.x / swell).toFixed(2));
    });
  }
  // Where the name of a thing can stand: below it, beside it, above it.
  function sidesOf(one, size, swell) {
    const width = Math.max(...one.lines.map((line) => line.length)) * size * 0.55;
    const high = size * 1.15 * one.lines.length;
    const radius = one.radius * swell;
    const gap = size * 0.35;
    const side = (x, y, anchor) => {
      const left = one.x + x - (anchor === "middle" ? width / 2 : anchor === "end" ? width : 0);
      return { x, y, anchor, rect: [left, one.y + y - size, left + width, one.y + y - size * 0.75 + high] };
    };
    const level = size * 0.36 - (one.lines.length - 1) * size * 0.57;
    return [side(0, radius + size * 1.05, "middle"), side(radius + gap, level, "start"), side(-radius - gap, level, "end"), side(0, -radius - gap - (one.lines.length - 1) * size * 1.15, "middle")];
  }
  const weight = (one) => one.radius + (net.near && net.near.has(one.id) ? 100 : 0) + (one.id === net.current ? 1000 : 0);

  function moves(stage) {
    const fingers = new Map();
    let apart = 0;
    const place = (event) => {
      const frame = stage.getBoundingClientRect();
      return [net.box[0] + ((event.clientX - frame.left) / frame.width) * net.box[2], net.box[1] + ((event.clientY - frame.top) / frame.height) * net.box[3]];
    };
    stage.addEventListener("wheel", (event) => { event.preventDefault(); zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), place(event)); }, { passive: false });
    stage.addEventListener("pointerdown", (event) => { fingers.set(event.pointerId, [event.clientX, event.clientY]); net.moved = false; apart = 0; });
    addEventListener("pointermove", (event) => {
      const last = fingers.get(event.pointerId);
      if (!last) return;
      const dx = event.clientX - last[0], dy = event.clientY - last[1];
      if (!net.moved && Math.hypot(dx, dy) < 4) return;
      net.moved = true;
      net.tip.hidden = true;
      fingers.set(event.pointerId, [event.clientX, event.clientY]);
      if (fingers.size === 2) {
        const [one, two] = [...fingers.values()];
        const now = Math.hypot(one[0] - two[0], one[1] - two[1]);
        if (apart) zoom(now / apart, place({ clientX: (one[0] + two[0]) / 2, clientY: (one[1] + two[1]) / 2 }));
        apart = now;
        return;
      }
      const scale = net.box[2] / stage.clientWidth;
      net.box = [net.box[0] - dx * scale, net.box[1] - dy * scale, net.box[2], net.box[3]];
      net.free = true;
      frameIt();
    });
    const lift = (event) => { if (fingers.delete(event.pointerId)) { apart = 0; setTimeout(() => { net.moved = false; }); } };
    addEventListener("pointerup", lift);
    addEventListener("pointercancel", lift);
    stage.addEventListener("keydown", (event) => {
      const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
      const from = net.nodes.find((one) => one.node === document.activeElement);
      if (event.key === "+" || event.key === "=") zoom(1.35);
      else if (event.key === "-") zoom(1 / 1.35);
      else if (ways[event.key] && from) {
        event.preventDefault();
        const next = nearest(from, ways[event.key]);
        if (next) next.node.focus();
      }
    });
  }
  function nearest(from, [wx, wy]) {
    let best = null, least = Infinity;
    for (const one of net.nodes) {
      if (one === from || one.node.classList.contains("out")) continue;
      const dx = one.x - from.x, dy = one.y - from.y;
      const along = dx * wx + dy * wy, aside = Math.abs(dx * wy) + Math.abs(dy * wx);
      if (along > 0 && along + 2 * aside < least) { best = one; least = along + 2 * aside; }
    }
    return best;
  }
  function rove(entry) {
    for (const one of net.nodes) one.node.setAttribute("tabindex", one === entry ? "0" : "-1");
  }
  function reveal(one) {
    const [x, y, w, h] = net.box;
    const edge = w * 0.06;
    if (one.x > x + edge && one.x < x + w - edge && one.y > y + edge && one.y < y + h - edge) return;
    net.box = [one.x - w / 2, one.y - h / 2, w, h];
    net.free = true;
    frameIt();
  }

  function network() {
    if (!net.built) build();
    if (!net.built.isConnected) view.replaceChildren(el("h2", { id: "net-title", tabindex: "-1", class: "unseen" }, "Network"), net.built);
    const active = new Set();
    let shown = 0;
    for (const one of bonds) {
      const on = one.claims.some((index) => passing[index]);
      one.node.classList.toggle("out", !on);
      if (on) { shown += 1; one.ends.forEach((id) => active.add(id)); }
    }
    for (const one of net.nodes) {
      const on = active.has(one.id);
      one.node.classList.toggle("out", !on);
      one.node.setAttribute("aria-hidden", String(!on));
    }
    const first = net.nodes.find((one) => one.node.getAttribute("tabindex") === "0" && active.has(one.id)) || net.nodes.find((one) => active.has(one.id));
    for (const one of net.nodes) one.node.setAttribute("tabindex", one === first ? "0" : "-1");
    pick();
    if (!net.box) begin();
    const drawn = new Set(bonds.filter((one) => one.claims.some((index) => passing[index])).flatMap((one) => one.claims.filter((index) => passing[index]))).size;
    const rest = hits - drawn;
    return `${ofAll(hits, claims.length, "claim")}: ${number(drawn)} join the ${many(active.size, "thing")} drawn${rest ? `; ${number(rest)} are about amounts, or topics that join nothing, and stand under Claims` : ""}`;
  }
  function pick() {
    if (!net.built) return;
    const ids = opened.thing ? [opened.thing] : opened.bond || [];
    const own = ids.filter((id) => spots.has(id));
    net.current = own[0] || null;
    net.near = null;
    if (own.length) {
      net.near = new Set(own);
      for (const one of bonds) {
        const near = opened.bond ? own.every((id) => one.ends.includes(id)) : one.ends.includes(own[0]);
        one.node.classList.toggle("near", near);
        one.node.classList.toggle("on", Boolean(opened.bond) && near);
        if (near) one.ends.forEach((id) => net.near.add(id));
      }
    } else bonds.forEach((one) => one.node.classList.remove("near", "on"));
    for (const one of net.nodes) {
      one.node.classList.toggle("near", Boolean(net.near && net.near.has(one.id)));
      one.node.classList.toggle("on", own.includes(one.id));
    }
    net.stage.classList.toggle("picked", own.length > 0);
    if (net.box) paint();
  }

  // --- Panel ---

  const panel = document.getElementById("panel");
  const opened = { view: "network", thing: null, bond: null, claim: null };
  const close = () => el("a", { href: `#${opened.view}`, class: "close" }, "Close");
  const over = (...parts) => el("p", { class: "over" }, ...parts, close());
  const title = (text) => el("h2", { tabindex: "-1" }, bdi(text));
  const note = (texts, summary) => texts && texts.length ? el("details", { class: "note" }, el("summary", null, summary), texts.map((text) => el("p", null, bdi(text)))) : null;
  const row = (name, ...value) => value.flat().some(Boolean) ? [el("dt", null, name), el("dd", null, ...value)] : null;

  function start() {
    const top = picture.nodes.map((one) => one[0]).sort((one, two) => about.get(two).length - about.get(one).length).slice(0, 8);
    const read = data.articles.filter((one) => one.length);
    const sample = (mark, code, extra) => data.codes[code] ? el("li", null, el("span", { class: `mark ${mark}` }, extra || data.codes[code].label), el("span", { class: "small soft" }, ` ${data.codes[code].definition}`)) : null;
    panel.replaceChildren(
      el("h2", null, "How to read this"),
      el("p", null, "Nothing here is stated as a fact. Every line says that an article reports that somebody said so, and at which characters of its text."),
      el("h3", null, "Begin with"),
      el("ul", { class: "plain" }, top.map((id) => el("li", null, named(id), el("span", { class: "soft small" }, ` · ${many(about.get(id).length, "claim")}`)))),
      el("h3", null, "Articles"),
      el("ul", { class: "plain" }, read.map((one) => el("li", null, named(one.id), el("span", { class: "soft small" }, one.publisher ? ` · ${label(one.publisher)}` : "", one.published ? `, ${one.published}` : "")))),
      el("h3", null, "Marks"),
      el("ul", { class: "plain" }, sample("denied", "kg:Denied"), sample("planned", "kg:Planned"), sample("hoped", "kg:Hoped"), sample("hypothetical", "kg:Hypothetical"),
        ["kg:Probable", "kg:Possible", "kg:Unconfirmed"].map((code) => sample("unsure", code))),
      el("p", { class: "note" }, "Certainty is that of the source, not of whoever made this page. Verdicts and numbers of origins are computed; an origin is counted as independent until something shows that it is not, so the number is an upper bound."));
  }

  function clashes(indices) {
    const found = [...new Set(indices.flatMap(hard))];
    return found.length ? [el("h3", null, many(found.length, "disagreement")), found.map((one) => el("p", { class: "clash" }, badge(one.verdict), " ", bdi(upper(one.reason)), ". ",
      el("span", { class: "small" }, one.claims.map((index, place) => [place ? " against " : "", el("a", { href: href(claims[index].id) }, place ? "the other" : "one")]))))] : null;
  }
  function grouped(indices, pickOut, words) {
    const groups = new Map();
    indices.forEach((index) => push(groups, pickOut(claims[index]), index));
    return [...groups].sort((one, two) => words(one[0]).localeCompare(words(two[0]), "en")).map(([id, own]) => [el("h4", null, upper(words(id))), cards(own)]);
  }

  function dossier(one) {
    const asSubject = (about.get(one.id) || []).filter((index) => claims[index].subject === one.id);
    const asObject = (about.get(one.id) || []).filter((index) => claims[index].subject !== one.id);
    const said = (saidBy.get(one.id) || []).filter((index) => !asSubject.includes(index) && !asObject.includes(index));
    const handled = (used.get(one.id) || []).filter((index) => !asSubject.includes(index) && !asObject.includes(index) && !said.includes(index));
    const all = [...asSubject, ...asObject];
    const inverse = (id) => (data.predicates[id] || {}).inverse || label(id);
    const near = bonds.filter((bond) => bond.ends.includes(one.id));
    const others = [...new Set(near.flatMap((bond) => bond.ends.filter((id) => id !== one.id)))].sort((a, b) => label(a).localeCompare(label(b), "en"));
    const from = new Set(all.map((index) => claims[index].article)).size;
    return [
      over(el("span", null, sign(one.kind), one.sort ? upper(one.sort) : KINDS[one.kind][0])),
      title(one.label),
      el("p", { class: "soft small" }, all.length ? `${many(all.length, "claim")} in ${many(from, "article")}` : said.length ? "No article says anything of it but what it says itself" : "No article says anything of it", " · ", el("code", null, one.id)),
      el("dl", null, row("Also called", bdi((one.names || []).join("; "))), row("Identity", one.identity ? label(one.identity) : ""), row("Stands for", one.means || ""), row("Within", one.within ? listed(one.within) : "")),
      note(one.notes, "Curator’s note"),
      clashes([...all, ...said]),
      others.length ? el("details", { class: "note" }, el("summary", null, `Joined to ${many(others.length, "thing")} in the network`),
        el("ul", { class: "plain" }, others.map((id) => el("li", null, sign(kindOf(id)), el("a", { href: bondHref(one.id, id), class: "thing" }, bdi(label(id))))))) : null,
      asSubject.length ? [el("h3", null, "What is reported of it"), grouped(asSubject, (claim) => claim.predicate, label)] : null,
      asObject.length ? [el("h3", null, "What is reported of others with it"), grouped(asObject, (claim) => claim.predicate, inverse)] : null,
      said.length ? [el("h3", null, "What it says of others"), grouped(said, (claim) => claim.subject, label)] : null,
      handled.length ? [el("h3", null, "Said on its behalf, through it or of it as a place"), grouped(handled, (claim) => claim.subject, label)] : null,
    ];
  }

  function articleSheet(one) {
    const own = articles.get(one.id) || {};
    const indices = claims.map((_, index) => index).filter((index) => claims[index].article === one.id);
    return [
      over(el("span", null, sign("article"), "Article")),
      title(one.label),
      el("dl", null,
        row("Outlet", own.publisher ? link(own.publisher) : ""), row(own.authors && own.authors.length > 1 ? "Authors" : "Author", own.authors ? listed(own.authors) : ""),
        row("Published", own.published || "", own.published ? "" : "not known"), row("Origin", own.origin ? label(own.origin) : ""),
        row("Made from", own.parents ? [listed(own.parents), own.derivation ? ` (${label(own.derivation)})` : ""] : ""),
        row("Address", (own.url || []).map((url) => el("a", { href: url, rel: "noreferrer noopener", target: "_blank" }, bdi(url)))),
        row("Text", own.length ? `${number(own.length)} characters, ${Math.round(own.share * 1000) / 10} % accounted for` : "known by name only"),
        row("Claims", number(indices.length))),
      own.length ? bar(own, []) : null,
      note(one.notes, "Curator’s notes"),
      clashes(indices),
      indices.length ? [el("h3", null, "Its claims, as the text runs"), cards(indices, { bare: true })] : null,
      (about.get(one.id) || used.get(one.id)) ? [el("h3", null, "Spoken of, or handed on by it"), cards([...(about.get(one.id) || []), ...(used.get(one.id) || [])])] : null,
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
    const ways = (ids) => ids.map((id) => el("p", null, el("a", { href: href(id) }, bdi(claimOf.has(id) ? claims[claimOf.get(id)].label : id))));
    const revised = claims.filter((other) => (other.revises || []).includes(claim.id)).map((other) => other.id);
    const onward = claims.filter((other) => (other.carried || []).includes(claim.id)).map((other) => other.id);
    const comments = about.get(claim.id) || [];
    const objectText = claim.object ? claimOf.has(claim.object) ? el("a", { href: href(claim.object) }, bdi(claims[claimOf.get(claim.object)].label)) : named(claim.object) : bdi(claim.value || "");
    return [
      over("Claim"),
      el("h2", { class: "says big", tabindex: "-1" }, marks(claim), bdi(claim.label)),
      el("dl", null,
        row("Of", named(claim.subject)), row(upper(label(claim.predicate)), objectText, claim.object && claim.value ? ` — ${claim.value}` : ""),
        row("Counts", claim.counts ? label(claim.counts) : ""), row("Only at", claim.where ? link(claim.where) : ""),
        row("When", claim.when ? upper(claim.when) : "undated", claim.wording ? [" ", bdi(`(“${claim.wording}”)`)] : ""),
        row("Speaker", claim.speakers ? listed(claim.speakers) : "the article’s own voice"), row("For", claim.behalf ? listed(claim.behalf) : ""), row("Through", claim.via ? listed(claim.via) : ""),
        row("Form", claim.attribution ? label(claim.attribution) : ""), row("Knows by", claim.basis ? label(claim.basis) : ""),
        row("Certainty", claim.certainty ? label(claim.certainty) : ""), row("Put as", [claim.polarity, claim.modality].filter(Boolean).map(label).join(", ")),
        row("Article", link(claim.article), own.published ? `, ${own.published}` : ""),
        row("Passage", passage(claim), own.length ? ` of ${number(own.length)}` : "")),
      own.length ? bar(own, claim.passages || []) : null,
      note(claim.notes, "Curator’s note"),
      claim.carried ? [el("h3", null, "Carried over from"), ways(claim.carried)] : null, onward.length ? [el("h3", null, "Carried on in"), ways(onward)] : null,
      claim.revises ? [el("h3", null, "Corrects"), ways(claim.revises)] : null, revised.length ? [el("h3", null, "Corrected by"), ways(revised)] : null,
      comments.length ? [el("h3", null, "What others say to it"), cards(comments)] : null,
      pairsHere.length ? [el("h3", null, "Beside other claims"), pairsHere.map((one) => el("div", { class: "clash" }, el("p", null, badge(one.verdict), " ", bdi(upper(one.reason)), "."), cards(one.claims.filter((other) => other !== index), { calm: true })))] : null,
      alike.length ? [el("h3", null, "Said the same elsewhere"), el("p", { class: "note" }, `${many(rest.articles, "article")}, ${many(rest.outlets, "outlet")}, at most ${many(rest.origins, "independent origin")}: `, bdi(rest.reason), "."), cards(alike)] : null,
      el("p", { class: "soft" }, el("code", null, claim.id)),
    ];
  }

  function bondSheet([one, two]) {
    const own = claims.map((_, index) => index).filter((index) => {
      const pair = ends(claims[index]);
      return pair.includes(one) && pair.includes(two);
    });
    const way = (from, to) => own.filter((index) => claims[index].subject === from && claims[index].object === to);
    return [
      over("Between two things"),
      el("h2", { tabindex: "-1" }, bdi(label(one)), el("span", { class: "soft" }, " and "), bdi(label(two))),
      el("p", { class: "small" }, named(one), el("span", { class: "dot" }, named(two))),
      clashes(own),
      [[one, two], [two, one]].map(([from, to]) => way(from, to).length ? [el("h3", null, bdi(label(from)), " → ", bdi(label(to))), grouped(way(from, to), (claim) => claim.predicate, label)] : null),
      own.length ? null : el("p", { class: "soft" }, "No claim joins them."),
    ];
  }

  // --- Where one is: the fragment names a view, a thing, a claim, or two things with ~ between ---

  function where() {
    const raw = location.hash.slice(1);
    const read = (text) => { try { return decodeURIComponent(text); } catch { return text; } };
    const halves = raw.split("~").map(read);
    if (halves.length === 2 && halves.every((id) => things.has(id))) return { bond: halves };
    const id = read(raw);
    if (id === "" || VIEWS[id]) return { view: id || "network" };
    if (claimOf.has(id)) return { claim: claimOf.get(id) };
    if (things.has(id)) return { thing: id };
    return { unknown: id };
  }

  // On a telephone an open sheet takes the whole page, and is then its main part.
  const wide = matchMedia("(min-width: 961px)");
  const sheet = () => document.body.classList.contains("reading") && !wide.matches;
  function lead() {
    if (sheet()) panel.setAttribute("role", "main");
    else panel.removeAttribute("role");
  }

  let quiet = true;
  function go() {
    const place = where();
    const before = opened.view;
    Object.assign(opened, { thing: null, bond: null, claim: null });
    if (place.view) opened.view = place.view;
    const one = place.thing && things.get(place.thing);
    let body = null;
    if (one) { opened.thing = one.id; body = one.kind === "article" ? articleSheet(one) : dossier(one); }
    else if (place.bond) { opened.bond = place.bond; body = bondSheet(place.bond); }
    else if (place.claim !== undefined) { opened.claim = place.claim; body = claimSheet(place.claim); }
    else if (place.unknown) body = [over("Not found"), title("Nothing here has this name"), el("p", null, el("code", null, seen(place.unknown))), el("p", null, "The link may be from another state of the graph. Search for a part of the name.")];
    if (body) panel.replaceChildren(...body.flat(Infinity).filter((child) => child instanceof Node));
    else start();
    panel.classList.toggle("start", !body);
    panel.scrollTop = 0;
    document.body.classList.toggle("reading", Boolean(body));
    lead();
    const open = panel.querySelector("h2");
    document.title = body ? `${open.textContent} · Hearsay` : `${VIEWS[opened.view]} · Hearsay`;
    document.querySelectorAll("#tabs a").forEach((tab) => {
      if (tab.hash === `#${opened.view}`) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    });
    if (before !== opened.view || !view.firstElementChild || view.querySelector("noscript")) show();
    else if (opened.view === "network") pick();
    if (!quiet) {
      if (body) open.focus({ preventScroll: wide.matches });
      else if (place.view && before !== place.view) { document.getElementById("main").scrollTop = 0; view.querySelector("h2").focus({ preventScroll: true }); }
      if (!wide.matches) scrollTo(0, 0);
    }
    quiet = false;
  }

  let told = 0;
  function show() {
    growing = [];
    const text = { network, things: thingList, claims: claimList, disagreements: pairs, timeline: dates }[opened.view]();
    clearTimeout(told);
    // A little later, so that a screen reader is not told of every letter typed.
    told = setTimeout(() => { if (status.textContent !== text) status.textContent = text; }, quiet ? 0 : 250);
  }

  // --- Begin ---

  const read = data.articles.filter((one) => one.length).length;
  document.getElementById("tally").textContent = `${many(claims.length, "reported claim")} from ${many(read, "article")}`;
  fields();
  const unfold = () => {
    document.getElementById("filters").open = wide.matches;
    lead();
  };
  wide.addEventListener("change", unfold);
  unfold();
  words.addEventListener("input", sift);
  document.getElementById("narrow").addEventListener("submit", (event) => {
    event.preventDefault();
    const first = document.querySelector("#named a");
    if (first) first.click();
  });
  document.getElementById("clear").addEventListener("click", () => { clear(); words.focus(); });
  document.querySelector(".skip").addEventListener("click", (event) => { event.preventDefault(); (sheet() ? panel.querySelector("h2") : document.getElementById("main")).focus(); });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.body.classList.contains("reading") && !event.defaultPrevented) location.hash = opened.view;
  });
  addEventListener("hashchange", go);
  go();
})();
