import { t } from "../i18n/locale.js";
import { html } from "../parts/html.js";

const SURE = 0.85;
const LIKELY = 0.6;

/** Bounds of the words for a probability that the collection holds the answer. Chosen manually. */
/** @param {number} confidence */
function level(confidence) {
  if (confidence >= SURE) return "sure";
  return confidence >= LIKELY ? "likely" : "unsure";
}

/** @param {number} confidence */
export function confidenceText(confidence) {
  return t(`confidence.${level(confidence)}`);
}

/** @param {{confidence: number}} props */
export function Confidence({ confidence }) {
  const percent = Math.round(confidence * 100);
  return html`<span class="confidence ${level(confidence)}" title=${t("confidence.title", { percent })}>
    <span class="dot" aria-hidden="true"></span>${confidenceText(confidence)}
  </span>`;
}
