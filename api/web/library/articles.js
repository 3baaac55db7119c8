import { useEffect, useState } from "preact/hooks";
import { readHref } from "../ask/proof.js";
import { FilterBar } from "../filters/bar.js";
import { t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { Notices } from "../parts/notices.js";
import { ProblemBox } from "../parts/problem.js";
import { SourceLine } from "../parts/source_line.js";
import { tell } from "../parts/toast.js";
import { deleteArticle, readArticle, restoreArticles } from "../service/articles.js";
import { request } from "../service/request.js";
import { changes, collection, collectionParam } from "../state/collections.js";
import { filterParams, filtersOf } from "../state/filters.js";
import { go, href, route } from "../state/route.js";
import { key } from "../state/session.js";
import { tagOf } from "../text/language_tags.js";
import { EditDialog } from "./edit_dialog.js";

/** @typedef {import("../service/types.js").Article} Article */
/** @typedef {import("../service/types.js").ArticleSummary} ArticleSummary */
/** @typedef {import("../service/types.js").Notice} Notice */
/** @typedef {import("../state/filters.js").Filters} Filters */

const PART = 50;

/** What the collection holds. */
export function ArticlesPart() {
  const filters = filtersOf(route.value.params);
  const [list, setList] = useState(/** @type {ArticleSummary[] | null} */ (null));
  const [next, setNext] = useState(/** @type {string | null} */ (null));
  const [notices, setNotices] = useState(/** @type {Notice[]} */ ([]));
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const [editing, setEditing] = useState(/** @type {Article | null} */ (null));
  const collectionName = collectionParam.value;
  const wanted = JSON.stringify(filters);
  /**
   * @param {string | null} after
   * @param {ArticleSummary[]} before
   * @param {AbortSignal} [signal]
   */
  const load = async (after, before, signal) => {
    try {
      const page = await request("GET", "/v1/articles", {
        query: { collection: collectionName, limit: PART, after, ...listQuery(filters) },
        ...(signal !== undefined && { signal }),
      });
      setList([...before, ...page.articles]);
      setNext(page.next);
      setNotices(page.notices);
      setError(null);
    } catch (failure) {
      if (!signal?.aborted) setError(failure);
    }
  };
  useEffect(() => {
    const abort = new AbortController();
    if (collection.value !== "") load(null, [], abort.signal);
    return () => abort.abort();
  }, [collection.value, wanted, changes.value, key.value]);
  /** @param {ArticleSummary} article */
  const remove = async (article) => {
    try {
      await deleteArticle(article.id, collectionName);
      changes.value += 1;
      tell(t("library.deleted", { title: article.title || t("untitled") }), async () => {
        await restoreArticles([article.id], collectionName).catch(setError);
        changes.value += 1;
      });
    } catch (failure) {
      setError(failure);
    }
  };
  return html`<${FilterBar}
      filters=${filters}
      collection=${collectionName}
      hasPreference=${false}
      isSingle
      onChange=${(/** @type {Filters} */ chosen) =>
        go(href("library", { collection: collectionName, ...filterParams(chosen) }), { replace: true })}
    />
    <${Notices} notices=${notices} />
    ${error !== null && html`<${ProblemBox} error=${error} />`}
    ${list === null && error === null && html`<p class="hint">${t("loading")}</p>`}
    ${list?.length === 0 && html`<${Empty} />`}
    <ul class="plain-list rows" aria-label=${t("library.articles")}>
      ${list?.map(
        (article) => html`<${Row}
          key=${article.id}
          article=${article}
          onEdit=${() => readArticle(article.id, collectionName).then(setEditing, setError)}
          onRemove=${() => remove(article)}
        />`,
      )}
    </ul>
    ${next !== null &&
    html`<button type="button" class="button" onClick=${() => load(next, list ?? [])}>${t("library.more")}</button>`}
    ${editing !== null && html`<${EditDialog} article=${editing} onClose=${() => setEditing(null)} />`}`;
}

function Empty() {
  return html`<p class="lead reading">${t("library.empty")}</p>
    <p><a class="primary" href=${href("library", { collection: collectionParam.value, tab: "add" })}>${t("library.add")}</a></p>`;
}

/** @param {{article: ArticleSummary, onEdit: () => void, onRemove: () => void}} props */
function Row({ article, onEdit, onRemove }) {
  const title = article.title || t("untitled");
  return html`<li>
    <div class="what">
      <a href=${readHref({ article_id: article.id })} lang=${tagOf(article)}><bdi>${title}</bdi></a>
      <p class="meta"><${SourceLine} article=${article} /></p>
    </div>
    <div class="row-tools">
      <button type="button" class="icon-button" aria-label=${t("library.edit", { title })} title=${t("edit")} onClick=${onEdit}>
        <${Icon} name="edit" />
      </button>
      <button type="button" class="icon-button" aria-label=${t("library.delete", { title })} title=${t("remove")} onClick=${onRemove}>
        <${Icon} name="trash" />
      </button>
    </div>
  </li>`;
}

/** @param {Filters} filters a list takes one value of each */
function listQuery({ languages, sources, tags, from, to }) {
  return {
    language: languages[0],
    source: sources[0],
    tag: tags[0],
    published_from: from,
    published_to: to,
  };
}
