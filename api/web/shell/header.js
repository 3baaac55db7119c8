import { LOCALES, chooseLocale, locale, t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { Menu } from "../parts/menu.js";
import { chooseTheme, theme } from "../state/appearance.js";
import { collection, names, standard } from "../state/collections.js";
import { go, href, route } from "../state/route.js";
import { isKeyWanted, key, signOut } from "../state/session.js";
import { Navigation } from "./navigation.js";

/** @typedef {import("../i18n/locale.js").Locale} Locale */
/** @typedef {import("../state/appearance.js").Theme} Theme */

export function Header() {
  return html`<header class="top">
    <a class="brand" aria-label="Tamngu" href=${href("ask", { collection: route.value.params.get("collection") })}>
      <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
        <rect width="32" height="32" rx="7" />
        <path d="M9 9h14M11 16h10M7 23h18" />
      </svg>
      <span>Tamngu</span>
    </a>
    <${Navigation} />
    <div class="top-tools">
      <${CollectionPicker} />
      <${LanguagePicker} />
      <${Settings} />
    </div>
  </header>`;
}

function CollectionPicker() {
  const all = names.value;
  if (all === null || all.length < 2) return null;
  /** @param {Event & {currentTarget: HTMLSelectElement}} event */
  const choose = ({ currentTarget: { value } }) => {
    // The place of an article or of an answer is in one collection only.
    const page = route.value.page === "read" ? "ask" : route.value.page;
    go(href(page, { collection: value === standard.value ? null : value }));
  };
  return html`<label class="pick">
    <span class="unseen">${t("collection")}</span>
    <select id="collection" value=${collection.value} onChange=${choose}>
      ${all.map((name) => html`<option value=${name} selected=${name === collection.value}>${name}</option>`)}
    </select>
  </label>`;
}

function LanguagePicker() {
  /** @param {Event & {currentTarget: HTMLSelectElement}} event */
  const choose = ({ currentTarget: { value } }) => chooseLocale(/** @type {Locale} */ (value));
  return html`<label class="pick">
    <span class="unseen">${t("interface-language")}</span>
    <select id="locale" value=${locale.value} onChange=${choose}>
      ${LOCALES.map(
        ([name, own]) =>
          html`<option value=${name} lang=${name} selected=${name === locale.value}>${own}</option>`,
      )}
    </select>
  </label>`;
}

function Settings() {
  /** @type {[Theme, string][]} */
  const themes = [
    ["system", t("theme.system")],
    ["light", t("theme.light")],
    ["dark", t("theme.dark")],
  ];
  return html`<${Menu} name=${t("settings")} label=${html`<${Icon} name="menu" />`} className="end">
    <fieldset>
      <legend>${t("theme")}</legend>
      ${themes.map(
        ([name, label]) => html`<label class="choice">
          <input
            type="radio"
            name="theme"
            value=${name}
            checked=${theme.value === name}
            onChange=${() => chooseTheme(name)}
          />
          ${label}
        </label>`,
      )}
    </fieldset>
    <div class="stack">
      ${key.value === null
        ? html`<button type="button" class="row-button" data-closes onClick=${() => (isKeyWanted.value = "missing")}>
            <${Icon} name="key" /> ${t("sign-in")}
          </button>`
        : html`<button type="button" class="row-button" data-closes onClick=${signOut}>
            <${Icon} name="key" /> ${t("sign-out")}
          </button>`}
      <a class="row-button" href="/docs"><${Icon} name="external" /> ${t("api-docs")}</a>
    </div>
  <//>`;
}
