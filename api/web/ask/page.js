import { useEffect } from "preact/hooks";
import { FilterBar } from "../filters/bar.js";
import { t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { changes, standard } from "../state/collections.js";
import { go, route } from "../state/route.js";
import { key } from "../state/session.js";
import { askHref, askedOf, following } from "./asked.js";
import { QuestionBox } from "./box.js";
import { EmptyPage } from "./empty_page.js";
import { Thread } from "./thread.js";
import { ask, turnOf } from "./turns.js";

/** Ask a question, read the answer, ask on. */
export function AskPage() {
  const asked = askedOf(route.value.params);
  const hash = askHref(asked);
  const turn = turnOf(asked);
  useEffect(() => {
    // The service names its collections before a question is of use to it.
    if (asked.question !== "" && standard.value !== "") ask(asked);
  }, [hash, key.value, standard.value, changes.value]);
  return html`<div class="ask">
    ${asked.question === "" && html`<h1 class="greeting reading">${t("ask.greeting")}</h1>`}
    <div class="docked">
      <${QuestionBox}
        place=${asked.question === "" ? "first" : "next"}
        value=""
        clears
        label=${t("ask.label")}
        placeholder=${t(asked.question === "" ? "ask.placeholder" : "ask.follow-up")}
        action=${t("ask.action")}
        icon="send"
        onSubmit=${(/** @type {string} */ question) => go(askHref(following(asked, question, turn?.searched)))}
      />
      <${FilterBar}
        filters=${asked.filters}
        collection=${asked.collection}
        onChange=${(/** @type {import("../state/filters.js").Filters} */ filters) =>
          go(askHref({ ...asked, filters }), { replace: asked.question === "" })}
      />
    </div>
    ${asked.question === ""
      ? html`<${EmptyPage} asked=${asked} />`
      : html`<${Thread} asked=${asked} turn=${turn} />`}
  </div>`;
}
