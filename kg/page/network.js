// The network: drawn once, filtered, moved, walked through by keys.

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
  const canvas = draw("g", null);
  const stage = draw(
    "svg",
    {
      class: "drawing",
      role: "group",
      "aria-labelledby": "net-title",
      "aria-describedby": "net-help",
      preserveAspectRatio: "xMidYMid meet",
    },
    canvas,
  );
  for (const one of bonds) {
    const [, x1, y1] = spots.get(one.ends[0]);
    const [, x2, y2] = spots.get(one.ends[1]);
    const length = Math.hypot(x2 - x1, y2 - y1) || 1;
    const middle = [(x1 + x2) / 2 - ((y2 - y1) / length) * one.bend, (y1 + y2) / 2 + ((x2 - x1) / length) * one.bend];
    const d = one.bend ? `M${x1} ${y1}Q${middle[0]} ${middle[1]} ${x2} ${y2}` : `M${x1} ${y1}L${x2} ${y2}`;
    const at = one.bend ? [(x1 + x2) / 4 + middle[0] / 2, (y1 + y2) / 4 + middle[1] / 2] : middle;
    const disputed = one.claims.some((index) => hard(index).length) ? " disputed" : "";
    one.node = draw(
      "g",
      { class: "bond" },
      draw("path", { d, class: "grab" }),
      draw("path", { d, class: `link ${one.how}${disputed}` }),
      one.how === "denied" ? draw("path", { d: `M${at[0] - 5} ${at[1] - 5}l10 10m-10 0l10-10`, class: "cross" }) : null,
    );
    one.node.querySelector(".link").style.strokeWidth = `${[0, 1.1, 2, 3][Math.min(3, one.origins)]}px`;
    one.node.addEventListener("click", () => {
      if (!net.moved) location.hash = bondHref(...one.ends);
    });
    one.node.addEventListener("pointerenter", (event) => hint(tip, stage, event, bondTitle(one)));
    one.node.addEventListener("pointerleave", () => {
      tip.hidden = true;
    });
    canvas.append(one.node);
  }
  const nodes = [...picture.nodes]
    .sort((one, two) => two[3] - one[3])
    .map(([id, x, y, radius, lines]) => {
      const count = (about.get(id) || []).length;
      const text = draw(
        "text",
        { "aria-hidden": "true" },
        lines.map((line, place) => draw("tspan", { x: 0, dy: place ? "1.15em" : 0 }, seen(line))),
      );
      const node = draw(
        "a",
        {
          class: "node",
          href: href(id),
          tabindex: "-1",
          transform: `translate(${x} ${y})`,
          "aria-label": `${label(id)}, ${KINDS[kindOf(id)][0].toLowerCase()}, ${many(count, "claim")}`,
        },
        draw("circle", { class: "ring", r: radius + 5 }),
        shape(kindOf(id), radius),
        text,
      );
      const entry = { id, x, y, radius, lines, node, text, kind: kindOf(id) };
      node.addEventListener("click", (event) => {
        if (net.moved) event.preventDefault();
      });
      node.addEventListener("focus", () => {
        rove(entry);
        reveal(entry);
      });
      node.addEventListener("pointerenter", (event) => {
        if (entry.node.classList.contains("mute") || lines.join(" ") !== label(id)) hint(tip, stage, event, label(id));
      });
      node.addEventListener("pointerleave", () => {
        tip.hidden = true;
      });
      node.addEventListener("dragstart", (event) => event.preventDefault());
      return entry;
    });
  // The largest is drawn last, and lies on top.
  canvas.append(...[...nodes].reverse().map((one) => one.node));
  const holder = el(
    "div",
    { class: "stage" },
    stage,
    tip,
    el(
      "div",
      { class: "tools" },
      el(
        "button",
        { type: "button", class: "button", "aria-label": "Zoom in", title: "Zoom in", onclick: () => zoom(1.35) },
        "+",
      ),
      el(
        "button",
        { type: "button", class: "button", "aria-label": "Zoom out", title: "Zoom out", onclick: () => zoom(1 / 1.35) },
        "−",
      ),
      el("button", { type: "button", class: "button", title: "Show the whole network", onclick: fit }, "Fit"),
    ),
  );
  Object.assign(net, {
    built: el(
      "div",
      { class: "network" },
      el(
        "p",
        { class: "unseen", id: "net-help" },
        "Tab enters the network at one thing, the arrow keys go to the next in their direction, Enter opens it. All of it is also under Things and Claims.",
      ),
      holder,
      legend(),
    ),
    stage,
    canvas,
    nodes,
    tip,
    byId: new Map(nodes.map((one) => [one.id, one])),
  });
  nodes[0] && nodes[0].node.setAttribute("tabindex", "0");
  moves(stage);
  new ResizeObserver(() => {
    if (stage.isConnected && stage.clientWidth) {
      if (net.free) resize();
      else begin();
    }
  }).observe(holder);
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
  const sum = net.nodes.reduce(
    (all, one) => [all[0] + one.x * one.radius, all[1] + one.y * one.radius, all[2] + one.radius],
    [0, 0, 0],
  );
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
  const least = 160,
    most = Math.max(picture.frame[2], picture.frame[3] * aspect()) * 2;
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
  const discs = shown.map((one) => [
    one.x - one.radius * swell,
    one.y - one.radius * swell,
    one.x + one.radius * swell,
    one.y + one.radius * swell,
    one,
  ]);
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
    const side =
      sides.find((each) => clear(each) && !discs.some((disc) => disc[4] !== one && meets(each.rect, disc))) ||
      (rank < 14
        ? sides.find(
            (each) =>
              clear(each) &&
              !discs.some((disc) => disc[4].radius >= one.radius * 0.8 && disc[4] !== one && meets(each.rect, disc)),
          )
        : null);
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
  return [
    side(0, radius + size * 1.05, "middle"),
    side(radius + gap, level, "start"),
    side(-radius - gap, level, "end"),
    side(0, -radius - gap - (one.lines.length - 1) * size * 1.15, "middle"),
  ];
}
const weight = (one) => one.radius + (net.near && net.near.has(one.id) ? 100 : 0) + (one.id === net.current ? 1000 : 0);

function moves(stage) {
  const fingers = new Map();
  let apart = 0;
  const place = (event) => {
    const frame = stage.getBoundingClientRect();
    return [
      net.box[0] + ((event.clientX - frame.left) / frame.width) * net.box[2],
      net.box[1] + ((event.clientY - frame.top) / frame.height) * net.box[3],
    ];
  };
  stage.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), place(event));
    },
    { passive: false },
  );
  stage.addEventListener("pointerdown", (event) => {
    fingers.set(event.pointerId, [event.clientX, event.clientY]);
    net.moved = false;
    apart = 0;
  });
  addEventListener("pointermove", (event) => {
    const last = fingers.get(event.pointerId);
    if (!last) return;
    const dx = event.clientX - last[0],
      dy = event.clientY - last[1];
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
  const lift = (event) => {
    if (fingers.delete(event.pointerId)) {
      apart = 0;
      setTimeout(() => {
        net.moved = false;
      });
    }
  };
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
  let best = null,
    least = Infinity;
  for (const one of net.nodes) {
    if (one === from || one.node.classList.contains("out")) continue;
    const dx = one.x - from.x,
      dy = one.y - from.y;
    const along = dx * wx + dy * wy,
      aside = Math.abs(dx * wy) + Math.abs(dy * wx);
    if (along > 0 && along + 2 * aside < least) {
      best = one;
      least = along + 2 * aside;
    }
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
