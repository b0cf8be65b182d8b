// Navigation: the fragment of the address names a view, an entity, a claim, or two entities with ~ between.

function place() {
  const decoded = (text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };
  const fragment = location.hash.slice(1);
  const pair = fragment.split("~").map(decoded);
  if (pair.length === 2 && pair.every((id) => entities.has(id))) return { pair };
  const id = decoded(fragment);
  if (id === "" || VIEWS[id]) return { view: id || "network" };
  if (claimIndex.has(id)) return { claim: claimIndex.get(id) };
  return entities.has(id) ? { entity: id } : { unknown: id };
}

// On a telephone an open sheet takes the whole page, and is then its main part.
const wide = matchMedia("(min-width: 961px)");
const isSheet = () => document.body.classList.contains("reading") && !wide.matches;
const setRole = () => panel.setAttribute("role", isSheet() ? "main" : "complementary");

function sheet({ entity, pair, claim, unknown }) {
  if (entity) return (kindOf(entity) === "article" ? articleSheet : entitySheet)(entities.get(entity));
  if (pair) return pairSheet(pair);
  if (claim !== undefined) return claimSheet(claim);
  if (unknown === undefined) return null;
  return [
    over("Not found"),
    title("Nothing here has this name"),
    el("p", null, el("code", null, visible(unknown))),
    el("p", null, "The link may be from another version of the graph. Search for a part of the name."),
  ];
}

let quiet = true;
function go() {
  const target = place();
  const { view: next, entity = null, pair = null, claim = null } = target;
  const before = opened.view;
  Object.assign(opened, { view: next || before, entity, pair, claim });
  const body = sheet(target);
  if (body) replace(panel, body);
  else start();
  panel.classList.toggle("start", !body);
  panel.scrollTop = 0;
  document.body.classList.toggle("reading", Boolean(body));
  setRole();
  const heading = panel.querySelector("h2");
  document.title = `${body ? heading.textContent : VIEWS[opened.view]} · Hearsay`;
  for (const tab of document.querySelectorAll("#tabs a")) {
    if (tab.hash === `#${opened.view}`) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  if (before !== opened.view || !view.firstElementChild || view.querySelector("noscript")) show();
  else if (opened.view === "network") highlight();
  if (!quiet) {
    if (body) heading.focus({ preventScroll: wide.matches });
    else if (before !== opened.view) {
      document.getElementById("main").scrollTop = 0;
      view.querySelector("h2").focus({ preventScroll: true });
    }
    if (!wide.matches) scrollTo(0, 0);
  }
  quiet = false;
}

let announcement = 0;
function show() {
  growing = [];
  const lists = { network, entities: entityList, claims: claimList, disagreements: disagreementList, timeline };
  const text = lists[opened.view]();
  clearTimeout(announcement);
  // Later, so that a screen reader does not announce the result of each letter typed.
  announcement = setTimeout(
    () => {
      if (status.textContent !== text) status.textContent = text;
    },
    quiet ? 0 : 250,
  );
}

const cited = data.articles.filter(({ length }) => length).length;
document.getElementById("tally").textContent =
  `${many(claims.length, "reported claim")} from ${many(cited, "article")}`;
addFilters();
const adapt = () => {
  document.getElementById("filters").open = wide.matches;
  setRole();
};
wide.addEventListener("change", adapt);
adapt();
words.addEventListener("input", applyFilters);
document.getElementById("narrow").addEventListener("submit", (event) => {
  event.preventDefault();
  const first = document.querySelector("#named a");
  if (first) first.click();
});
document.getElementById("clear").addEventListener("click", () => {
  clear();
  words.focus();
});
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  (isSheet() ? panel.querySelector("h2") : document.getElementById("main")).focus();
});
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.body.classList.contains("reading") && !event.defaultPrevented)
    location.hash = opened.view;
});
addEventListener("hashchange", go);
go();
