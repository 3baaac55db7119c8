import { useState } from "preact/hooks";
import { t } from "../i18n/locale.js";
import { EditDialog } from "../library/edit_dialog.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { SourceLine } from "../parts/source_line.js";
import { tagOf } from "../text/language_tags.js";
import { atQuote, webAddress } from "../text/links.js";
import { href, route } from "../state/route.js";
import { textAt } from "./places.js";

/** @typedef {import("../service/types.js").Article} Article */

/** @param {{article: Article, place: {start: number, end: number} | null}} props */
export function ArticleHead({ article, place }) {
  const [isEditing, setEditing] = useState(false);
  const tag = tagOf(article);
  const url = webAddress(article.url);
  const page = place === null ? null : pageOf(article, place.start);
  return html`<header class="article-head">
    <h1 class="reading" lang=${tag} dir="auto">${article.title || t("untitled")}</h1>
    <p class="meta">
      <${SourceLine} article=${article} page=${page} />
      ${article.authors.length > 0 && html`<bdi lang=${tag}>${article.authors.join(", ")}</bdi>`}
    </p>
    ${article.tags.length > 0 &&
    html`<ul class="chips" aria-label=${t("tags")}>
      ${article.tags.map(
        (each) => html`<li>
          <a class="chip" href=${href("library", { collection: route.value.params.get("collection"), tag: each })}>
            <bdi lang=${tag}>${each}</bdi>
          </a>
        </li>`,
      )}
    </ul>`}
    <p class="actions">
      ${url !== null
        ? html`<a
            class="button quiet"
            href=${place === null ? url : atQuote(url, textAt(article.text, place))}
            target="_blank"
            rel="noopener noreferrer"
          >
            <${Icon} name="external" /> ${t("read.original")}
          </a>`
        : article.url && html`<bdi class="hint">${article.url}</bdi>`}
      <button type="button" class="button quiet" onClick=${() => setEditing(true)}>
        <${Icon} name="edit" /> ${t("edit")}
      </button>
    </p>
    ${isEditing && html`<${EditDialog} article=${article} onClose=${() => setEditing(false)} />`}
  </header>`;
}

/**
 * Returns the number of the page on which a character stands, null without pages.
 * @param {Article} article
 * @param {number} offset
 */
function pageOf(article, offset) {
  return article.pages.filter((each) => each <= offset).length || null;
}
