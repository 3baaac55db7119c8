import { day } from "../i18n/dates.js";
import { t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";

/** @typedef {import("../service/types.js").Hit} Hit */

/** Letters of an ISO date that make a year, a month, a day. */
/** @typedef {4 | 7 | 10} Width */

const MOST_BARS = 36;

/**
 * Returns how fine a timeline of these passages is: days, if there are not too many of them.
 * @param {Hit[]} hits
 * @returns {Width}
 */
export function widthOf(hits) {
  const dates = hits.map((each) => each.published_at).filter((each) => each !== null).sort();
  const [first] = dates;
  const last = dates.at(-1);
  if (first === undefined || last === undefined) return 4;
  const days = (Date.parse(last.slice(0, 10)) - Date.parse(first.slice(0, 10))) / 86_400_000;
  if (days < MOST_BARS) return 10;
  return days / 30 < MOST_BARS ? 7 : 4;
}

/**
 * @param {string | null} date
 * @param {Width} width
 */
export function bucketOf(date, width) {
  return date?.slice(0, width) ?? null;
}

/**
 * How many passages were published when. A choice shows only those.
 * @param {{hits: Hit[], width: Width, chosen: string | null, onChoose: (bucket: string | null) => void}} props
 */
export function Timeline({ hits, width, chosen, onChoose }) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { published_at } of hits) {
    const bucket = bucketOf(published_at, width);
    if (bucket !== null) counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  if (counts.size < 2) return null;
  const bars = filled([...counts.keys()].sort(), width);
  const most = Math.max(...counts.values());
  return html`<section class="timeline" aria-label=${t("search.timeline")}>
    <div class="years" ref=${showNewest}>
      <ol class="bars">
        ${bars.map((bucket) => {
          const count = counts.get(bucket) ?? 0;
          const label = `${day(bucket)}: ${t("search.passages", { n: count })}`;
          return html`<li>
            ${count === 0
              ? html`<span class="gap" aria-hidden="true"></span>`
              : html`<button
                  type="button"
                  aria-pressed=${bucket === chosen}
                  aria-label=${label}
                  title=${label}
                  onClick=${() => onChoose(bucket === chosen ? null : bucket)}
                >
                  <span style=${{ height: `${Math.round((100 * count) / most)}%` }}></span>
                </button>`}
          </li>`;
        })}
      </ol>
      <p class="ends hint" aria-hidden="true"><span>${day(bars[0])}</span><span>${day(bars.at(-1))}</span></p>
    </div>
    ${chosen !== null &&
    html`<p>
      <button
        type="button"
        class="chip"
        aria-label=${t("filters.remove", { name: day(chosen) })}
        onClick=${() => onChoose(null)}
      >
        ${day(chosen)}<${Icon} name="close" />
      </button>
    </p>`}
  </section>`;
}

/**
 * Returns all years, months or days from the first to the last, also those without passages.
 * @param {string[]} buckets sorted
 * @param {Width} width
 */
function filled(buckets, width) {
  const [first = "", ...rest] = buckets;
  const last = rest.at(-1) ?? first;
  const all = [first];
  for (let at = first; at < last && all.length < 200; ) {
    at = next(at, width);
    all.push(at);
  }
  return all;
}

/**
 * @param {string} bucket
 * @param {Width} width
 */
function next(bucket, width) {
  const [year = 0, month = 1, date = 1] = bucket.split("-").map(Number);
  const step = { 4: [year + 1, 0, 1], 7: [year, month, 1], 10: [year, month - 1, date + 1] }[width];
  const [y = 0, m = 0, d = 1] = step;
  return new Date(Date.UTC(y, m, d)).toISOString().slice(0, width);
}

/**
 * Where a phone has no room for all bars, the newest ones are in sight first.
 * @param {HTMLElement | null} element
 */
function showNewest(element) {
  if (element !== null) element.scrollLeft = element.scrollWidth;
}
