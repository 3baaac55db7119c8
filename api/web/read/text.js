import { useState } from "preact/hooks";
import { t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { unitIndexes } from "../text/code_points.js";
import { tagOf } from "../text/language_tags.js";
import { part, paragraphs } from "./paragraphs.js";

/** @typedef {import("../service/types.js").Article} Article */
/** @typedef {import("../service/types.js").ArticlePassage} ArticlePassage */
/** @typedef {import("./places.js").Place} Place */

/**
 * The text of an article, with the place that is looked at, the other places that the answer
 * cites, and the passage around it.
 * @param {{article: Article, place: {start: number, end: number} | null, places: Place[],
 *   passages: ArticlePassage[]}} props
 */
export function ArticleText({ article, place, places, passages }) {
  const [more, setMore] = useState({ before: 0, after: 0 });
  const others = places.filter(
    (each) => each.article_id === article.id && !(each.start === place?.start && each.end === place?.end),
  );
  const passage =
    place === null ? undefined : passages.find((each) => each.start <= place.start && place.start < each.end);
  const indexes = unitIndexes(article.text, [
    place?.start ?? 0,
    place?.end ?? 0,
    passage?.start ?? 0,
    passage?.end ?? 0,
    ...others.flatMap(({ start, end }) => [start, end]),
    ...article.pages,
  ]);
  const [start = 0, end = 0, passageStart = 0, passageEnd = 0] = indexes;
  const marks = [
    ...(place === null ? [] : [{ start, end, name: "here" }]),
    ...others.map((_, at) => ({ start: indexes[4 + 2 * at] ?? 0, end: indexes[5 + 2 * at] ?? 0, name: "cited" })),
  ];
  const pages = indexes.slice(4 + 2 * others.length);
  const shown = part(article.text, start, more);
  return html`<div class="article-text reading" lang=${tagOf(article)} dir="auto">
    ${shown.from > 0 &&
    html`<button type="button" class="button" onClick=${() => setMore({ ...more, before: more.before + 1 })}>
      ${t("read.earlier-text")}
    </button>`}
    ${paragraphs(article.text, shown, marks, pages).map(
      (each) => html`${each.page !== null &&
        html`<p class="page-number" lang=${document.documentElement.lang}>${t("page", { page: each.page })}</p>`}
        <p class=${each.start < passageEnd && each.end > passageStart ? "in-passage" : undefined}>
          ${each.pieces.map(({ text, name }) =>
            name === null
              ? text
              : html`<mark class=${name} tabindex=${name === "here" ? "-1" : undefined}>${text}</mark>`,
          )}
        </p>`,
    )}
    ${shown.to < article.text.length &&
    html`<button type="button" class="button" onClick=${() => setMore({ ...more, after: more.after + 1 })}>
      ${t("read.later-text")}
    </button>`}
  </div>`;
}
