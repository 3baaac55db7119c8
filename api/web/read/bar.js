import { t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { href, parse, route } from "../state/route.js";

/** @typedef {import("../service/types.js").Article} Article */
/** @typedef {import("./places.js").Place} Place */

/**
 * The way back, and from one cited place to the next.
 * @param {{article: Article | null, places: Place[], place: {start: number, end: number} | null}} props
 */
export function ReadBar({ article, places, place }) {
  const { params } = route.value;
  const back = params.get("back") ?? href("library", { collection: params.get("collection") });
  const page = parse(back).page;
  const label = t(page === "ask" ? "read.back-answer" : page === "search" ? "read.back-results" : "read.back");
  const at = places.findIndex(
    (each) => each.article_id === article?.id && each.start === place?.start && each.end === place?.end,
  );
  return html`<div class="read-bar">
    <a class="button quiet back" href=${back}><${Icon} name="back" /> ${label}</a>
    ${places.length > 1 &&
    html`<nav class="steps-nav" aria-label=${t("read.citations")}>
      <${Step} place=${places[at - 1]} name="read.previous" icon="back" />
      <span>${at < 0 ? t("read.of", { n: places.length }) : t("read.at", { at: at + 1, n: places.length })}</span>
      <${Step} place=${at < 0 ? places[0] : places[at + 1]} name="read.next" icon="next" />
    </nav>`}
  </div>`;
}

/**
 * @param {{place: Place | undefined, name: import("../i18n/locale.js").Key, icon: string}} props
 */
function Step({ place, name, icon }) {
  const { params } = route.value;
  if (place === undefined) {
    return html`<span class="icon-button off" aria-hidden="true"><${Icon} name=${icon} /></span>`;
  }
  const target = href("read", {
    article: place.article_id,
    start: place.start,
    end: place.end,
    collection: params.get("collection"),
    back: params.get("back"),
  });
  return html`<a class="icon-button" href=${target} aria-label=${t(name)} title=${t(name)}><${Icon} name=${icon} /></a>`;
}
