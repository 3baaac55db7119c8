import { useEffect, useState } from "preact/hooks";
import { QuestionBox } from "../ask/box.js";
import { FilterBar } from "../filters/bar.js";
import { t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { Notices } from "../parts/notices.js";
import { ProblemBox } from "../parts/problem.js";
import { announce } from "../state/announcements.js";
import { changes, standard } from "../state/collections.js";
import { go, route } from "../state/route.js";
import { key } from "../state/session.js";
import { resultKey, results, search, searchHref, searchedOf } from "./found.js";
import { StoryView } from "./story.js";
import { Timeline, bucketOf, widthOf } from "./timeline.js";

/** @typedef {import("./found.js").Searched} Searched */
/** @typedef {import("./found.js").Results} Results */
/** @typedef {import("./found.js").Story} Story */

/** Stories that are shown before more of them are asked for. */
const PART = 10;

/** Search for passages, by story. */
export function SearchPage() {
  const searched = searchedOf(route.value.params);
  const name = resultKey(searched);
  const found = results.value.get(name) ?? null;
  useEffect(() => {
    const abort = new AbortController();
    if (searched.question !== "" && standard.value !== "") search(searched, abort.signal);
    return () => abort.abort();
  }, [name, key.value, standard.value, changes.value]);
  const count = found !== null && "result" in found ? found.stories.length : null;
  useEffect(() => {
    if (count !== null) announce(t("search.stories", { n: count }));
  }, [name, count]);
  return html`<div class="search">
    <h1 class=${searched.question === "" ? "greeting reading" : "unseen"}>${t("search.greeting")}</h1>
    <div class="docked">
      <${QuestionBox}
        value=${searched.question}
        label=${t("search.label")}
        placeholder=${t("search.placeholder")}
        action=${t("nav.search")}
        icon="search"
        onSubmit=${(/** @type {string} */ question) => go(searchHref({ ...searched, question }))}
      />
      <${FilterBar}
        filters=${searched.filters}
        collection=${searched.collection}
        onChange=${(/** @type {Searched["filters"]} */ filters) =>
          go(searchHref({ ...searched, filters }), { replace: searched.question === "" })}
      />
    </div>
    ${searched.question === "" && html`<p class="hint">${t("search.hint")}</p>`}
    ${searched.question !== "" && found === null && html`<div class="waiting"><div class="bar"></div><p>${t("stage.ranking")}</p></div>`}
    ${found !== null && "error" in found && html`<${ProblemBox} error=${found.error} />`}
    ${found !== null && "result" in found && html`<${Found} key=${name} searched=${searched} found=${found} />`}
  </div>`;
}

/** @param {{searched: Searched, found: Results}} props */
function Found({ searched, found }) {
  const [bucket, setBucket] = useState(/** @type {string | null} */ (null));
  const { result, stories } = found;
  const width = widthOf(result.hits);
  const inBucket =
    bucket === null
      ? stories
      : stories.filter(({ best, others }) =>
          [best, ...others].some(({ article }) => bucketOf(article.published_at, width) === bucket),
        );
  const [most, setMost] = useState(PART);
  const shown = sorted(inBucket, searched.order);
  return html`<${Notices} notices=${result.notices} />
    ${result.hits.length === 0 && html`<p class="lead reading">${t("search.none")}</p>`}
    <${Timeline} hits=${result.hits} width=${width} chosen=${bucket} onChoose=${setBucket} />
    ${result.hits.length > 0 && html`<${Order} searched=${searched} count=${shown.length} />`}
    <ol class="plain-list stories">
      ${shown.slice(0, most).map((story) => html`<${StoryView} key=${story.best.article.article_id} story=${story} collection=${searched.collection} />`)}
    </ol>
    ${shown.length > most &&
    html`<button type="button" class="button" onClick=${() => setMost(most + PART)}>${t("library.more")}</button>`}`;
}

/** @param {{searched: Searched, count: number}} props */
function Order({ searched, count }) {
  /** @param {{currentTarget: HTMLSelectElement}} event */
  const choose = ({ currentTarget: { value } }) =>
    go(searchHref({ ...searched, order: /** @type {Searched["order"]} */ (value) }), { replace: true });
  return html`<div class="row order">
    <p class="hint">${t("search.stories", { n: count })}</p>
    <label class="pick">
      <span class="hint">${t("search.order")}</span>
      <select id="order" value=${searched.order} onChange=${choose}>
        ${/** @type {const} */ (["relevance", "newest", "oldest"]).map(
          (each) => html`<option value=${each} selected=${each === searched.order}>${t(`search.${each}`)}</option>`,
        )}
      </select>
    </label>
  </div>`;
}

/**
 * @param {Story[]} stories best first
 * @param {Searched["order"]} order articles without a date come last
 */
function sorted(stories, order) {
  if (order === "relevance") return stories;
  /** @param {Story} story */
  const date = (story) => story.best.article.published_at ?? "";
  const direction = order === "newest" ? -1 : 1;
  return [...stories].sort((one, other) => {
    if (!date(one) || !date(other)) return Number(!date(one)) - Number(!date(other));
    return direction * date(one).localeCompare(date(other));
  });
}
