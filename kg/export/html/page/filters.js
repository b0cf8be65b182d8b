// Search and filters: which claims pass.

const words = document.getElementById("words");
const chosen = {};
let passing = new Uint8Array(claims.length).fill(1);
let hits = claims.length;

const tally = (pick) => {
  const counts = new Map();
  claims.forEach((claim) =>
    new Set([pick(claim)].flat()).forEach((id) => {
      if (id) counts.set(id, (counts.get(id) || 0) + 1);
    }),
  );
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
    holder.append(
      el(
        "div",
        { class: "field" },
        el("label", { for: `f-${name}` }, title),
        el(
          "select",
          {
            id: `f-${name}`,
            name,
            onchange: (event) => {
              chosen[name] = event.target.value;
              sift();
            },
          },
          el("option", { value: "" }, "any"),
          options.map(([id, count]) => el("option", { value: id }, `${seen(words(id))} (${number(count)})`)),
        ),
      ),
    );
  }
  const days = data.timeline.flatMap((one) => [one.first, one.last]).sort();
  const when = (name, title) =>
    el("input", {
      id: `f-${name}`,
      type: "date",
      "aria-label": title,
      min: days[0],
      max: days[days.length - 1],
      oninput: (event) => {
        chosen[name] = event.target.value;
        sift();
      },
    });
  holder.append(
    el(
      "fieldset",
      { class: "field" },
      el("legend", null, "Holds between (undated are left out)"),
      el("div", { class: "pairwise" }, when("from", "From this day"), when("until", "Until this day")),
    ),
  );
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
  claims.forEach((claim, index) => {
    passing[index] = matches(claim, wanted) ? 1 : 0;
    hits += passing[index];
  });
  const on = Object.values(chosen).filter(Boolean).length;
  document.getElementById("active").textContent = on ? `· ${on} on` : "";
  document
    .querySelectorAll("#fields select, #fields input")
    .forEach((field) => field.closest(".field").classList.toggle("on", Boolean(field.value)));
  suggest(wanted);
  show();
}
function suggest(wanted) {
  const holder = document.getElementById("named");
  const found = wanted.length ? data.things.filter((one) => wanted.every((word) => one.hay.includes(word))) : [];
  const rank = (one) => (fold(one.label).startsWith(wanted[0]) ? 1e6 : 0) + (about.get(one.id) || []).length;
  found.sort((one, two) => rank(two) - rank(one));
  holder.replaceChildren(
    ...(found.length
      ? [
          el(
            "ul",
            { "aria-label": "Things of this name" },
            found
              .slice(0, 6)
              .map((one) => el("li", null, el("a", { href: href(one.id) }, sign(one.kind), bdi(one.label)))),
          ),
        ]
      : []),
  );
}
function clear() {
  words.value = "";
  for (const name of Object.keys(chosen)) delete chosen[name];
  document.querySelectorAll("#fields select, #fields input").forEach((field) => {
    field.value = "";
  });
  sift();
}
