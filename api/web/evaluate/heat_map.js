import { languageName, number, t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { languagePairs } from "./figures.js";

/** @typedef {import("./figures.js").Run} Run */

/**
 * How often the best passage answers, for each language of question and passage.
 * @param {{run: Run, before?: Run | null}} props before: the differences to it are shown, too
 */
export function HeatMap({ run, before = null }) {
  const { asked, answered, cells } = languagePairs(run);
  const old = before === null ? null : languagePairs(before).cells;
  if (cells.size === 0) return null;
  return html`<div class="scrolls" tabindex="0" role="group" aria-label=${t("heat.title")}>
    <table class="heat">
      <caption>${t("heat.caption")}</caption>
      <thead>
        <tr>
          <td></td>
          ${answered.map((each) => html`<th scope="col">${t("heat.passage", { language: languageName(each) })}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${asked.map(
          (from) => html`<tr>
            <th scope="row">${t("heat.question", { language: languageName(from) })}</th>
            ${answered.map((to) => {
              const cell = cells.get(`${from} ${to}`);
              if (cell === undefined) return html`<td class="no-value">–</td>`;
              const was = old?.get(`${from} ${to}`);
              const change = was === undefined ? 0 : cell.mean - was.mean;
              return html`<td class=${`level-${Math.min(9, Math.floor(cell.mean * 10))}`}>
                <strong>${share(cell.mean)}</strong>
                ${Math.abs(change) > 0.0005 && html`<span class="change">${change > 0 ? "+" : "−"}${share(Math.abs(change))}</span>`}
                <span class="cases">${t("heat.cases", { n: cell.count })}</span>
              </td>`;
            })}
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** @param {number} value */
export function share(value) {
  return `${number(Math.round(value * 1000) / 10)}%`;
}
