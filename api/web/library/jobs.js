// Imports of this visit, and how far they are.
import { signal } from "@preact/signals";
import { number, t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { events } from "../service/events.js";
import { request } from "../service/request.js";
import { announce } from "../state/announcements.js";
import { changes, collection, collectionParam, loadCollections, names } from "../state/collections.js";
import { href } from "../state/route.js";
import { Rejections } from "./rejections.js";

/** @typedef {import("../service/types.js").Job} Job */

export const jobs = signal(/** @type {Job[]} */ ([]));

/** @param {Job} job */
export function started(job) {
  jobs.value = [job, ...jobs.value];
  follow(job.id);
}

/** @param {string} id */
async function follow(id) {
  try {
    for await (const { name, data } of events("GET", `/v1/jobs/${id}/events`, {})) {
      if (name === "job") put(data);
    }
  } finally {
    // Events leave out what was rejected.
    const job = await request("GET", `/v1/jobs/${id}`).catch(() => null);
    if (job !== null) put(job);
    changes.value += 1;
    if (names.value?.includes(collection.value) === false) await loadCollections().catch(() => {});
    if (job !== null) announce(t(`job.${/** @type {Job} */ (job).state}`));
  }
}

/** @param {Job} job */
function put(job) {
  jobs.value = jobs.value.map((each) => (each.id === job.id ? job : each));
}

export function Jobs() {
  return html`<section class="imports" aria-labelledby="imports">
    <h2 id="imports">${t("import.title")}</h2>
    <ul class="plain-list">
      ${jobs.value.map((job) => html`<${JobView} key=${job.id} job=${job} />`)}
    </ul>
  </section>`;
}

/**
 * Returns what an import did to the collection.
 * @param {Job} job
 */
export function importCounts({ progress: { added, updated, unchanged } }) {
  return t("import.counts", { added, updated, unchanged });
}

/** @param {{job: Job}} props */
function JobView({ job }) {
  const { progress } = job;
  const isRunning = job.state === "queued" || job.state === "running";
  const names = [...(job.asked.files ?? []), ...(job.asked.urls ?? []), ...(job.asked.feeds ?? [])];
  return html`<li class="job">
    <p class="what"><bdi>${names.slice(0, 3).join(", ")}${names.length > 3 ? ` +${number(names.length - 3)}` : ""}</bdi></p>
    <p class="meta"><strong>${t(`job.${job.state}`)}</strong></p>
    ${isRunning &&
    html`<progress
        aria-label=${t("import.progress")}
        max=${Math.max(progress.total, 1)}
        value=${job.state === "queued" ? undefined : progress.done}
      ></progress>
      <button type="button" class="button quiet" onClick=${() => request("POST", `/v1/jobs/${job.id}/cancel`).then(put, () => {})}>
        ${t("cancel")}
      </button>`}
    <p class="meta">
      ${importCounts(job)}
      ${progress.added > 0 && html` <a href=${href("library", { collection: collectionParam.value })}>${t("import.show")}</a>`}
    </p>
    ${job.error && html`<p class="problem" lang="en">${job.error}</p>`}
    <${Rejections} rejected=${job.rejections} />
  </li>`;
}
