/* A map without the Internet: lines and areas of the configured file, and points of the page.

   JSON block: {"points": [{"at": [lat, lng], "title", "tone", "label", "url"}], "base": address or
   null}. With data-map-picks-value="lat lng" a tap writes into the fields of these names. */
import L from "leaflet";
import { styleSheet } from "../lib/style-sheet.js";

const TONES = { late: "#a61b1b", warn: "#c77700", info: "#1b5299", ok: "#1f6b35", mute: "#4b586c" };
const LINE = { color: "#8fa3c0", weight: 1.2, fillColor: "#dde6f2", fillOpacity: 0.45 };
const WATER = { color: "#6fa8d6", weight: 1.2, fillColor: "#bcdcf5", fillOpacity: 0.8 };
const ROAD = { color: "#b9c3d3", weight: 3 };
const HOME = [16.2, 106.5]; // the middle of the country, until there is something to look at
const GREATEST_ZOOM = 16;

/** Mount on the <div class="cv-map">. */
export async function mount(element) {
  await styleSheet(element.dataset.mapCssValue);
  const given = () =>
    JSON.parse(document.getElementById(element.dataset.mapSourceValue).textContent);
  const map = L.map(element, {
    center: HOME,
    zoom: 5,
    maxZoom: 19,
    attributionControl: false,
    fadeAnimation: false,
    keyboard: true,
  });
  map.zoomControl.setPosition("topright");
  for (const [part, label] of [["in", "Phóng to"], ["out", "Thu nhỏ"]]) {
    const button = element.querySelector(`.leaflet-control-zoom-${part}`);
    button.title = label;
    button.setAttribute("aria-label", label);
  }
  L.control.scale({ imperial: false }).addTo(map);
  const marks = L.layerGroup().addTo(map);
  const base = await drawBase(map, given().base);
  const show = () => look(map, draw(marks, given().points), base);
  show();
  const pick = picker(element, map);
  const source = document.getElementById(element.dataset.mapSourceValue);
  const changes = new MutationObserver(() => draw(marks, given().points));
  changes.observe(source, { childList: true, characterData: true, subtree: true });
  const resizes = new ResizeObserver(() => map.invalidateSize());
  resizes.observe(element);
  return {
    dispose() {
      changes.disconnect();
      resizes.disconnect();
      pick?.();
      map.remove();
    },
  };
}

async function drawBase(map, address) {
  if (!address) return null;
  const answer = await fetch(address, { credentials: "same-origin" });
  if (!answer.ok) return null;
  const layer = L.geoJSON(await answer.json(), {
    interactive: false,
    style: ({ properties }) =>
      ({ water: WATER, road: ROAD })[properties?.kind] ?? LINE,
    pointToLayer: (feature, at) => L.circleMarker(at, { radius: 2, ...LINE }),
    onEachFeature: ({ properties }, drawn) => {
      if (properties?.name && properties.kind !== "road")
        drawn.bindTooltip(text(properties.name), {
          permanent: true,
          direction: "center",
          className: "cv-map-name",
        });
    },
  }).addTo(map);
  return layer.getBounds();
}

function draw(marks, points) {
  marks.clearLayers();
  for (const point of points) {
    const mark = L.circleMarker(point.at, {
      radius: 9,
      weight: 2,
      color: "#fff",
      fillColor: TONES[point.tone] ?? TONES.info,
      fillOpacity: 0.95,
    });
    mark.bindTooltip(text(`${point.label}: ${point.title}`), { direction: "top" });
    if (point.url) mark.on("click", () => window.location.assign(point.url));
    mark.addTo(marks);
  }
  return points.length ? L.latLngBounds(points.map((point) => point.at)) : null;
}

function look(map, points, base) {
  const all = points ?? base;
  const room = points ? 0.25 : 0; // points stand free, the base may touch the edge
  if (all?.isValid()) map.fitBounds(all.pad(room), { maxZoom: GREATEST_ZOOM, animate: false });
}

/** Words as a node: a name in a file is text, never markup. */
function text(words) {
  const node = document.createElement("span");
  node.textContent = words;
  return node;
}

/** A tap sets the fields and a pin; returns what undoes it. */
function picker(element, map) {
  const names = element.dataset.mapPicksValue?.split(" ");
  if (!names) return null;
  const fields = names.map((name) => document.querySelector(`[name="${name}"]`));
  const pin = L.circleMarker(map.getCenter(), { radius: 8, weight: 3, color: "#a61b1b" });
  const put = () => {
    const at = fields.map((field) => Number.parseFloat(field.value.replace(",", ".")));
    if (at.every(Number.isFinite)) pin.setLatLng(at).addTo(map);
    else pin.remove();
  };
  map.on("click", ({ latlng }) => {
    [latlng.lat, latlng.lng].forEach((value, at) => {
      fields[at].value = value.toFixed(5);
      fields[at].dispatchEvent(new Event("input", { bubbles: true }));
    });
    put();
  });
  fields.forEach((field) => field.addEventListener("change", put));
  put();
  return () => fields.forEach((field) => field.removeEventListener("change", put));
}
