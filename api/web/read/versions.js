import { readHref } from "../ask/proof.js";
import { t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { SourceLine } from "../parts/source_line.js";
import { useLoad } from "../parts/use_load.js";
import { changes } from "../state/collections.js";
import { versionsOf } from "../service/versions.js";
import { tagOf } from "../text/language_tags.js";

/** @typedef {import("../service/types.js").Article} Article */
/** @typedef {import("../service/types.js").ArticleSummary} ArticleSummary */

/**
 * The same story elsewhere, and in other languages.
 * @param {{article: Article, collection: string | null}} props
 */
export function Versions({ article, collection }) {
  const found = useLoad(
    (signal) => versionsOf(article.id, collection, signal),
    [article.id, collection, changes.value],
  );
  if (found.value === null) return null;
  const { copies, other_languages } = found.value;
  if (copies.length + other_languages.length === 0) return null;
  return html`<aside class="versions" aria-labelledby="versions">
    ${other_languages.length > 0 &&
    html`<h2 id="versions">${t("versions.languages")}</h2>
      <ul class="plain-list">
        ${other_languages.map(
          ({ article: other, start, end }) => html`<${Version} article=${other} place=${{ start, end }} />`,
        )}
      </ul>`}
    ${copies.length > 0 &&
    html`<h2 id=${other_languages.length > 0 ? undefined : "versions"}>${t("also-at")}</h2>
      <ul class="plain-list">
        ${copies.map((other) => html`<${Version} article=${other} place=${{}} />`)}
      </ul>`}
  </aside>`;
}

/** @param {{article: ArticleSummary, place: {start?: number, end?: number}}} props */
function Version({ article, place }) {
  return html`<li>
    <a href=${readHref({ article_id: article.id, ...place })} lang=${tagOf(article)}>
      <bdi>${article.title || t("untitled")}</bdi>
    </a>
    <p class="meta"><${SourceLine} article=${article} /></p>
  </li>`;
}
