import { useState } from "preact/hooks";
import { number, t } from "../i18n/locale.js";
import { rankingName } from "../i18n/rankings.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { ProblemBox } from "../parts/problem.js";
import { useLoad } from "../parts/use_load.js";
import { request } from "../service/request.js";
import { collectionParam } from "../state/collections.js";
import { href } from "../state/route.js";
import { hasFailed, isAnswerable, rankOf, summary } from "./figures.js";
import { HeatMap, share } from "./heat_map.js";
import { QuestionResult } from "./question_result.js";

/** @typedef {import("./figures.js").Run} Run */

/**
 * @param {string} id
 * @param {AbortSignal} signal
 * @returns {Promise<Run>}
 */
export function loadRun(id, signal) {
  return request("GET", `/v1/evals/${encodeURIComponent(id)}/run`, { signal });
}

const SHOWN = 30;

/**
 * A run: its figures, and its questions.
 * @param {{id: string}} props
 */
export function RunView({ id }) {
  const loaded = useLoad((signal) => loadRun(id, signal), [id]);
  const [showsAll, setAll] = useState(false);
  const back = html`<a class="button quiet back" href=${href("evaluate", { collection: collectionParam.value })}>
    <${Icon} name="back" /> ${t("evaluate.runs")}
  </a>`;
  if (loaded.error) return html`<p>${back}</p><${ProblemBox} error=${loaded.error} />`;
  const run = loaded.value;
  if (run === null) return html`<p class="hint">${t("loading")}</p>`;
  const failed = run.results.filter(hasFailed);
  const shown = showsAll ? run.results : failed;
  return html`<p>${back}</p>
    <h2 class="run-name"><bdi>${run.gold}</bdi> · ${rankingName(run.ranking)}</h2>
    <${Figures} run=${run} />
    <${HeatMap} run=${run} />
    <section aria-labelledby="questions">
      <h2 id="questions">${showsAll ? t("evaluate.all-questions", { n: run.results.length }) : t("evaluate.failed", { n: failed.length })}</h2>
      <label class="choice">
        <input type="checkbox" checked=${showsAll} onChange=${() => setAll(!showsAll)} /> ${t("evaluate.show-all")}
      </label>
      <${Questions} key=${showsAll} run=${run} results=${shown} />
    </section>`;
}

/** @param {{run: Run, results: import("./figures.js").Result[]}} props */
function Questions({ run, results }) {
  const [most, setMost] = useState(SHOWN);
  return html`<ul class="plain-list questions">
      ${results.slice(0, most).map((result) => {
        const rank = rankOf(result);
        return html`<li key=${result.id}>
          <${QuestionResult}
            result=${result}
            run=${run}
            note=${isAnswerable(result)
              ? rank === null
                ? t("evaluate.not-found")
                : t("evaluate.rank", { rank })
              : t("evaluate.unanswerable")}
          />
        </li>`;
      })}
    </ul>
    ${results.length > most && html`<button type="button" class="button" onClick=${() => setMost(most + SHOWN)}>${t("library.more")}</button>`}`;
}

/** @param {{run: Run, before?: Run | null}} props */
export function Figures({ run, before = null }) {
  const now = summary(run);
  const was = before === null ? null : summary(before);
  const figures = /** @type {const} */ (["first", "firstTen", "reciprocal", "quoteRight"]);
  /** @param {(typeof figures)[number]} name @param {number} value */
  const shown = (name, value) => (name === "reciprocal" ? number(value, 3) : share(value));
  return html`<dl class="figures">
    <div><dt>${t("figure.questions")}</dt><dd>${number(now.questions)}</dd></div>
    ${figures.map((name) => {
      const value = now[name];
      const old = was?.[name] ?? null;
      if (value === null) return null;
      return html`<div title=${t(`figure.${name}-title`)}>
        <dt>${t(`figure.${name}`)}</dt>
        <dd>
          ${shown(name, value)}
          ${old !== null && html` <span class="change">${t("evaluate.was", { value: shown(name, old) })}</span>`}
        </dd>
        <dd class="hint">${t(`figure.${name}-title`)}</dd>
      </div>`;
    })}
  </dl>`;
}
