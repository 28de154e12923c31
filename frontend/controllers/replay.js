/* A past day at sixty times its speed: the slider is the minute of the day. What was known from
   which second on stands in a JSON block; rows, log and map follow it. */
import { Controller } from "@hotwired/stimulus";

const MINUTE = 60;
const STEP_MS = 1000; // a second is a minute

export default class extends Controller {
  static targets = [
    "frames", "slider", "clock", "play", "playLabel", "row", "entry", "nothing",
  ];
  static values = { map: String };

  connect() {
    if (!this.hasFramesTarget) return;
    this.frames = JSON.parse(this.framesTarget.textContent);
    this.show();
  }

  disconnect() {
    this.stop();
  }

  toggle() {
    if (this.timer) this.stop();
    else this.start();
  }

  start() {
    const slider = this.sliderTarget;
    if (Number(slider.value) >= Number(slider.max)) slider.value = slider.min;
    this.show();
    this.timer = setInterval(() => this.next(), STEP_MS);
    this.pressed(true);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    if (this.hasPlayTarget) this.pressed(false);
  }

  next() {
    const slider = this.sliderTarget;
    if (Number(slider.value) >= Number(slider.max)) return this.stop();
    slider.value = Number(slider.value) + 1;
    return this.show();
  }

  slide() {
    this.show();
  }

  pressed(on) {
    this.playTarget.setAttribute("aria-pressed", String(on));
    this.playLabelTarget.textContent = on ? "Dừng" : "Phát";
  }

  /** The minute of the slider, to its end. */
  show() {
    const minute = Number(this.sliderTarget.value);
    const second = minute * MINUTE + MINUTE - 1;
    const clock = `${pad(minute / MINUTE)}:${pad(minute % MINUTE)}`;
    this.clockTarget.textContent = clock;
    this.sliderTarget.setAttribute("aria-valuetext", clock);
    const points = [];
    let seen = 0;
    for (const row of this.rowTargets) {
      const frame = this.frames.find(({ id }) => String(id) === row.dataset.id);
      const known = frame.known.findLast((each) => each.from <= second);
      row.hidden = !known;
      if (!known) continue;
      seen += 1;
      badge(row, "severity", known.label, known.tone);
      badge(row, "state", known.state, known.stateTone);
      if (known.open && frame.at) points.push({ ...frame, ...known, at: frame.at });
    }
    this.nothingTarget.hidden = seen > 0;
    for (const entry of this.entryTargets) entry.hidden = Number(entry.dataset.second) > second;
    const source = document.getElementById(this.mapValue);
    source.textContent = JSON.stringify({ ...JSON.parse(source.textContent), points });
  }
}

function pad(number) {
  return String(Math.floor(number)).padStart(2, "0");
}

function badge(row, part, words, tone) {
  const mark = row.querySelector(`[data-part="${part}"]`);
  mark.textContent = words;
  mark.className = `cv-badge cv-badge-${tone}`;
}
