import { cutReason } from "../i18n/cut_reasons.js";
import { t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { tagOf } from "../text/language_tags.js";

/** @typedef {import("../service/types.js").Article} Article */

/**
 * The lines of the page that are not part of the article.
 * @param {{article: Pick<Article, "cut" | "language" | "script">}} props
 */
export function Cuts({ article }) {
  if (article.cut.length === 0) return null;
  return html`<details class="folded cuts">
    <summary>${t("read.cut", { n: article.cut.length })}</summary>
    <ul class="plain-list" lang=${tagOf(article)}>
      ${article.cut.map(
        ({ line, reason }) => {
          const { text, lang } = cutReason(reason);
          return html`<li><bdi>${line}</bdi> <span class="reason" lang=${lang}>${text}</span></li>`;
        },
      )}
    </ul>
  </details>`;
}
