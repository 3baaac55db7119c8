import { t } from "../i18n/locale.js";
import { reasonText } from "../i18n/reasons.js";
import { html } from "../parts/html.js";

/** @typedef {import("../service/types.js").Rejection} Rejection */

/**
 * What could not be read, and why.
 * @param {{rejected: Rejection[], more?: number}} props
 */
export function Rejections({ rejected, more = 0 }) {
  if (rejected.length === 0) return null;
  const count = rejected.reduce((sum, each) => sum + each.count, more);
  return html`<div class="rejections">
    <h3>${t("import.rejected", { n: count })}</h3>
    <ul class="plain-list">
      ${rejected.map(({ where, reason }) => {
        const { text, lang } = reasonText(reason);
        return html`<li><bdi>${where}</bdi> <span class="hint" lang=${lang} dir="auto">${text}</span></li>`;
      })}
    </ul>
  </div>`;
}
