import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n/locale.js";
import { html } from "../parts/html.js";

/** @typedef {import("./turns.js").Turn} Turn */

/** @type {Record<string, import("../i18n/locale.js").Key>} */
const STAGES = {
  question: "stage.question",
  ranking: "stage.ranking",
  reading: "stage.reading",
  quotes: "stage.quotes",
};

const ORDER = Object.keys(STAGES);

/**
 * What is being done while a question waits for its answer.
 * @param {{turn: Turn | null, onStop: () => void}} props
 */
export function Waiting({ turn, onStop }) {
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), 4000);
    return () => clearTimeout(timer);
  }, []);
  const stage = turn?.stage ?? null;
  const reached = stage === null ? 0 : ORDER.indexOf(stage);
  return html`<div class="waiting" role="group" aria-label=${t("ask.waiting")}>
    <div class="bar" aria-hidden="true"></div>
    <p>${t((stage !== null && STAGES[stage]) || "stage.ranking")}</p>
    <div class="steps" aria-hidden="true">
      ${ORDER.map((_, place) => html`<span class=${place <= reached ? "reached" : ""}></span>`)}
    </div>
    ${isLong && html`<p class="hint">${t("ask.long")}</p>`}
    <button type="button" class="button" onClick=${onStop}>${t("ask.stop")}</button>
  </div>`;
}
