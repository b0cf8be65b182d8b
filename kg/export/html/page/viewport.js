// The viewport of the drawn network: its frame, the labels that find room, pointer and keys.

// The frame is our own view box, not the browser's scale, so that text keeps its size on the screen.
const aspect = () => net.stage.clientWidth / Math.max(1, net.stage.clientHeight);
function fit() {
  const room = Math.max(0.6, 1 - 48 / net.stage.clientWidth);
  const [x, y, width, height] = drawing.frame;
  const w = Math.max(width / room, height * aspect());
  const h = w / aspect();
  net.box = [x - (w - width) / 2, y - (h - height) / 2, w, h];
  net.moved = false;
  paint();
}
// On a telephone the whole network is too small to read: there the view starts at its centre.
function begin() {
  fit();
  const scale = net.box[2] / net.stage.clientWidth;
  if (scale > 2.8) zoom(scale / 2, centre());
}
function centre() {
  const mass = net.nodes.reduce((sum, node) => sum + node.radius, 0);
  return ["x", "y"].map((axis) => net.nodes.reduce((sum, node) => sum + node[axis] * node.radius, 0) / mass);
}
function resize() {
  const [x, y, w, h] = net.box;
  const high = w / aspect();
  net.box = [x, y + (h - high) / 2, w, high];
  paint();
}
function zoom(factor, at) {
  const [x, y, w, h] = net.box;
  const most = Math.max(drawing.frame[2], drawing.frame[3] * aspect()) * 2;
  const width = Math.min(most, Math.max(160, w / factor));
  const [px, py] = at || [x + w / 2, y + h / 2];
  const by = width / w;
  net.box = [px - (px - x) * by, py - (py - y) * by, width, h * by];
  net.moved = true;
  paint();
}
function move(x, y) {
  net.box = [x, y, net.box[2], net.box[3]];
  net.moved = true;
  setFrame();
}
const setFrame = () => net.stage.setAttribute("viewBox", net.box.map((length) => length.toFixed(1)).join(" "));
const overlap = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
function paint() {
  const scale = net.box[2] / net.stage.clientWidth;
  if (!Number.isFinite(scale) || scale <= 0) return;
  setFrame();
  // Shapes shrink less than the network, text not at all.
  const swell = Math.max(1, Math.min(1.7, scale * 0.85));
  const size = 11.5 * scale;
  for (const node of net.nodes) {
    node.element.setAttribute("transform", `translate(${node.x} ${node.y}) scale(${swell.toFixed(3)})`);
    node.text.setAttribute("font-size", (size / swell).toFixed(2));
  }
  const shown = net.nodes.filter(
    (node) => !node.element.classList.contains("out") && (!net.near || net.near.has(node.id)),
  );
  const discs = shown.map((node) => {
    const radius = node.radius * swell;
    return { node, rect: [node.x - radius, node.y - radius, node.x + radius, node.y + radius] };
  });
  const taken = [];
  const free = ({ rect }) =>
    (net.moved || (rect[0] > net.box[0] && rect[2] < net.box[0] + net.box[2])) &&
    !taken.some((other) => overlap(rect, other));
  shown.sort((a, b) => weight(b) - weight(a));
  shown.forEach((node, rank) => {
    const sides = sidesOf(node, size, swell);
    // The best side hides no shape; the heaviest nodes may hide a small shape rather than have no label.
    const clear = (least) => (side) =>
      free(side) &&
      !discs.some((disc) => disc.node !== node && disc.node.radius >= least && overlap(side.rect, disc.rect));
    const side = sides.find(clear(0)) || (rank < 14 && sides.find(clear(node.radius * 0.8)));
    node.element.classList.toggle("mute", !side);
    if (side) taken.push(side.rect);
    const { x, y, anchor } = side || sides[0];
    node.text.setAttribute("y", (y / swell).toFixed(2));
    node.text.style.textAnchor = anchor;
    for (const line of node.text.children) line.setAttribute("x", (x / swell).toFixed(2));
  });
}
// The places of a label: below its node, right, left, above.
function sidesOf(node, size, swell) {
  const width = Math.max(...node.lines.map((line) => line.length)) * size * 0.55;
  const high = size * 1.15 * node.lines.length;
  const radius = node.radius * swell;
  const gap = size * 0.35;
  const side = (x, y, anchor) => {
    const left = node.x + x - (anchor === "middle" ? width / 2 : anchor === "end" ? width : 0);
    return { x, y, anchor, rect: [left, node.y + y - size, left + width, node.y + y - size * 0.75 + high] };
  };
  const level = size * 0.36 - (node.lines.length - 1) * size * 0.57;
  return [
    side(0, radius + size * 1.05, "middle"),
    side(radius + gap, level, "start"),
    side(-radius - gap, level, "end"),
    side(0, -radius - gap - (node.lines.length - 1) * size * 1.15, "middle"),
  ];
}
const weight = ({ id, radius }) => radius + (net.near && net.near.has(id) ? 100 : 0) + (id === net.current ? 1000 : 0);

function addControls(stage) {
  const fingers = new Map();
  let apart = 0;
  const position = (x, y) => {
    const frame = stage.getBoundingClientRect();
    return [
      net.box[0] + ((x - frame.left) / frame.width) * net.box[2],
      net.box[1] + ((y - frame.top) / frame.height) * net.box[3],
    ];
  };
  stage.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), position(event.clientX, event.clientY));
    },
    { passive: false },
  );
  stage.addEventListener("pointerdown", (event) => {
    fingers.set(event.pointerId, [event.clientX, event.clientY]);
    net.dragged = false;
    apart = 0;
  });
  addEventListener("pointermove", (event) => {
    const last = fingers.get(event.pointerId);
    if (!last) return;
    const [dx, dy] = [event.clientX - last[0], event.clientY - last[1]];
    if (!net.dragged && Math.hypot(dx, dy) < 4) return;
    net.dragged = true;
    net.tip.hidden = true;
    fingers.set(event.pointerId, [event.clientX, event.clientY]);
    if (fingers.size === 2) {
      const [[x1, y1], [x2, y2]] = fingers.values();
      const now = Math.hypot(x1 - x2, y1 - y2);
      if (apart) zoom(now / apart, position((x1 + x2) / 2, (y1 + y2) / 2));
      apart = now;
      return;
    }
    const scale = net.box[2] / stage.clientWidth;
    move(net.box[0] - dx * scale, net.box[1] - dy * scale);
  });
  const lift = (event) => {
    if (!fingers.delete(event.pointerId)) return;
    apart = 0;
    // Later, so that the click that ends a drag opens nothing.
    setTimeout(() => {
      net.dragged = false;
    });
  };
  addEventListener("pointerup", lift);
  addEventListener("pointercancel", lift);
  stage.addEventListener("keydown", (event) => {
    const directions = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const from = net.nodes.find((node) => node.element === document.activeElement);
    if (event.key === "+" || event.key === "=") zoom(1.35);
    else if (event.key === "-") zoom(1 / 1.35);
    else if (directions[event.key] && from) {
      event.preventDefault();
      const next = nearest(from, directions[event.key]);
      if (next) next.element.focus();
    }
  });
}
function nearest(from, [wx, wy]) {
  let best = null,
    least = Infinity;
  for (const node of net.nodes) {
    if (node === from || node.element.classList.contains("out")) continue;
    const [dx, dy] = [node.x - from.x, node.y - from.y];
    const along = dx * wx + dy * wy;
    const distance = along + 2 * Math.abs(dx * wy) + 2 * Math.abs(dy * wx);
    if (along > 0 && distance < least) [best, least] = [node, distance];
  }
  return best;
}
// Tab stops at one node of the network.
function setTabStop(stop) {
  for (const node of net.nodes) node.element.setAttribute("tabindex", node === stop ? "0" : "-1");
}
function reveal(node) {
  const [x, y, w, h] = net.box;
  const edge = w * 0.06;
  if (node.x > x + edge && node.x < x + w - edge && node.y > y + edge && node.y < y + h - edge) return;
  move(node.x - w / 2, node.y - h / 2);
}
