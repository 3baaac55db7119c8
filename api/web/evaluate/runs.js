import { useEffect, useState } from "preact/hooks";
import { moment } from "../i18n/dates.js";
import { t } from "../i18n/locale.js";
import { rankingName } from "../i18n/rankings.js";
import { html } from "../parts/html.js";
import { ProblemBox } from "../parts/problem.js";
import { useLoad } from "../parts/use_load.js";
import { request } from "../service/request.js";
import { collection, collectionParam } from "../state/collections.js";
import { href } from "../state/route.js";
import { StartForm } from "./start.js";

/** @typedef {import("../service/types.js").Job} Job */

const EVERY_MS = 2000;

/** @param {AbortSignal} signal */
export function evaluations(signal) {
  return request("GET", "/v1/jobs", { query: { kind: "evaluation", limit: 100 }, signal }).then(
    ({ jobs }) => /** @type {Job[]} */ (jobs).filter((each) => each.collection === collection.value),
  );
}

/** The runs of this collection, and a form that starts another. */
export function RunsPart() {
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const loaded = useLoad(evaluations, [collection.value]);
  const jobs = loaded.value ?? [];
  const isRunning = jobs.some((each) => each.state === "queued" || each.state === "running");
  useEffect(() => {
    const timer = isRunning ? setInterval(loaded.again, EVERY_MS) : undefined;
    return () => clearInterval(timer);
  }, [isRunning]);
  return html`<p class="hint">${t("evaluate.hint")}</p>
    <${StartForm} onStarted=${loaded.again} onError=${setError} />
    ${(error || loaded.error) && html`<${ProblemBox} error=${error ?? loaded.error} />`}
    ${loaded.value !== null && jobs.length === 0 && html`<p class="lead reading">${t("evaluate.none")}</p>`}
    <ul class="plain-list rows" aria-label=${t("evaluate.runs")}>
      ${jobs.map((job) => html`<${RunRow} key=${job.id} job=${job} />`)}
    </ul>`;
}

/** @param {{job: Job}} props */
function RunRow({ job }) {
  const { progress } = job;
  const name = job.asked.name ?? job.id;
  return html`<li>
    <div class="what">
      ${job.state === "done"
        ? html`<a href=${href("evaluate", { collection: collectionParam.value, run: job.id })}><bdi>${name}</bdi></a>`
        : html`<bdi>${name}</bdi>`}
      <p class="meta">
        ${t("evaluate.asked", { n: job.asked.questions ?? 0 })} · ${rankingName(job.asked.ranking ?? "")} · ${moment(job.created_at)} ·
        <strong> ${t(`job.${job.state}`)}</strong>
      </p>
      ${job.error && html`<p class="problem" lang="en">${job.error}</p>`}
      ${(job.state === "queued" || job.state === "running") &&
      html`<progress aria-label=${t("import.progress")} max=${Math.max(progress.total, 1)} value=${progress.done}></progress>`}
    </div>
  </li>`;
}
