import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { ProblemBox } from "../parts/problem.js";
import { useLoad } from "../parts/use_load.js";
import { request } from "../service/request.js";
import { announce } from "../state/announcements.js";
import { changes } from "../state/collections.js";
import { route } from "../state/route.js";
import { ArticleHead } from "./head.js";
import { ArticleText } from "./text.js";
import { Cuts } from "./cuts.js";
import { placeIn, placesOf } from "./places.js";
import { ReadBar } from "./bar.js";
import { Versions } from "./versions.js";

/** @typedef {import("../service/types.js").Article} Article */
/** @typedef {import("../service/types.js").ArticlePassage} ArticlePassage */

/** Read an article, at the place that was cited. */
export function ReadPage() {
  const { params } = route.value;
  const id = params.get("article") ?? "";
  const collection = params.get("collection");
  const article = useLoad(
    /** @returns {Promise<Article>} */
    (signal) => request("GET", `/v1/articles/${path(id)}`, { query: { collection }, signal }),
    [id, collection, changes.value],
  );
  const passages = useLoad(
    /** @returns {Promise<ArticlePassage[]>} */
    (signal) => request("GET", "/v1/passages", { query: { article_id: id, collection }, signal }),
    [id, collection, changes.value],
  );
  const places = placesOf(params.get("back"));
  const place = placeIn(params);
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const loaded = article.value?.id === id ? article.value : null;
  useLayoutEffect(() => {
    if (loaded === null) return;
    const mark = box.current?.querySelector("mark.here");
    if (mark instanceof HTMLElement) {
      mark.scrollIntoView({ block: "center" });
      mark.focus({ preventScroll: true });
    } else {
      window.scrollTo(0, 0);
    }
  }, [loaded, place?.start, place?.end]);
  useEffect(() => {
    if (loaded !== null) announce(loaded.title);
  }, [loaded]);
  if (article.error) {
    return html`<div class="read">
      <${ReadBar} article=${null} places=${places} place=${place} />
      <${ProblemBox} error=${article.error} />
    </div>`;
  }
  if (loaded === null) return html`<p class="waiting">${t("loading")}</p>`;
  return html`<div class="read" ref=${box}>
    <${ReadBar} article=${loaded} places=${places} place=${place} />
    <article>
      <${ArticleHead} article=${loaded} place=${place} />
      <${ArticleText} article=${loaded} place=${place} places=${places} passages=${passages.value ?? []} />
      <${Cuts} article=${loaded} />
    </article>
    <${Versions} article=${loaded} collection=${collection} />
  </div>`;
}

/** @param {string} id slashes are part of an id, and of the path */
function path(id) {
  return id.split("/").map(encodeURIComponent).join("/");
}
