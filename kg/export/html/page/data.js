// The data of the page with its indices, and the words for kinds, verdicts and views.

const KINDS = {
  person: ["person", "People"],
  group: ["group", "Groups"],
  organisation: ["organisation", "Organisations"],
  unit: ["unit", "Units"],
  event: ["event", "Events"],
  place: ["place", "Places"],
  topic: ["topic", "Topics"],
  quantity: ["amount", "Amounts"],
  article: ["article", "Articles"],
};
const FOLDED = ["topic", "quantity"];
const STANCES = ["asserted", "planned", "hoped", "hypothetical", "denied"];
const VERDICTS = {
  contradiction: "They cannot both be true.",
  tension: "They could not both be true if both were dated and certain; one is not.",
  drift: "A detail changed on the way from one article to another.",
  revision: "The same source says otherwise later.",
  spread: "The numbers differ, but no more than such counts usually do.",
  "different-time": "They refer to different days.",
  "different-scope": "They count different groups or refer to different places.",
  refinement: "They agree, and one is more exact.",
  agreement: "They agree.",
  echo: "They agree, but come from one source.",
};
const DISAGREEMENTS = ["contradiction", "tension", "drift", "revision"];
const VIEWS = {
  network: "Network",
  entities: "Entities",
  claims: "Claims",
  disagreements: "Disagreements",
  timeline: "Timeline",
};
// The number of items by which a list grows, so that a page of thousands opens at once.
const BATCH = 60;

const push = (map, key, value) => {
  if (map.has(key)) map.get(key).push(value);
  else map.set(key, [value]);
};
const label = (id) => (entities.get(id) || data.predicates[id] || data.codes[id] || { label: id }).label;
const kindOf = (id) => (entities.get(id) || {}).kind;
const number = (count) => count.toLocaleString("en-GB");
const many = (count, noun, plural) => `${number(count)} ${count === 1 ? noun : plural || noun + "s"}`;
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const upper = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const byText = (text) => (a, b) => text(a).localeCompare(text(b), "en");
// Control characters become visible pictures; bdi isolates those that set the direction.
const visible = (text) =>
  String(text).replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, (char) =>
    char === "\u007f" ? "\u2421" : String.fromCharCode(0x2400 + char.charCodeAt(0)),
  );

const data = JSON.parse(document.getElementById("data").textContent);
const claims = data.claims;
const entities = new Map(data.entities.map((entity) => [entity.id, entity]));
const articles = new Map(data.articles.map((article) => [article.id, article]));
const claimIndex = new Map(claims.map((claim, index) => [claim.id, index]));
// Indices of claims by entity: about it, by it, and naming it otherwise; and by article, in it.
const about = new Map();
const saidBy = new Map();
const mentions = new Map();
const claimsIn = new Map();
// By index of a claim: its pairs with a verdict, and its statement.
const pairsOf = new Map();
const statementOf = new Map();

claims.forEach((claim, index) => {
  const { subject, object, where, speakers = [], behalf = [], via = [] } = claim;
  push(claimsIn, claim.article, index);
  push(about, subject, index);
  if (object && object !== subject) push(about, object, index);
  if (where && where !== subject && where !== object) push(mentions, where, index);
  for (const id of speakers) push(saidBy, id, index);
  for (const id of [...behalf, ...via]) push(mentions, id, index);
  const ids = [subject, object, where, ...speakers, ...behalf].filter(Boolean);
  const names = ids.flatMap((id) => [label(id), ...((entities.get(id) || {}).names || [])]);
  const texts = [claim.label, label(claim.predicate), claim.value, claim.wording, claim.id, ...names];
  claim.searched = fold(texts.filter(Boolean).join(" \n "));
  const modality = (claim.modality || "").replace("kg:", "").toLowerCase();
  const stance = claim.polarity === "kg:Denied" ? "denied" : modality;
  claim.stance = STANCES.includes(stance) ? stance : "asserted";
});
for (const entity of data.entities)
  entity.searched = fold([entity.label, ...(entity.names || []), entity.id].join(" \n "));
for (const pair of data.verdicts) for (const index of pair.claims) push(pairsOf, index, pair);
for (const statement of data.statements) for (const index of statement.claims) statementOf.set(index, statement);
const disagreementsOf = (index) => (pairsOf.get(index) || []).filter((pair) => DISAGREEMENTS.includes(pair.verdict));
