import { useState } from "preact/hooks";
import { day } from "../i18n/dates.js";
import { languageName, t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { countFilters } from "../state/filters.js";
import { tagOfText } from "../text/script.js";
import { FilterPanel } from "./panel.js";

/** @typedef {import("../state/filters.js").Filters} Filters */

/**
 * The filters that are set, each removable, and the panel that sets others.
 * @param {{filters: Filters, collection: string | null, onChange: (filters: Filters) => void,
 *   hasPreference?: boolean, isSingle?: boolean}} props hasPreference: whether a language can come
 *   first; isSingle: whether one value of each is all that can be chosen
 */
export function FilterBar({ filters, collection, onChange, hasPreference = true, isSingle = false }) {
  const [isOpen, setOpen] = useState(false);
  const count = countFilters(filters);
  return html`<div class="filters">
    <div class="filter-bar">
      <button
        type="button"
        class="button quiet"
        aria-expanded=${isOpen}
        aria-controls="filter-panel"
        onClick=${() => setOpen(!isOpen)}
      >
        <${Icon} name="filter" /> ${t("filters")}${count > 0 && html` <span class="count">${count}</span>`}
      </button>
      <${Chips} filters=${filters} onChange=${onChange} />
    </div>
    <div id="filter-panel" hidden=${!isOpen}>
      ${isOpen &&
      html`<${FilterPanel}
        filters=${filters}
        collection=${collection}
        onChange=${onChange}
        hasPreference=${hasPreference}
        isSingle=${isSingle}
      />`}
    </div>
  </div>`;
}

/** @param {{filters: Filters, onChange: (filters: Filters) => void}} props */
function Chips({ filters, onChange }) {
  /** @type {[string, Filters][]} */
  const set = [
    ...filters.languages.map((each) => chip(languageName(each), { languages: without(filters.languages, each) })),
    ...filters.sources.map((each) => chip(each, { sources: without(filters.sources, each) })),
    ...filters.tags.map((each) => chip(`#${each}`, { tags: without(filters.tags, each) })),
    ...(filters.from || filters.to
      ? [chip(`${day(filters.from) || "…"} – ${day(filters.to) || "…"}`, { from: "", to: "" })]
      : []),
    ...(filters.ownFirst ? [chip(t("filters.own-first"), { ownFirst: false })] : []),
  ];
  /**
   * @param {string} label
   * @param {Partial<Filters>} change
   * @returns {[string, Filters]}
   */
  function chip(label, change) {
    return [label, { ...filters, ...change }];
  }
  if (set.length === 0) return null;
  return html`<ul class="chips" aria-label=${t("filters.set")}>
    ${set.map(
      ([label, changed]) => html`<li>
        <button
          type="button"
          class="chip"
          aria-label=${t("filters.remove", { name: label })}
          title=${t("filters.remove", { name: label })}
          onClick=${() => onChange(changed)}
        >
          <bdi lang=${tagOfText(label)}>${label}</bdi><${Icon} name="close" />
        </button>
      </li>`,
    )}
  </ul>`;
}

/**
 * @param {string[]} list
 * @param {string} value
 */
export function without(list, value) {
  return list.filter((each) => each !== value);
}
