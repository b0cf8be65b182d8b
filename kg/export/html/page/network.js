// The network: drawn once, then filtered; the open entity, pair or claim stands out.

const drawing = data.drawing;
const positions = new Map(drawing.nodes.map((node) => [node[0], node]));
// An edge for each two entities and each stance: denied, planned or hoped claims never merge with asserted ones.
const edges = (() => {
  const merged = new Map();
  for (const { subject, target, claims: indices, origins } of data.statements) {
    if (!target || !positions.has(subject) || !positions.has(target)) continue;
    const { stance } = claims[indices[0]];
    const ends = [subject, target].sort();
    const key = [...ends, stance].join(" ");
    if (!merged.has(key)) merged.set(key, { ends, stance, claims: [], origins: 0 });
    merged.get(key).claims.push(...indices);
    merged.get(key).origins += origins;
  }
  const parallel = new Map();
  for (const edge of merged.values()) push(parallel, edge.ends.join(" "), edge);
  for (const group of parallel.values())
    group.forEach((edge, place) => {
      edge.bend = (place - (group.length - 1) / 2) * 26;
    });
  return [...merged.values()];
})();

// `moved` is whether the reader chose the frame, `dragged` whether a drag is under way.
const net = { built: null, box: null, current: null };

function build() {
  const tip = el("div", { class: "tip", hidden: true, "aria-hidden": "true" });
  const stage = draw("svg", {
    class: "drawing",
    role: "group",
    "aria-labelledby": "net-title",
    "aria-describedby": "net-help",
    preserveAspectRatio: "xMidYMid meet",
  });
  const nodes = [...drawing.nodes].sort((a, b) => b[3] - a[3]).map(drawNode);
  // The largest is drawn last, on top.
  fill(stage, null, [edges.map(drawEdge), [...nodes].reverse().map((node) => node.element)]);
  const holder = el("div", { class: "stage" }, stage, tip, tools());
  const help =
    "Tab enters the network at one entity, the arrow keys move to the next in their direction, Enter opens it. " +
    "Entities and Claims list the same.";
  const built = el("div", { class: "network" }, el("p", { class: "unseen", id: "net-help" }, help), holder, legend());
  Object.assign(net, { built, stage, nodes, tip });
  if (nodes.length) setTabStop(nodes[0]);
  addControls(stage);
  new ResizeObserver(() => {
    if (!stage.isConnected || !stage.clientWidth) return;
    if (net.moved) resize();
    else begin();
  }).observe(holder);
}

function drawEdge(edge) {
  const [one, other] = edge.ends;
  const [, x1, y1] = positions.get(one);
  const [, x2, y2] = positions.get(other);
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  // The middle of the straight line, and the distance at which the curve passes it.
  const [x, y] = [(x1 + x2) / 2, (y1 + y2) / 2];
  const [dx, dy] = [(-(y2 - y1) / length) * edge.bend, ((x2 - x1) / length) * edge.bend];
  const d = `M${x1} ${y1}Q${x + dx * 2} ${y + dy * 2} ${x2} ${y2}`;
  const disputed = edge.claims.some((index) => disagreementsOf(index).length) ? " disputed" : "";
  const line = draw("path", { d, class: `link ${edge.stance}${disputed}` });
  line.style.strokeWidth = `${[0, 1.1, 2, 3][Math.min(3, edge.origins)]}px`;
  const cross = draw("path", { d: `M${x + dx - 5} ${y + dy - 5}l10 10m-10 0l10-10`, class: "cross" });
  const target = draw("path", { d, class: "grab" });
  edge.element = draw("g", { class: "edge" }, target, line, edge.stance === "denied" ? cross : null);
  edge.element.addEventListener("click", () => {
    if (!net.dragged) location.hash = pairHref(one, other);
  });
  addTip(edge.element, () => {
    const predicates = new Set(edge.claims.map((index) => label(claims[index].predicate)));
    const stance = edge.stance === "asserted" ? "" : ` (${edge.stance})`;
    return `${label(one)} and ${label(other)}: ${[...predicates].join(", ")}${stance}`;
  });
  return edge.element;
}

function drawNode([id, x, y, radius, lines]) {
  const kind = kindOf(id);
  const spans = lines.map((line, place) => draw("tspan", { dy: place ? "1.15em" : 0 }, visible(line)));
  const text = draw("text", { "aria-hidden": "true" }, spans);
  const name = `${label(id)}, ${KINDS[kind][0]}, ${many((about.get(id) || []).length, "claim")}`;
  const ring = draw("circle", { class: "ring", r: radius + 5 });
  const element = draw("a", { class: "node", href: href(id), "aria-label": name }, ring, shape(kind, radius), text);
  const node = { id, x, y, radius, lines, element, text };
  element.addEventListener("click", (event) => {
    if (net.dragged) event.preventDefault();
  });
  element.addEventListener("focus", () => {
    setTabStop(node);
    reveal(node);
  });
  element.addEventListener("dragstart", (event) => event.preventDefault());
  // A label that is shown in full needs no tip.
  addTip(element, () => (element.classList.contains("mute") || lines.join(" ") !== label(id) ? label(id) : ""));
  return node;
}

function tools() {
  const button = (text, name, onclick) =>
    el("button", { type: "button", class: "button", "aria-label": name, title: name, onclick }, text);
  return el(
    "div",
    { class: "tools" },
    button("+", "Zoom in", () => zoom(1.35)),
    button("−", "Zoom out", () => zoom(1 / 1.35)),
    button("Fit", "Fit the whole network", fit),
  );
}

function legend() {
  const cross = draw("path", { d: "M9 1l8 8m-8 0l8-8", class: "cross" });
  const line = (name, text) =>
    el(
      "li",
      null,
      draw(
        "svg",
        { class: "line", viewBox: "0 0 26 10", "aria-hidden": "true" },
        draw("path", { d: "M0 5H26", class: `link ${name}` }),
        name === "denied" && cross,
      ),
      text,
    );
  return el(
    "ul",
    { class: "legend", "aria-label": "Legend" },
    ["person", "group", "organisation", "unit", "event", "place", "topic"].map((kind) =>
      el("li", null, sign(kind), KINDS[kind][0]),
    ),
    STANCES.map((stance) => line(stance, stance)),
    line("asserted disputed", "in a disagreement"),
  );
}

function addTip(node, textOf) {
  node.addEventListener("pointerenter", (event) => {
    const text = textOf();
    if (!text || event.pointerType !== "mouse") return;
    const { tip, stage } = net;
    const frame = stage.getBoundingClientRect();
    replace(tip, bdi(text));
    tip.hidden = false;
    const left = Math.min(event.clientX - frame.left + 14, frame.width - tip.offsetWidth - 8);
    const top = Math.min(event.clientY - frame.top + 16, frame.height - tip.offsetHeight - 8);
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${Math.max(8, top)}px`;
  });
  node.addEventListener("pointerleave", () => {
    net.tip.hidden = true;
  });
}

function network() {
  if (!net.built) build();
  if (!net.built.isConnected)
    replace(view, el("h2", { id: "net-title", tabindex: "-1", class: "unseen" }, "Network"), net.built);
  const joined = new Set();
  const drawn = new Set();
  for (const edge of edges) {
    const shown = edge.claims.filter((index) => matching[index]);
    edge.element.classList.toggle("out", !shown.length);
    for (const index of shown) drawn.add(index);
    if (shown.length) for (const id of edge.ends) joined.add(id);
  }
  for (const { id, element } of net.nodes) {
    element.classList.toggle("out", !joined.has(id));
    if (joined.has(id)) element.removeAttribute("aria-hidden");
    else element.setAttribute("aria-hidden", "true");
  }
  const shown = net.nodes.filter((node) => joined.has(node.id));
  setTabStop(shown.find((node) => node.element.getAttribute("tabindex") === "0") || shown[0]);
  highlight();
  if (!net.box) begin();
  const rest = matches - drawn.size;
  return (
    `${ofAll(matches, claims.length, "claim")}: ${number(drawn.size)} join the ` +
    `${many(joined.size, "entity", "entities")} drawn` +
    (rest ? `; ${number(rest)} are about amounts, or topics that join nothing, and are listed under Claims` : "")
  );
}
// Let the open entity, pair or claim stand out, with the entities that are joined to it.
function highlight() {
  if (!net.built) return;
  const { entity, claim, pair } = opened;
  const ids = entity ? [entity] : claim !== null ? ends(claims[claim]) : pair || [];
  const own = [...new Set(ids)].filter((id) => positions.has(id));
  const isNear = (edge) => {
    if (!own.length) return false;
    if (claim !== null) return edge.claims.includes(claim);
    return own.every((id) => edge.ends.includes(id));
  };
  net.current = own[0] || null;
  net.near = own.length ? new Set(own) : null;
  for (const edge of edges) {
    const near = isNear(edge);
    edge.element.classList.toggle("near", near);
    edge.element.classList.toggle("on", near && !entity);
    if (near) for (const id of edge.ends) net.near.add(id);
  }
  for (const { id, element } of net.nodes) {
    element.classList.toggle("near", Boolean(net.near && net.near.has(id)));
    element.classList.toggle("on", own.includes(id));
  }
  net.stage.classList.toggle("picked", own.length > 0);
  if (net.box) paint();
}
