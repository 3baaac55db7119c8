import { useState } from "preact/hooks";
import { moment } from "../i18n/dates.js";
import { t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { ProblemBox } from "../parts/problem.js";
import { clearSent } from "../parts/sent_form.js";
import { useLoad } from "../parts/use_load.js";
import { request } from "../service/request.js";
import { collectionParam } from "../state/collections.js";

/** @typedef {import("../service/types.js").WatchedFeed} WatchedFeed */

const INTERVALS = /** @type {const} */ ([15, 60, 360, 1440]);

/** Feeds that are read again and again. */
export function FeedsPart() {
  const collection = collectionParam.value;
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const feeds = useLoad(
    /** @returns {Promise<{feeds: WatchedFeed[]}>} */
    (signal) => request("GET", "/v1/feeds", { query: { collection }, signal }),
    [collection],
  );
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
      ...(collection !== null && { collection }),
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
    ${feeds.value?.feeds.length === 0 && html`<p class="hint">${t("feeds.none")}</p>`}
    <ul class="plain-list rows" aria-label=${t("library.feeds")}>
      ${feeds.value?.feeds.map(
        (feed) => html`<li key=${feed.id}>
          <div class="what">
            <bdi>${feed.url}</bdi>
            <p class="meta">
              ${feed.polled_at ? t("feeds.polled", { at: moment(feed.polled_at) }) : t("feeds.not-yet")}
              ${feed.outcome && html` <span lang="en">${feed.outcome}</span>`}
            </p>
          </div>
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
        </li>`,
      )}
    </ul>`;
}
