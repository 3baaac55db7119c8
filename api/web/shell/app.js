import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { AskPage } from "../ask/page.js";
import { watchAlerts } from "../alerts/unseen.js";
import { locale, t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { ProblemBox } from "../parts/problem.js";
import { Toast } from "../parts/toast.js";
import { loadCollections } from "../state/collections.js";
import { route } from "../state/route.js";
import { key } from "../state/session.js";
import { Header } from "./header.js";
import { LiveRegion } from "./live_region.js";
import { keepPlaces, showPlace } from "./scrolling.js";
import { SignIn } from "./sign_in.js";

/** @typedef {import("../state/route.js").PageName} PageName */

/** Pages beside the first one are fetched when they are opened, or when nothing else is to do. */
/** @type {Record<Exclude<PageName, "ask">, () => Promise<any>>} */
const OTHERS = {
  search: async () => (await import("../search/page.js")).SearchPage,
  read: async () => (await import("../read/page.js")).ReadPage,
  library: async () => (await import("../library/page.js")).LibraryPage,
  alerts: async () => (await import("../alerts/page.js")).AlertsPage,
  evaluate: async () => (await import("../evaluate/page.js")).EvaluatePage,
};

const OTHER_NAMES = /** @type {(keyof typeof OTHERS)[]} */ (Object.keys(OTHERS));

/** A signal: a page may come between being asked for and being waited for. */
const loaded = signal(/** @type {ReadonlyMap<PageName, any>} */ (new Map([["ask", AskPage]])));

/** @param {Exclude<PageName, "ask">} page */
async function load(page) {
  const component = await OTHERS[page]();
  loaded.value = new Map([...loaded.value, [page, component]]);
}

export function App() {
  const { page, hash } = route.value;
  const [error, setError] = useState(/** @type {unknown} */ (null));
  useEffect(() => {
    loadCollections().then(() => setError(null), setError);
  }, [key.value]);
  useEffect(keepPlaces, []);
  useEffect(() => watchAlerts(), [key.value]);
  useLayoutEffect(() => {
    // An article scrolls to its quote itself.
    if (page !== "read") showPlace();
  }, [hash]);
  useEffect(() => {
    const idle = window.requestIdleCallback ?? ((/** @type {() => void} */ each) => setTimeout(each, 500));
    // One that fails is tried again, and explained, when it is opened.
    idle(() => OTHER_NAMES.forEach((each) => load(each).catch(() => {})));
  }, []);
  useEffect(() => {
    if (page !== "ask" && !loaded.value.has(page)) load(page).catch(setError);
  }, [page]);
  useEffect(() => {
    document.title = page === "ask" ? "Tamngu" : `${t(page === "read" ? "read" : `nav.${page}`)} · Tamngu`;
  }, [page, locale.value]);
  const Page = loaded.value.get(page);
  return html`<${SkipLink} />
    <${Header} />
    <main id="main" tabindex="-1" class="page-${page}">
      ${error !== null && html`<${ProblemBox} error=${error} />`}
      ${Page === undefined ? html`<p class="waiting">${t("loading")}</p>` : html`<${Page} />`}
    </main>
    <${Toast} />
    <${LiveRegion} />
    <${SignIn} />`;
}

/** The part behind # names a page of the app, so this link moves the focus itself. */
function SkipLink() {
  return html`<button
    type="button"
    class="skip"
    onClick=${() => document.getElementById("main")?.focus()}
  >
    ${t("skip")}
  </button>`;
}
