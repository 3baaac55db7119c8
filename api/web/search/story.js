import { useState } from "preact/hooks";
import { languageName, listed, t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { PassageView } from "../parts/passage_view.js";
import { LanguageBadge } from "../parts/source_line.js";
import { tagOf } from "../text/language_tags.js";
import { SideBySide } from "./side_by_side.js";

/** @typedef {import("./found.js").Story} Story */
/** @typedef {import("../service/types.js").Hit} Hit */

/**
 * A story: its best passage, the same story in other languages, further passages folded.
 * @param {{story: Story, collection: string | null}} props
 */
export function StoryView({ story, collection }) {
  const [compares, setCompares] = useState(false);
  const { best, others } = story;
  const more = best.hits.slice(1);
  return html`<li class="story">
    <${PassageView} hit=${best.article} spans=${evidenceOf(best.article)} heading="h2" />
    <div class="row">
      ${others.map(({ article }) => html`<${LanguageBadge} tag=${tagOf(article)} />`)}
      <button type="button" class="button quiet" aria-expanded=${compares} onClick=${() => setCompares(!compares)}>
        ${others.length > 0
          ? t("search.also-in", { languages: listed(others.map(({ article }) => languageName(tagOf(article)))) })
          : t("search.other-languages")}
      </button>
    </div>
    ${compares && html`<${SideBySide} hit=${best.article} found=${others.map(({ article }) => article)} collection=${collection} />`}
    ${more.length > 0 &&
    html`<details class="folded">
      <summary>${t("search.more", { n: more.length })}</summary>
      ${more.map((hit) => html`<${PassageView} hit=${hit} spans=${evidenceOf(hit)} />`)}
    </details>`}
  </li>`;
}

/**
 * The best sentence of a passage is marked.
 * @param {Hit} hit
 */
function evidenceOf(hit) {
  return hit.evidence.slice(0, 1).map(({ start, end }) => ({ start, end }));
}
