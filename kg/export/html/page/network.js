// The network: drawn once, then filtered and picked from.

const picture = data.picture;
const spots = new Map(picture.nodes.map((one) => [one[0], one]));
// One line for each two things and each state; what is denied or hoped never merges with what is put as fact.
const bonds = (() => {
  const found = new Map();
  for (const one of data.statements) {
    if (!one.target || !spots.has(one.subject) || !spots.has(one.target)) continue;
    const how = claims[one.claims[0]].state;
    const ends = [one.subject, one.target].sort();
    const key = [...ends, how].join(" ");
    if (!found.has(key)) found.set(key, { ends, how, claims: [], origins: 0 });
    found.get(key).claims.push(...one.claims);
    found.get(key).origins += one.origins;
  }
  const between = new Map();
  for (const one of found.values()) push(between, one.ends.join(" "), one);
  for (const group of between.values())
    group.forEach((one, place) => {
      one.bend = (place - (group.length - 1) / 2) * 26;
    });
  return [...found.values()];
})();

const net = { built: null, box: null, current: null };
const bondTitle = (one) =>
  `${label(one.ends[0])} and ${label(one.ends[1])}: ${[...new Set(one.claims.map((index) => label(claims[index].predicate)))].join(", ")}${one.how === "held" ? "" : ` (${one.how})`}`;

function build() {
  const tip = el("div", { class: "tip", hidden: true, "aria-hidden": "true" });
  const stage = draw("svg", {
    class: "drawing",
    role: "group",
    "aria-labelledby": "net-title",
    "aria-describedby": "net-help",
    preserveAspectRatio: "xMidYMid meet",
  });
  const nodes = [...picture.nodes].sort((one, two) => two[3] - one[3]).map(drawNode);
  // The largest is drawn last, and lies on top.
  stage.append(...bonds.map(drawBond), ...[...nodes].reverse().map((one) => one.node));
  const holder = el("div", { class: "stage" }, stage, tip, tools());
  const help =
    "Tab enters the network at one thing, the arrow keys go to the next in their direction, Enter opens it. " +
    "All of it is also under Things and Claims.";
  const built = el("div", { class: "network" }, el("p", { class: "unseen", id: "net-help" }, help), holder, legend());
  Object.assign(net, { built, stage, nodes, tip });
  if (nodes.length) rove(nodes[0]);
  moves(stage);
  new ResizeObserver(() => {
    if (!stage.isConnected || !stage.clientWidth) return;
    if (net.free) resize();
    else begin();
  }).observe(holder);
}

function drawBond(one) {
  const [, x1, y1] = spots.get(one.ends[0]);
  const [, x2, y2] = spots.get(one.ends[1]);
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  // Where the line would pass if it were straight, and how far to its side it passes instead.
  const [x, y] = [(x1 + x2) / 2, (y1 + y2) / 2];
  const [aside, along] = [(-(y2 - y1) / length) * one.bend, ((x2 - x1) / length) * one.bend];
  const d = `M${x1} ${y1}Q${x + aside * 2} ${y + along * 2} ${x2} ${y2}`;
  const disputed = one.claims.some((index) => hard(index).length) ? " disputed" : "";
  const line = draw("path", { d, class: `link ${one.how}${disputed}` });
  line.style.strokeWidth = `${[0, 1.1, 2, 3][Math.min(3, one.origins)]}px`;
  const cross = draw("path", { d: `M${x + aside - 5} ${y + along - 5}l10 10m-10 0l10-10`, class: "cross" });
  one.node = draw(
    "g",
    { class: "bond" },
    draw("path", { d, class: "grab" }),
    line,
    one.how === "denied" ? cross : null,
  );
  one.node.addEventListener("click", () => {
    if (!net.moved) location.hash = bondHref(...one.ends);
  });
  hints(one.node, () => bondTitle(one));
  return one.node;
}

function drawNode([id, x, y, radius, lines]) {
  const kind = kindOf(id);
  const spans = lines.map((line, place) => draw("tspan", { dy: place ? "1.15em" : 0 }, seen(line)));
  const text = draw("text", { "aria-hidden": "true" }, spans);
  const name = `${label(id)}, ${KINDS[kind][0].toLowerCase()}, ${many((about.get(id) || []).length, "claim")}`;
  const ring = draw("circle", { class: "ring", r: radius + 5 });
  const node = draw("a", { class: "node", href: href(id), "aria-label": name }, ring, shape(kind, radius), text);
  const entry = { id, x, y, radius, lines, node, text };
  node.addEventListener("click", (event) => {
    if (net.moved) event.preventDefault();
  });
  node.addEventListener("focus", () => {
    rove(entry);
    reveal(entry);
  });
  node.addEventListener("dragstart", (event) => event.preventDefault());
  // A name that is written out in full needs no hint.
  hints(node, () => (node.classList.contains("mute") || lines.join(" ") !== label(id) ? label(id) : ""));
  return entry;
}

function tools() {
  const button = (text, name, onclick) => {
    return el("button", { type: "button", class: "button", "aria-label": name, title: name, onclick }, text);
  };
  return el(
    "div",
    { class: "tools" },
    button("+", "Zoom in", () => zoom(1.35)),
    button("−", "Zoom out", () => zoom(1 / 1.35)),
    button("Fit", "Fit the whole network", fit),
  );
}

function legend() {
  const line = (how, extra) =>
    draw(
      "svg",
      { class: "line", viewBox: "0 0 26 10", "aria-hidden": "true" },
      draw("path", { d: "M0 5H26", class: `link ${how}` }),
      extra,
    );
  return el(
    "ul",
    { class: "legend", "aria-label": "Signs" },
    ["person", "group", "organisation", "unit", "event", "place", "topic"].map((kind) =>
      el("li", null, sign(kind), KINDS[kind][0].toLowerCase()),
    ),
    el("li", null, line("held"), "put as fact"),
    el("li", null, line("planned"), "planned"),
    el("li", null, line("hoped"), "hoped"),
    el("li", null, line("hypothetical"), "hypothetical"),
    el("li", null, line("denied", draw("path", { d: "M9 1l8 8m-8 0l8-8", class: "cross" })), "denied"),
    el("li", null, line("held disputed"), "in a disagreement"),
  );
}

function hints(node, text) {
  node.addEventListener("pointerenter", (event) => {
    const words = text();
    if (words && event.pointerType === "mouse") hint(event, words);
  });
  node.addEventListener("pointerleave", () => {
    net.tip.hidden = true;
  });
}
function hint(event, text) {
  const { tip, stage } = net;
  const frame = stage.getBoundingClientRect();
  tip.replaceChildren(bdi(text));
  tip.hidden = false;
  const left = Math.min(event.clientX - frame.left + 14, frame.width - tip.offsetWidth - 8);
  const top = Math.min(event.clientY - frame.top + 16, frame.height - tip.offsetHeight - 8);
  tip.style.left = `${Math.max(8, left)}px`;
  tip.style.top = `${Math.max(8, top)}px`;
}

function network() {
  if (!net.built) build();
  if (!net.built.isConnected)
    view.replaceChildren(el("h2", { id: "net-title", tabindex: "-1", class: "unseen" }, "Network"), net.built);
  const active = new Set();
  let shown = 0;
  for (const one of bonds) {
    const on = one.claims.some((index) => passing[index]);
    one.node.classList.toggle("out", !on);
    if (on) {
      shown += 1;
      one.ends.forEach((id) => active.add(id));
    }
  }
  for (const one of net.nodes) {
    const on = active.has(one.id);
    one.node.classList.toggle("out", !on);
    if (on) one.node.removeAttribute("aria-hidden");
    else one.node.setAttribute("aria-hidden", "true");
  }
  const first =
    net.nodes.find((one) => one.node.getAttribute("tabindex") === "0" && active.has(one.id)) ||
    net.nodes.find((one) => active.has(one.id));
  for (const one of net.nodes) one.node.setAttribute("tabindex", one === first ? "0" : "-1");
  pick();
  if (!net.box) begin();
  const drawn = new Set(
    bonds
      .filter((one) => one.claims.some((index) => passing[index]))
      .flatMap((one) => one.claims.filter((index) => passing[index])),
  ).size;
  const rest = hits - drawn;
  return `${ofAll(hits, claims.length, "claim")}: ${number(drawn)} join the ${many(active.size, "thing")} drawn${rest ? `; ${number(rest)} are about amounts, or topics that join nothing, and stand under Claims` : ""}`;
}
function pick() {
  if (!net.built) return;
  const ids = opened.thing ? [opened.thing] : opened.claim !== null ? ends(claims[opened.claim]) : opened.bond || [];
  const own = [...new Set(ids)].filter((id) => spots.has(id));
  const line = !opened.thing;
  net.current = own[0] || null;
  net.near = null;
  if (own.length) {
    net.near = new Set(own);
    for (const one of bonds) {
      const near =
        opened.claim !== null
          ? one.claims.includes(opened.claim)
          : line
            ? own.every((id) => one.ends.includes(id))
            : one.ends.includes(own[0]);
      one.node.classList.toggle("near", near);
      one.node.classList.toggle("on", line && near);
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
