import { day } from "../i18n/dates.js";
import { languageName, t } from "../i18n/locale.js";
import { badgeOf, tagOf } from "../text/language_tags.js";
import { html } from "./html.js";

/** @param {{tag: string}} props */
export function LanguageBadge({ tag }) {
  return html`<span class="badge" title=${languageName(tag)}>
    <span aria-hidden="true">${badgeOf(tag)}</span><span class="unseen">${languageName(tag)}</span>
  </span>`;
}

/**
 * Who published an article, when, and in which language.
 * @param {{article: {language: string, script?: string | null, source?: string | null,
 *   published_at: string | null, url?: string | null}, page?: number | null}} props
 */
export function SourceLine({ article, page = null }) {
  const source = article.source || hostOf(article.url);
  return html`<span class="source-line">
    <${LanguageBadge} tag=${tagOf(article)} />
    ${source && html`<bdi class="source" lang=${tagOf(article)}>${source}</bdi>`}
    ${article.published_at && html`<time datetime=${article.published_at}>${day(article.published_at)}</time>`}
    ${page && html`<span>${t("page", { page })}</span>`}
  </span>`;
}

/** @param {string | null | undefined} url */
function hostOf(url) {
  try {
    return url ? new URL(url).hostname : "";
  } catch {
    return "";
  }
}
