import { t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { PassageView } from "../parts/passage_view.js";
import { choosesBetter, markBetter } from "./feedback.js";

/** @typedef {import("./turns.js").Turn} Turn */
/** @typedef {import("../service/types.js").Hit} Hit */

/**
 * The passages that were found, folded.
 * @param {{turn: Turn}} props
 */
export function Passages({ turn }) {
  const isChoosing = choosesBetter.value === turn.hash;
  return html`<details class="folded passages" open=${isChoosing || undefined}>
    <summary>${t("answer.passages", { n: turn.hits.length })}</summary>
    <ol class="plain-list">
      ${turn.hits.map(
        (hit) => html`<li>
          <${PassageView} hit=${hit} spans=${spansOf(turn, hit)} />
          ${isChoosing &&
          html`<button type="button" class="button" onClick=${() => markBetter(turn, hit)}>
            ${t("feedback.this-one")}
          </button>`}
        </li>`,
      )}
    </ol>
  </details>`;
}

/**
 * @param {Turn} turn
 * @param {Hit} hit
 */
function spansOf(turn, hit) {
  return turn.citations
    .filter((each) => each.passage_id === hit.passage_id)
    .map(({ start, end, marker }) => ({ start, end, marker }));
}
