// The data of the page, what is looked up in them, and the words of the page.

const KINDS = {
  person: ["Person", "People"],
  group: ["Group", "Groups"],
  organisation: ["Organisation", "Organisations"],
  unit: ["Unit", "Units"],
  event: ["Event", "Events"],
  place: ["Place", "Places"],
  topic: ["Topic", "Topics"],
  quantity: ["Amount", "Amounts"],
  article: ["Article", "Articles"],
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
const VIEWS = {
  network: "Network",
  things: "Things",
  claims: "Claims",
  disagreements: "Disagreements",
  timeline: "Timeline",
};
// A list grows by so many at once, so that a page of thousands opens at once.
const LOT = 60;

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

const push = (map, key, value) => {
  if (map.has(key)) map.get(key).push(value);
  else map.set(key, [value]);
};
const label = (id) => (things.get(id) || data.predicates[id] || data.codes[id] || { label: id }).label;
const kindOf = (id) => (things.get(id) || {}).kind;
const number = (count) => count.toLocaleString("en-GB");
const many = (count, one, more) => `${number(count)} ${count === 1 ? one : more || one + "s"}`;
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const upper = (text) => text.charAt(0).toUpperCase() + text.slice(1);
// Signs that nobody sees become pictures of themselves; the others are isolated by bdi.
const seen = (text) =>
  String(text).replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, (sign) =>
    sign === "\u007f" ? "\u2421" : String.fromCharCode(0x2400 + sign.charCodeAt(0)),
  );

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
  const names = [claim.subject, claim.object, claim.where, ...(claim.speakers || []), ...(claim.behalf || [])].filter(
    Boolean,
  );
  const words = names.flatMap((id) => [label(id), ...((things.get(id) || {}).names || [])]);
  claim.hay = fold(
    [claim.label, label(claim.predicate), claim.value, claim.wording, claim.id, ...words].filter(Boolean).join(" \n "),
  );
  claim.state = state(claim);
});
for (const one of data.things) one.hay = fold([one.label, ...(one.names || []), one.id].join(" \n "));
data.verdicts.forEach((one) => one.claims.forEach((index) => push(judged, index, one)));
data.statements.forEach((one) => one.claims.forEach((index) => restsOn.set(index, one)));
const hard = (index) => (judged.get(index) || []).filter((one) => HARD.includes(one.verdict));
