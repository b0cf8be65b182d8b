// How the drawing is seen and moved: its frame, the names that find room, pointer and keys.

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
