import { t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { SourceLine } from "../parts/source_line.js";
import { pieces } from "../text/code_points.js";
import { tagOf } from "../text/language_tags.js";
import { readHref } from "./proof.js";

/** @typedef {import("./turns.js").Turn} Turn */
/** @typedef {import("../service/types.js").Citation} Citation */

/**
 * A quote with its source. The whole of it leads to its place in the article.
 * @param {{citation: Citation, turn: Turn}} props
 */
export function QuoteCard({ citation, turn }) {
  const tag = tagOf(citation);
  const hit = turn.hits.find((each) => each.article_id === citation.article_id);
  const spans = turn.answers
    .filter((each) => each.article_id === citation.article_id)
    .filter((each) => each.start >= citation.start && each.end <= citation.end)
    .map((each) => ({ start: each.start - citation.start, end: each.end - citation.start, mark: true }));
  return html`<figure class="quote" id=${`quote-${citation.marker}`}>
    <blockquote class="reading" lang=${tag} dir="auto">
      <span class="mark-open" aria-hidden="true">${t("quote.open")}</span
      >${pieces(citation.quote, spans).map(({ text, marks }) =>
        marks.length > 0 ? html`<strong>${text}</strong>` : text,
      )}<span class="mark-close" aria-hidden="true">${t("quote.close")}</span>
    </blockquote>
    <figcaption>
      <span class="quote-title">
        <span class="marker" aria-hidden="true">${citation.marker}</span>
        <a
          class="open-quote"
          href=${readHref(citation)}
          aria-label=${t("quote.read", { marker: citation.marker, title: citation.title })}
        >
          <bdi lang=${tag}>${citation.title || t("untitled")}</bdi>
        </a>
      </span>
      <${SourceLine} article=${{ ...citation, source: hit?.source ?? null }} page=${citation.page} />
    </figcaption>
  </figure>`;
}

/**
 * The number of a quote behind what it proves.
 * @param {{citation: Citation | undefined, marker: string}} props
 */
export function Marker({ citation, marker }) {
  if (citation === undefined) return html`<span>[${marker}]</span>`;
  const name = t("quote.read", { marker, title: citation.title });
  return html`<a class="marker" href=${readHref(citation)} aria-label=${name} title=${citation.title}>${marker}</a>`;
}
