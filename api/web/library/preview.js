import { t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { Notices } from "../parts/notices.js";
import { SourceLine } from "../parts/source_line.js";
import { Cuts } from "../read/cuts.js";
import { tagOf } from "../text/language_tags.js";
import { Rejections } from "./rejections.js";

/** @typedef {import("../service/types.js").Preview} Preview */

/**
 * What would be stored, and what would be left out.
 * @param {{preview: Preview}} props
 */
export function PreviewView({ preview }) {
  return html`<section class="preview" aria-labelledby="preview">
    <h2 id="preview">${t("preview.title", { n: preview.articles.length + preview.more })}</h2>
    <p class="hint">${t("preview.hint")}</p>
    <${Notices} notices=${preview.notices} />
    <${Rejections} rejected=${preview.rejected} more=${preview.more_rejected} />
    ${preview.articles.map(
      (article) => html`<article class="passage">
        <h3 lang=${tagOf(article)}><bdi>${article.title || t("untitled")}</bdi></h3>
        <p class="meta">
          <${SourceLine} article=${article} />
          <span>${t("preview.characters", { n: article.characters })}</span>
          <strong>${t(`preview.${article.state}`)}</strong>
        </p>
        <details class="folded">
          <summary>${t("preview.text")}</summary>
          <p class="text reading" lang=${tagOf(article)} dir="auto">${article.text}</p>
        </details>
        <${Cuts} article=${article} />
      </article>`,
    )}
    ${preview.more > 0 && html`<p class="hint">${t("preview.more", { n: preview.more })}</p>`}
  </section>`;
}
