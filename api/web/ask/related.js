import { t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { useLoad } from "../parts/use_load.js";
import { tagOf } from "../text/language_tags.js";
import { askHref, following } from "./asked.js";
import { suggestions } from "./examples.js";

/** @typedef {import("./asked.js").Asked} Asked */

/**
 * Related questions that the collection answers.
 * @param {{asked: Asked, searched: string | null}} props
 */
export function Related({ asked, searched }) {
  const found = useLoad(
    (signal) => suggestions({ question: searched ?? asked.question, collection: asked.collection, limit: 4 }, signal),
    [asked.question, searched, asked.collection],
  );
  if (!found.value?.length) return null;
  return html`<section class="related" aria-labelledby="related">
    <h2 id="related">${t("ask.related")}</h2>
    <ul class="plain-list">
      ${found.value.map(
        (each) => html`<li>
          <a class="suggestion reading" lang=${tagOf(each)} href=${askHref(following(asked, each.question, searched))}>
            <bdi>${each.question}</bdi>
          </a>
        </li>`,
      )}
    </ul>
  </section>`;
}
