import { readHref } from "../ask/proof.js";
import { t } from "../i18n/locale.js";
import { pieces } from "../text/code_points.js";
import { tagOf } from "../text/language_tags.js";
import { tagOfText } from "../text/script.js";
import { html } from "./html.js";
import { SourceLine } from "./source_line.js";

/** @typedef {import("../service/types.js").Hit} Hit */

/**
 * A passage with what is quoted of it marked.
 * @param {{hit: Hit, spans: {start: number, end: number, marker?: string}[], heading?: "h2" | "h3"}} props
 */
export function PassageView({ hit, spans, heading = "h3" }) {
  const tag = tagOf(hit);
  const marks = spans.map(({ start, end, marker }) => ({
    start: start - hit.start,
    end: end - hit.start,
    mark: marker ?? "",
  }));
  const first = spans[0] ?? hit;
  return html`<article class="passage">
    <${heading} lang=${tag}>
      <a href=${readHref({ article_id: hit.article_id, start: first.start, end: first.end })}>
        <bdi>${hit.title || t("untitled")}</bdi>
      </a>
    <//>
    <p class="meta"><${SourceLine} article=${hit} page=${hit.page} /></p>
    <p class="text reading" lang=${tag} dir="auto">
      ${pieces(hit.text, marks).map(({ text, marks: on }) => (on.length > 0 ? html`<mark>${text}</mark>` : text))}
    </p>
    ${hit.also_at.length > 0 &&
    html`<p class="meta also">
      ${t("also-at")}
      ${hit.also_at.map(
        (other) => html`<a href=${readHref({ article_id: other.article_id })}>
          <bdi lang=${tagOfText(other.source || other.title)}>${other.source || other.title}</bdi>
        </a>`,
      )}
    </p>`}
  </article>`;
}
