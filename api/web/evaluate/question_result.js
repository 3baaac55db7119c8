import { useState } from "preact/hooks";
import { readHref } from "../ask/proof.js";
import { number, t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { ProblemBox } from "../parts/problem.js";
import { SourceLine } from "../parts/source_line.js";
import { useLoad } from "../parts/use_load.js";
import { request } from "../service/request.js";
import { collectionParam } from "../state/collections.js";
import { tagOf } from "../text/language_tags.js";
import { tagOfText } from "../text/script.js";
import { isRelevant } from "./figures.js";

/** @typedef {import("./figures.js").Result} Result */
/** @typedef {import("./figures.js").Run} Run */
/** @typedef {import("../service/types.js").SearchResult} SearchResult */

const PASSAGES = 10;

/**
 * A question of a run. Opened, it shows what comes back, and the parts of each score.
 * @param {{result: Result, run: Run, note: string}} props
 */
export function QuestionResult({ result, run, note }) {
  const [isOpen, setOpen] = useState(false);
  return html`<details
    class="folded question-result"
    onToggle=${(/** @type {{currentTarget: HTMLDetailsElement}} */ { currentTarget }) => setOpen(currentTarget.open)}
  >
    <summary><bdi lang=${tagOfText(result.text, result.language)}>${result.text}</bdi> <span class="hint">${note}</span></summary>
    ${isOpen && html`<${WhatCameBack} result=${result} ranking=${run.ranking} />`}
  </details>`;
}

/** @param {{result: Result, ranking: string}} props */
function WhatCameBack({ result, ranking }) {
  const collection = collectionParam.value;
  const found = useLoad(
    /** @returns {Promise<SearchResult>} */
    (signal) =>
      request("POST", "/v1/search", {
        body: { question: result.text, k: PASSAGES, ranking, ...(collection !== null && { collection }) },
        signal,
      }),
    [result.id],
  );
  const wanted = Object.keys(result.relevant);
  return html`<p class="hint">${t("evaluate.wanted")}
      ${wanted.length === 0 ? t("evaluate.nothing-wanted") : wanted.map((id) => html` <a href=${readHref({ article_id: id })}><bdi>${id}</bdi></a>`)}
    </p>
    ${found.error && html`<${ProblemBox} error=${found.error} />`}
    ${found.value === null && !found.error && html`<p class="hint">${t("loading")}</p>`}
    ${found.value !== null && html`<${Hits} result=${result} found=${found.value} />`}`;
}

/** @param {{result: Result, found: SearchResult}} props */
function Hits({ result, found }) {
  const parts = [...new Set(found.hits.flatMap((hit) => Object.keys(hit.parts)))];
  return html`<div class="scrolls" tabindex="0" role="group" aria-label=${t("evaluate.came-back")}>
    <table class="score-parts">
      <caption>${t("evaluate.came-back")}</caption>
      <thead>
        <tr>
          <th scope="col">#</th>
          <th scope="col">${t("read")}</th>
          <th scope="col">${t("part.score")}</th>
          ${parts.map((part) => html`<th scope="col" title=${partTitle(part)}>${partName(part)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${found.hits.map(
          (hit) => html`<tr class=${isRelevant(result, hit.article_id) ? "wanted" : ""}>
            <td>${hit.rank}</td>
            <td>
              <a href=${readHref(hit)} lang=${tagOf(hit)}><bdi>${hit.title || hit.article_id}</bdi></a>
              ${isRelevant(result, hit.article_id) && html` <strong>${t("evaluate.is-wanted")}</strong>`}
              <span class="meta"> <${SourceLine} article=${hit} /></span>
            </td>
            <td>${number(hit.score, 2)}</td>
            ${parts.map((part) => html`<td>${valueOf(hit.parts[part])}</td>`)}
          </tr>`,
        )}
      </tbody>
    </table>
    <dl class="explained hint">
      ${parts.map((part) => html`<div><dt>${partName(part)}</dt><dd>${partTitle(part)}</dd></div>`)}
    </dl>
  </div>`;
}

/** @param {number | undefined} value */
function valueOf(value) {
  return value === undefined ? "–" : number(value, 2);
}

const KNOWN = /** @type {const} */ (["dense", "sentence", "late", "lexical", "dated", "answerable"]);

/** @param {string} part */
function partName(part) {
  const known = KNOWN.find((each) => each === part);
  return known === undefined ? part : t(`part.${known}`);
}

/** @param {string} part */
function partTitle(part) {
  const known = KNOWN.find((each) => each === part);
  return known === undefined ? part : t(`part.${known}-title`);
}
