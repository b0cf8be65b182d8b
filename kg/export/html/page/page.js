// Where one is: the fragment names a view, a thing, a claim, or two things with ~ between. Here everything begins.

function where() {
  const raw = location.hash.slice(1);
  const read = (text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };
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
const lead = () => panel.setAttribute("role", sheet() ? "main" : "complementary");

let quiet = true;
function go() {
  const place = where();
  const before = opened.view;
  Object.assign(opened, { thing: null, bond: null, claim: null });
  if (place.view) opened.view = place.view;
  const one = place.thing && things.get(place.thing);
  let body = null;
  if (one) {
    opened.thing = one.id;
    body = one.kind === "article" ? articleSheet(one) : dossier(one);
  } else if (place.bond) {
    opened.bond = place.bond;
    body = bondSheet(place.bond);
  } else if (place.claim !== undefined) {
    opened.claim = place.claim;
    body = claimSheet(place.claim);
  } else if (place.unknown)
    body = [
      over("Not found"),
      title("Nothing here has this name"),
      el("p", null, el("code", null, seen(place.unknown))),
      el("p", null, "The link may be from another state of the graph. Search for a part of the name."),
    ];
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
    else if (place.view && before !== place.view) {
      document.getElementById("main").scrollTop = 0;
      view.querySelector("h2").focus({ preventScroll: true });
    }
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
  told = setTimeout(
    () => {
      if (status.textContent !== text) status.textContent = text;
    },
    quiet ? 0 : 250,
  );
}

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
document.getElementById("clear").addEventListener("click", () => {
  clear();
  words.focus();
});
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  (sheet() ? panel.querySelector("h2") : document.getElementById("main")).focus();
});
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.body.classList.contains("reading") && !event.defaultPrevented)
    location.hash = opened.view;
});
addEventListener("hashchange", go);
go();
