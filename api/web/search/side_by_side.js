import { readHref } from "../ask/proof.js";
import { t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { ProblemBox } from "../parts/problem.js";
import { SourceLine } from "../parts/source_line.js";
import { useLoad } from "../parts/use_load.js";
import { request } from "../service/request.js";
import { versionsOf } from "../service/versions.js";
import { unitIndexes } from "../text/code_points.js";
import { tagOf } from "../text/language_tags.js";

/** @typedef {import("../service/types.js").Hit} Hit */
/** @typedef {import("../service/types.js").Article} Article */

/** @typedef {{id: string, title: string, language: string, script?: string | null, source: string | null,
 *   published_at: string | null, url: string | null, text: string, start: number, end: number}} Side */

/**
 * A passage beside those of the same story in other languages.
 * @param {{hit: Hit, found: Hit[], collection: string | null}} props
 */
export function SideBySide({ hit, found, collection }) {
  const sides = useLoad(
    async (signal) => {
      const { other_languages } = await versionsOf(hit.article_id, collection, signal);
      const known = found.map(ofHit);
      const missing = other_languages.filter(({ article }) => !found.some((each) => each.article_id === article.id));
      const loaded = await Promise.all(missing.slice(0, 3).map((each) => load(each, collection, signal)));
      return [...known, ...loaded];
    },
    [hit.article_id, collection],
  );
  if (sides.error) return html`<${ProblemBox} error=${sides.error} />`;
  if (sides.value === null) return html`<p class="hint">${t("loading")}</p>`;
  if (sides.value.length === 0) return html`<p class="hint">${t("search.no-other")}</p>`;
  return html`<div class="sides">
    ${[ofHit(hit), ...sides.value].map(
      (side) => html`<section class="side" lang=${tagOf(side)}>
        <h3><a href=${readHref({ article_id: side.id, start: side.start, end: side.end })}><bdi>${side.title || t("untitled")}</bdi></a></h3>
        <p class="meta"><${SourceLine} article=${side} /></p>
        <p class="reading" lang=${tagOf(side)} dir="auto">${side.text}</p>
      </section>`,
    )}
  </div>`;
}

/**
 * @param {Hit} hit
 * @returns {Side}
 */
function ofHit(hit) {
  return { ...hit, id: hit.article_id };
}

/**
 * @param {import("../service/versions.js").Version} version
 * @param {string | null} collection
 * @param {AbortSignal} signal
 * @returns {Promise<Side>}
 */
async function load({ article, start, end }, collection, signal) {
  /** @type {Article} */
  const whole = await request("GET", `/v1/articles/${article.id.split("/").map(encodeURIComponent).join("/")}`, {
    query: { collection },
    signal,
  });
  const [from, to] = unitIndexes(whole.text, [start, end]);
  return { ...article, text: whole.text.slice(from, to), start, end };
}
