import { locale, t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { useLoad } from "../parts/use_load.js";
import { request } from "../service/request.js";
import { changes, collection } from "../state/collections.js";
import { href } from "../state/route.js";
import { tagOf } from "../text/language_tags.js";
import { tagOfText } from "../text/script.js";
import { askHref, following } from "./asked.js";
import { suggestions } from "./examples.js";
import { clearHistory, entries } from "./history.js";

/** @typedef {import("./asked.js").Asked} Asked */

const EXAMPLES = 5;

/**
 * What stands below the box before a question: what is there to ask about, the history, examples.
 * @param {{asked: Asked}} props
 */
export function EmptyPage({ asked }) {
  const name = collection.value;
  const statistics = useLoad(
    async (signal) => (name ? request("GET", `/v1/collections/${encodeURIComponent(name)}`, { signal }) : null),
    [name, changes.value],
  );
  const count = statistics.value === null ? null : articlesOf(statistics.value);
  if (count === 0) return html`<${Nothing} asked=${asked} />`;
  // What comes later must not move the links of the history away from under a pointer.
  return html`<div class="empty-page">
    <div class="room-for-holds">${count !== null && html`<p class="holds">${t("ask.holds", { n: count })}</p>`}</div>
    <${History} />
    <${Examples} asked=${asked} />
  </div>`;
}

/** @param {{languages: Record<string, {articles: number}>}} statistics */
function articlesOf({ languages }) {
  return Object.values(languages).reduce((sum, each) => sum + each.articles, 0);
}

/** @param {{asked: Asked}} props */
function Nothing({ asked }) {
  return html`<div class="empty-page">
    <p>${t("ask.nothing")}</p>
    <p><a class="button primary" href=${href("library", { collection: asked.collection, tab: "add" })}>${t("library.add")}</a></p>
  </div>`;
}

/** @param {import("./examples.js").Suggestion[]} questions */
function ownScriptFirst(questions) {
  const isOwn = (/** @type {import("./examples.js").Suggestion} */ each) => tagOf(each) === locale.value;
  return [...questions.filter(isOwn), ...questions.filter((each) => !isOwn(each))];
}

/** @param {{asked: Asked}} props */
function Examples({ asked }) {
  const language = locale.value.slice(0, 2);
  const found = useLoad(
    (signal) => suggestions({ language, collection: asked.collection, limit: 2 * EXAMPLES }, signal),
    [language, asked.collection, changes.value],
  );
  if (!found.value?.length) return null;
  return html`<section aria-labelledby="examples">
    <h2 id="examples">${t("ask.examples")}</h2>
    <ul class="plain-list">
      ${ownScriptFirst(found.value).slice(0, EXAMPLES).map(
        (each) => html`<li>
          <a class="suggestion reading" lang=${tagOf(each)} href=${askHref(following(asked, each.question))}>
            <bdi>${each.question}</bdi>
          </a>
        </li>`,
      )}
    </ul>
  </section>`;
}

function History() {
  if (entries.value.length === 0) return null;
  return html`<section aria-labelledby="history">
    <h2 id="history">${t("history")}</h2>
    <ul class="plain-list history">
      ${entries.value.slice(0, 8).map(
        (each) => html`<li>
          <a href=${each.hash}>
            <${Icon} name="history" /><bdi class="question" lang=${tagOfText(each.question)}>${each.question}</bdi>
            ${each.answer && html`<bdi class="answer" lang=${tagOfText(each.answer)}>${each.answer}</bdi>`}
          </a>
        </li>`,
      )}
    </ul>
    <p class="hint">
      ${t("history.here", { n: entries.value.length })}${" "}
      <button type="button" class="link" onClick=${clearHistory}>${t("history.clear")}</button>
    </p>
  </section>`;
}
