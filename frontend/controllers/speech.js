import { Controller } from "@hotwired/stimulus";

/** Reads sentences aloud by a Vietnamese voice of the browser and marks the one being read. */
export default class SpeechController extends Controller {
  static targets = ["sentence", "play", "stop", "missing"];

  connect() {
    this.at = 0;
    this.ask = () => this.offer();
    this.offer();
    window.speechSynthesis?.addEventListener?.("voiceschanged", this.ask);
  }

  disconnect() {
    window.speechSynthesis?.removeEventListener?.("voiceschanged", this.ask);
    this.stop();
  }

  /** Voices come late in some browsers: the button shows as soon as a Vietnamese one is there. */
  offer() {
    const voices = window.speechSynthesis?.getVoices() ?? [];
    this.voice = voices.find((one) => one.lang.toLowerCase().startsWith("vi"));
    this.playTarget.hidden = !this.voice;
    this.missingTarget.hidden = Boolean(this.voice);
  }

  play() {
    this.playing = true;
    this.show();
    this.say();
  }

  stop() {
    this.playing = false;
    window.speechSynthesis?.cancel();
    this.show();
  }

  say() {
    const sentence = this.sentenceTargets[this.at];
    if (!this.playing || !sentence) {
      this.at = 0;
      this.stop();
      return;
    }
    const utterance = new SpeechSynthesisUtterance(sentence.dataset.say);
    utterance.voice = this.voice;
    utterance.lang = this.voice.lang;
    utterance.onend = () => {
      if (!this.playing) return;
      this.at += 1;
      this.show();
      this.say();
    };
    utterance.onerror = () => this.stop();
    window.speechSynthesis.speak(utterance);
  }

  show() {
    this.sentenceTargets.forEach((one, index) =>
      one.classList.toggle("cv-said", Boolean(this.playing) && index === this.at),
    );
    if (this.playing) this.sentenceTargets[this.at]?.scrollIntoView({ block: "nearest" });
    if (this.hasPlayTarget) this.playTarget.hidden = this.playing || !this.voice;
    if (this.hasStopTarget) this.stopTarget.hidden = !this.playing;
  }
}
