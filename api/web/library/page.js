import { t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { Tabs } from "../parts/tabs.js";
import { collectionParam } from "../state/collections.js";
import { href, route } from "../state/route.js";
import { AddPart } from "./add.js";
import { ArticlesPart } from "./articles.js";
import { FeedsPart } from "./feeds.js";
import { TrashPart } from "./trash.js";

const PARTS = /** @type {const} */ (["articles", "add", "feeds", "trash"]);

const SHOWN = { articles: ArticlesPart, add: AddPart, feeds: FeedsPart, trash: TrashPart };

/** The articles of a collection: what is there, what comes, what went. */
export function LibraryPage() {
  const wanted = route.value.params.get("tab");
  const current = PARTS.find((each) => each === wanted) ?? "articles";
  const tabs = PARTS.map((name) => ({
    name,
    label: t(`library.${name}`),
    href: href("library", { collection: collectionParam.value, tab: name === "articles" ? null : name }),
  }));
  const Part = SHOWN[current];
  return html`<div class="library">
    <h1>${t("nav.library")}</h1>
    <${Tabs} label=${t("nav.library")} tabs=${tabs} current=${current} />
    <${Part} />
  </div>`;
}
