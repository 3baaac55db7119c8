import { useState } from "preact/hooks";
import { languageName, number, t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { Notices } from "../parts/notices.js";
import { ProblemBox } from "../parts/problem.js";
import { useLoad } from "../parts/use_load.js";
import { changes, collection as current } from "../state/collections.js";
import { tagOfText } from "../text/script.js";
import { without } from "./bar.js";
import { facets } from "./facets.js";

/** @typedef {import("../state/filters.js").Filters} Filters */
/** @typedef {import("../service/types.js").FacetValue} FacetValue */
/** @typedef {import("../i18n/locale.js").Key} Key */

/** Values shown of a facet before more of them are asked for. */
const FEW = 8;

/**
 * @param {{filters: Filters, collection: string | null, onChange: (filters: Filters) => void,
 *   hasPreference: boolean, isSingle: boolean}} props
 */
export function FilterPanel({ filters, onChange, hasPreference, isSingle }) {
  const name = current.value;
  const { languages, sources, tags, from, to } = filters;
  const found = useLoad(
    // The name is empty until the collections are known.
    async (signal) => (name ? facets(name, filters, signal) : null),
    [name, changes.value, JSON.stringify([languages, sources, tags, from, to])],
  );
  if (found.error) return html`<${ProblemBox} error=${found.error} />`;
  if (found.value === null) return html`<p class="hint">${t("loading")}</p>`;
  const { value } = found;
  return html`<div class="filter-panel" aria-busy=${found.isLoading}>
    <div class="facet-column">
      <${Values}
        title="filters.languages"
        values=${value.languages}
        chosen=${languages}
        isSingle=${isSingle}
        nameOf=${languageName}
        onChange=${(/** @type {string[]} */ list) => onChange({ ...filters, languages: list })}
      />
      <${Period} filters=${filters} onChange=${onChange} />
      ${hasPreference && html`<${Preference} filters=${filters} onChange=${onChange} />`}
    </div>
    <${Values}
      title="filters.sources"
      values=${value.sources}
      chosen=${sources}
      isSingle=${isSingle}
      more=${value.more_sources}
      onChange=${(/** @type {string[]} */ list) => onChange({ ...filters, sources: list })}
    />
    <${Values}
      title="filters.tags"
      values=${value.tags}
      chosen=${tags}
      isSingle=${isSingle}
      more=${value.more_tags}
      onChange=${(/** @type {string[]} */ list) => onChange({ ...filters, tags: list })}
    />
    <p class="hint">
      ${t("filters.left", { n: value.articles })}
    </p>
    <${Notices} notices=${value.notices} />
  </div>`;
}

/**
 * @param {{title: Key, values: FacetValue[], chosen: string[], isSingle: boolean, more?: number,
 *   nameOf?: (value: string) => string, onChange: (chosen: string[]) => void}} props
 */
function Values({ title, values, chosen, isSingle, more = 0, nameOf = (value) => value, onChange }) {
  const [wanted, setWanted] = useState("");
  const [showsAll, setAll] = useState(false);
  const missing = chosen.filter((value) => !values.some((each) => each.value === value));
  const all = [...missing.map((value) => ({ value, articles: null })), ...values];
  const lower = wanted.toLowerCase();
  const fitting = all.filter(({ value }) => nameOf(value).toLowerCase().includes(lower));
  const shown = showsAll || wanted ? fitting : fitting.filter((each, place) => place < FEW || chosen.includes(each.value));
  /** @param {string} value */
  const toggle = (value) => {
    if (chosen.includes(value)) onChange(without(chosen, value));
    else onChange(isSingle ? [value] : [...chosen, value]);
  };
  return html`<fieldset class="facet">
    <legend>${t(title)}</legend>
    ${all.length > FEW &&
    html`<input
      type="search"
      class="small"
      aria-label=${t("filters.find", { name: t(title) })}
      placeholder=${t("filters.find-short")}
      value=${wanted}
      onInput=${(/** @type {{currentTarget: HTMLInputElement}} */ { currentTarget }) => setWanted(currentTarget.value)}
    />`}
    ${shown.map(
      ({ value, articles }) => html`<label class="choice">
        <input type="checkbox" checked=${chosen.includes(value)} onChange=${() => toggle(value)} />
        <bdi class="value" lang=${tagOfText(nameOf(value))}>${nameOf(value)}</bdi>
        <span class="tally">${articles === null ? "" : number(articles)}</span>
      </label>`,
    )}
    ${all.length === 0 && html`<p class="hint">${t("filters.none")}</p>`}
    ${shown.length < fitting.length &&
    html`<button type="button" class="link" onClick=${() => setAll(true)}>
      ${t("filters.more", { n: fitting.length - shown.length + more })}
    </button>`}
  </fieldset>`;
}

/** @param {{filters: Filters, onChange: (filters: Filters) => void}} props */
function Period({ filters, onChange }) {
  /** @param {"from" | "to"} name */
  const field = (name) => html`<label class="field">
    ${t(`filters.${name}`)}
    <input
      type="date"
      value=${filters[name]}
      max=${name === "from" ? filters.to || undefined : undefined}
      min=${name === "to" ? filters.from || undefined : undefined}
      onChange=${(/** @type {{currentTarget: HTMLInputElement}} */ { currentTarget }) =>
        onChange({ ...filters, [name]: currentTarget.value })}
    />
  </label>`;
  return html`<fieldset class="facet">
    <legend>${t("filters.period")}</legend>
    ${field("from")} ${field("to")}
  </fieldset>`;
}

/** @param {{filters: Filters, onChange: (filters: Filters) => void}} props */
function Preference({ filters, onChange }) {
  /** @type {[boolean, Key][]} */
  const choices = [
    [false, "filters.any-language"],
    [true, "filters.own-first"],
  ];
  return html`<fieldset class="facet">
    <legend>${t("filters.order")}</legend>
    ${choices.map(
      ([value, key]) => html`<label class="choice">
        <input
          type="radio"
          name="prefer"
          checked=${filters.ownFirst === value}
          onChange=${() => onChange({ ...filters, ownFirst: value })}
        />
        ${t(key)}
      </label>`,
    )}
  </fieldset>`;
}
