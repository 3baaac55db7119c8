import { t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { collectionParam } from "../state/collections.js";
import { href, route } from "../state/route.js";
import { unseen } from "../alerts/unseen.js";

/** @typedef {import("../state/route.js").PageName} PageName */
/** @typedef {Exclude<PageName, "read">} Tab */

/** @type {Tab[]} */
const TABS = ["ask", "search", "library", "alerts", "evaluate"];

/** The last address of each page, so that going elsewhere and back loses nothing. */
/** @type {Map<PageName, string>} */
const lastPlaces = new Map();

export function Navigation() {
  const { page, hash } = route.value;
  lastPlaces.set(page, hash);
  return html`<nav class="tabs" aria-label=${t("navigation")}>
    ${TABS.map(
      (tab) => html`<a
        href=${placeOf(tab)}
        aria-current=${page === tab ? "page" : undefined}
      >
        <${Icon} name=${tab} />
        <span>${t(`nav.${tab}`)}</span>
        ${tab === "alerts" &&
        unseen.value > 0 &&
        html`<span class="count">${unseen.value}<span class="unseen"> ${t("alerts.new")}</span></span>`}
      </a>`,
    )}
  </nav>`;
}

/** @param {Tab} tab */
function placeOf(tab) {
  const last = lastPlaces.get(tab);
  const wanted = collectionParam.value;
  if (last !== undefined && new URLSearchParams(last.split("?")[1] ?? "").get("collection") === wanted) {
    return last;
  }
  return href(tab, { collection: wanted });
}
