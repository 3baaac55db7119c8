import { t } from "../i18n/locale.js";
import { rankingName } from "../i18n/rankings.js";
import { moment } from "../i18n/dates.js";
import { html } from "../parts/html.js";
import { ProblemBox } from "../parts/problem.js";
import { useLoad } from "../parts/use_load.js";
import { collection, collectionParam } from "../state/collections.js";
import { go, href, route } from "../state/route.js";
import { differences } from "./figures.js";
import { HeatMap } from "./heat_map.js";
import { QuestionResult } from "./question_result.js";
import { Figures, loadRun } from "./run.js";
import { evaluations } from "./runs.js";

/** @typedef {import("../service/types.js").Job} Job */
/** @typedef {import("./figures.js").Run} Run */

const SHOWN = 50;

/** Two runs of the same gold set beside each other. */
export function ComparePart() {
  const { params } = route.value;
  const jobs = useLoad(evaluations, [collection.value]);
  const done = (jobs.value ?? []).filter((each) => each.state === "done");
  const after = params.get("after") ?? done[0]?.id ?? "";
  const before = params.get("before") ?? done[1]?.id ?? "";
  const runs = useLoad(
    async (signal) => (before && after ? Promise.all([loadRun(before, signal), loadRun(after, signal)]) : null),
    [before, after],
  );
  /** @param {Record<string, string>} change */
  const choose = (change) =>
    go(href("evaluate", { collection: collectionParam.value, tab: "compare", before, after, ...change }), { replace: true });
  if (jobs.error) return html`<${ProblemBox} error=${jobs.error} />`;
  if (jobs.value !== null && done.length < 2) return html`<p class="lead reading">${t("compare.too-few")}</p>`;
  return html`<div class="row watch">
      <${Choice} label=${t("compare.before")} value=${before} jobs=${done} onChange=${(/** @type {string} */ id) => choose({ before: id })} />
      <${Choice} label=${t("compare.after")} value=${after} jobs=${done} onChange=${(/** @type {string} */ id) => choose({ after: id })} />
    </div>
    ${runs.error && html`<${ProblemBox} error=${runs.error} />`}
    ${runs.value && html`<${Compared} before=${runs.value[0]} after=${runs.value[1]} />`}`;
}

/** @param {{label: string, value: string, jobs: Job[], onChange: (id: string) => void}} props */
function Choice({ label, value, jobs, onChange }) {
  return html`<label class="field grow">${label}
    <select
      value=${value}
      onChange=${(/** @type {{currentTarget: HTMLSelectElement}} */ { currentTarget }) => onChange(currentTarget.value)}
    >
      ${jobs.map(
        (job) => html`<option value=${job.id} selected=${job.id === value}>
          ${`${job.asked.name} · ${rankingName(job.asked.ranking ?? "")} · ${moment(job.created_at)}`}
        </option>`,
      )}
    </select>
  </label>`;
}

/** @param {{before: Run, after: Run}} props */
function Compared({ before, after }) {
  const changed = differences(before, after);
  /** @param {number | null} rank */
  const place = (rank) => (rank === null ? t("evaluate.not-found") : t("evaluate.rank", { rank }));
  return html`${before.digest !== after.digest && html`<p class="notice">${t("compare.different")}</p>`}
    <${Figures} run=${after} before=${before} />
    <${HeatMap} run=${after} before=${before} />
    <section aria-labelledby="changed">
      <h2 id="changed">${t("compare.changed", { n: changed.length })}</h2>
      <ul class="plain-list questions">
        ${changed.slice(0, SHOWN).map(
          ({ result, was, is }) => html`<li key=${result.id}>
            <${QuestionResult} result=${result} run=${after} note=${`${place(was)} → ${place(is)}`} />
          </li>`,
        )}
      </ul>
    </section>`;
}
