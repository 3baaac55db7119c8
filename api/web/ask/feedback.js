import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { ProblemBox } from "../parts/problem.js";
import { request } from "../service/request.js";
import { announce } from "../state/announcements.js";

/** @typedef {import("./turns.js").Turn} Turn */
/** @typedef {import("../service/types.js").Hit} Hit */
/** @typedef {"right" | "wrong" | "better"} Verdict */

/** The address of the question for which a better passage is chosen now. */
export const choosesBetter = signal(/** @type {string | null} */ (null));

/** What was said of each answer in this visit. */
const given = signal(/** @type {Map<string, Verdict>} */ (new Map()));

/**
 * Stores what a reader says of an answer.
 * @param {Turn} turn
 * @param {Verdict} verdict
 * @param {{article_id: string, start: number, end: number} | null} place
 */
async function give(turn, verdict, place) {
  await request("POST", "/v1/feedback", {
    body: {
      question: turn.searched ?? turn.asked.question,
      verdict,
      ...(turn.language && { language: turn.language.slice(0, 2) }),
      ...(place !== null && { article_id: place.article_id, start: place.start, end: place.end }),
      ...(turn.asked.collection !== null && { collection: turn.asked.collection }),
    },
  });
  given.value = new Map(given.value).set(turn.hash, verdict);
  announce(t("feedback.thanks"));
}

/**
 * @param {Turn} turn
 * @param {Hit} hit
 */
export async function markBetter(turn, hit) {
  await give(turn, "better", hit);
  choosesBetter.value = null;
}

/** @param {{turn: Turn}} props */
export function FeedbackBar({ turn }) {
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const verdict = given.value.get(turn.hash);
  const isChoosing = choosesBetter.value === turn.hash;
  /** @param {Verdict} said */
  const say = (said) => {
    // What is right is the first quote of the answer; without an answer, that there is none.
    const marker = turn.answers[0]?.citations[0] ?? turn.citations[0]?.marker;
    const citation = turn.citations.find((each) => each.marker === marker);
    const place = turn.abstained ? null : (citation ?? null);
    give(turn, said, place).then(() => setError(null), setError);
  };
  if (verdict !== undefined) {
    return html`<p class="feedback done" tabindex="-1"><${Icon} name="right" /> ${t("feedback.thanks")}</p>`;
  }
  return html`<div class="feedback" role="group" aria-label=${t("feedback.ask")}>
      <span class="wide-only">${t("feedback.ask")}</span>
      <button type="button" class="button quiet" onClick=${() => say("right")}>
        <${Icon} name="right" /> ${t("feedback.right")}
      </button>
      <button type="button" class="button quiet" onClick=${() => say("wrong")}>
        <${Icon} name="wrong" /> ${t("feedback.wrong")}
      </button>
      <button
        type="button"
        class="button quiet"
        aria-pressed=${isChoosing}
        onClick=${() => (choosesBetter.value = isChoosing ? null : turn.hash)}
      >
        <${Icon} name="better" /> ${t("feedback.better")}
      </button>
    </div>
    ${isChoosing && html`<p class="hint">${t("feedback.choose")}</p>`}
    ${error !== null && html`<${ProblemBox} error=${error} />`}`;
}
