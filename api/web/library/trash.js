import { useState } from "preact/hooks";
import { day } from "../i18n/dates.js";
import { t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { ProblemBox } from "../parts/problem.js";
import { SourceLine } from "../parts/source_line.js";
import { tell } from "../parts/toast.js";
import { useLoad } from "../parts/use_load.js";
import { restoreArticles } from "../service/articles.js";
import { request } from "../service/request.js";
import { changes, collectionParam } from "../state/collections.js";
import { tagOf } from "../text/language_tags.js";

/** @typedef {import("../service/types.js").ArticleSummary} ArticleSummary */
/** @typedef {{article: ArticleSummary, deleted_at: string, until: string}} Deleted */

/** What was deleted and can still be restored. */
export function TrashPart() {
  const collection = collectionParam.value;
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const found = useLoad(
    /** @returns {Promise<{articles: Deleted[]}>} */
    (signal) => request("GET", "/v1/trash", { query: { collection }, signal }),
    [collection, changes.value],
  );
  /** @param {ArticleSummary} article */
  const restore = async (article) => {
    try {
      const { missing } = await restoreArticles([article.id], collection);
      if (missing[0] !== undefined) throw new Error(missing[0].reason);
      tell(t("trash.restored", { title: article.title || t("untitled") }));
    } catch (failure) {
      setError(failure);
    }
    changes.value += 1;
  };
  const empty = async () => {
    if (!confirm(t("trash.sure"))) return;
    await request("DELETE", "/v1/trash", { query: { collection } }).catch(setError);
    changes.value += 1;
  };
  const articles = found.value?.articles ?? [];
  return html`<p class="hint">${t("trash.hint")}</p>
    ${(error || found.error) && html`<${ProblemBox} error=${error ?? found.error} />`}
    ${found.value !== null && articles.length === 0 && html`<p class="lead reading">${t("trash.none")}</p>`}
    <ul class="plain-list rows" aria-label=${t("library.trash")}>
      ${articles.map(
        ({ article, until }) => html`<li key=${article.id}>
          <div class="what">
            <bdi lang=${tagOf(article)}>${article.title || t("untitled")}</bdi>
            <p class="meta parts"><${SourceLine} article=${article} /> <span>${t("trash.until", { day: day(until) })}</span></p>
          </div>
          <button type="button" class="button" onClick=${() => restore(article)}>${t("trash.restore")}</button>
        </li>`,
      )}
    </ul>
    ${articles.length > 0 &&
    html`<p><button type="button" class="button danger" onClick=${empty}>${t("trash.empty")}</button></p>`}`;
}
