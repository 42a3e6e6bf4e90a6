// Draws a flow as SVG from data-flow: {nodes: [{key, title, note, type, status}], edges: [{from, to, title, taken}]}.
// The layout is dagre's; the list under the figure says the same in words.
import { Graph, layout } from "@dagrejs/dagre";

const SVG = "http://www.w3.org/2000/svg";
const make = (name, attributes, ...children) => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
};

const canvas = document.createElement("canvas").getContext("2d");
function width(words, size, weight) {
  canvas.font = `${weight} ${size}px ${getComputedStyle(document.body).fontFamily}`;
  return canvas.measureText(words).width;
}

function place(flow, rankdir) {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir, nodesep: 26, ranksep: rankdir === "LR" ? 46 : 40, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of flow.nodes) {
    const wide = Math.max(width(node.title, 13, 500), width(node.note ?? "", 11, 400)) + 34;
    graph.setNode(node.key, { ...node, width: Math.max(wide, 72), height: node.note ? 46 : 36 });
  }
  flow.edges.forEach((edge, index) => {
    const label = edge.title ?? "";
    graph.setEdge(edge.from, edge.to, { ...edge, width: label ? width(label, 11, 400) + 10 : 0, height: label ? 16 : 0, labelpos: "c" }, `e${index}`);
  });
  layout(graph);
  return graph;
}

function shape({ type, width: w, height: h }) {
  if (type === "decision") {
    const c = 11;
    return make("path", { d: `M${-w / 2 + c},${-h / 2}H${w / 2 - c}L${w / 2},0L${w / 2 - c},${h / 2}H${-w / 2 + c}L${-w / 2},0Z` });
  }
  return make("rect", { x: -w / 2, y: -h / 2, width: w, height: h, rx: type === "start" || type === "end" ? h / 2 : 6 });
}

function drawNode(node) {
  const group = make("g", { class: `flow-node is-${node.status ?? "waiting"}`, transform: `translate(${node.x},${node.y})` }, shape(node));
  group.append(make("text", { y: node.note ? -8 : 0 }, node.title));
  if (node.note) group.append(make("text", { y: 10, class: "flow-note" }, node.note));
  return group;
}

function curve(points) {
  const [first, ...rest] = points;
  let path = `M${first.x},${first.y}`;
  for (let index = 0; index < rest.length - 1; index += 1) {
    const here = rest[index];
    const next = rest[index + 1];
    const last = index === rest.length - 2;
    const x = last ? next.x : (here.x + next.x) / 2;
    const y = last ? next.y : (here.y + next.y) / 2;
    path += `Q${here.x},${here.y} ${x},${y}`;
  }
  return path;
}

function drawEdge(edge) {
  const taken = edge.taken ? " is-taken" : "";
  const end = edge.points.at(-1);
  const before = edge.points.at(-2);
  const turn = (Math.atan2(end.y - before.y, end.x - before.x) * 180) / Math.PI;
  const parts = [
    make("path", { class: `flow-edge${taken}`, d: curve(edge.points) }),
    make("path", { class: `flow-head${taken}`, d: "M0,0L-8,-4.5L-8,4.5Z", transform: `translate(${end.x},${end.y}) rotate(${turn})` }),
  ];
  if (edge.title) parts.push(make("text", { class: "flow-label", x: edge.x, y: edge.y }, edge.title));
  return parts;
}

export function arm(element) {
  const flow = JSON.parse(element.dataset.flow);
  let lying;
  const draw = () => {
    const across = element.clientWidth > 720;
    if (across === lying) return;
    lying = across;
    const graph = place(flow, across ? "LR" : "TB");
    const { width: w, height: h } = graph.graph();
    const svg = make("svg", { viewBox: `0 0 ${w} ${h}`, width: w, height: h, role: "img", "aria-label": element.dataset.label ?? "" });
    const edges = graph.edges().map((edge) => graph.edge(edge)).sort((one, other) => Number(one.taken ?? 0) - Number(other.taken ?? 0));
    edges.forEach((edge) => svg.append(...drawEdge(edge)));
    graph.nodes().forEach((key) => svg.append(drawNode(graph.node(key))));
    element.querySelector("svg")?.remove();
    element.prepend(svg);
  };
  document.fonts.ready.then(() => {
    draw();
    new ResizeObserver(draw).observe(element);
  });
}
