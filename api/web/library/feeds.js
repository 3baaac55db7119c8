import { useState } from "preact/hooks";
import { moment } from "../i18n/dates.js";
import { t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { ProblemBox } from "../parts/problem.js";
import { clearSent } from "../parts/sent_form.js";
import { useLoad } from "../parts/use_load.js";
import { request } from "../service/request.js";
import { collection, collectionParam } from "../state/collections.js";
import { importCounts } from "./jobs.js";
import { Rejections } from "./rejections.js";

/** @typedef {import("../service/types.js").WatchedFeed} WatchedFeed */
/** @typedef {import("../service/types.js").Job} Job */

const INTERVALS = /** @type {const} */ ([15, 60, 360, 1440]);

/** Feeds that are read again and again. */
export function FeedsPart() {
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const feeds = useLoad((signal) => feedsOf(collection.value, signal), [collection.value]);
  /** @param {Promise<unknown>} work */
  const done = (work) =>
    work.then(
      () => {
        setError(null);
        feeds.again();
      },
      (failure) => setError(failure),
    );
  /** @param {SubmitEvent} event */
  const add = (event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    const fields = new FormData(form);
    const body = {
      url: String(fields.get("url")).trim(),
      every_minutes: Number(fields.get("every")),
      ...(collectionParam.value !== null && { collection: collectionParam.value }),
    };
    done(request("POST", "/v1/feeds", { body }).then(() => clearSent(form, fields)));
  };
  return html`<form class="row watch" onSubmit=${add}>
      <label class="field grow">${t("feeds.address")}
        <input name="url" type="url" required placeholder="https://example.org/rss" />
      </label>
      <label class="field">${t("feeds.every")}
        <select name="every">
          ${INTERVALS.map((each) => html`<option value=${each} selected=${each === 60}>${t(`feeds.every-${each}`)}</option>`)}
        </select>
      </label>
      <button type="submit" class="primary">${t("feeds.watch")}</button>
    </form>
    ${(error || feeds.error) && html`<${ProblemBox} error=${error ?? feeds.error} />`}
    ${feeds.value?.length === 0 && html`<p class="hint">${t("feeds.none")}</p>`}
    <ul class="plain-list rows" aria-label=${t("library.feeds")}>
      ${feeds.value?.map(
        ({ feed, job }) => html`<li key=${feed.id}>
          <div class="what">
            <bdi>${feed.url}</bdi>
            <p class="meta parts">
              <span>${feed.polled_at ? t("feeds.polled", { at: moment(feed.polled_at) }) : t("feeds.not-yet")}</span>
              ${job !== null && html`<span>${outcomeOf(job)}</span>`}
              ${job?.error && html`<span lang="en">${job.error}</span>`}
            </p>
            ${job !== null && html`<${Rejections} rejected=${job.rejections} />`}
          </div>
          <div class="row-tools">
            <button type="button" class="button" onClick=${() => done(request("POST", `/v1/feeds/${feed.id}/poll`))}>${t("feeds.now")}</button>
            <button
              type="button"
              class="icon-button"
              aria-label=${t("feeds.end", { url: feed.url })}
              title=${t("remove")}
              onClick=${() => done(request("DELETE", `/v1/feeds/${feed.id}`))}
            >
              <${Icon} name="trash" />
            </button>
          </div>
        </li>`,
      )}
    </ul>`;
}

/**
 * Returns the feeds of a collection, each with its last import; null where there is none, or no more.
 * @param {string} name
 * @param {AbortSignal} signal
 * @returns {Promise<{feed: WatchedFeed, job: Job | null}[]>}
 */
async function feedsOf(name, signal) {
  const found = await request("GET", "/v1/feeds", { signal });
  const feeds = /** @type {WatchedFeed[]} */ (found.feeds).filter((each) => each.collection === name);
  /** @param {string | null} id */
  const jobOf = (id) => (id === null ? null : request("GET", `/v1/jobs/${id}`, { signal }).catch(() => null));
  return Promise.all(feeds.map(async (feed) => ({ feed, job: await jobOf(feed.job_id) })));
}

/** @param {Job} job */
function outcomeOf(job) {
  return job.state === "done" ? importCounts(job) : t(`job.${job.state}`);
}
