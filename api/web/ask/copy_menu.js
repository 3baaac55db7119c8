import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n/locale.js";
import { copy } from "../parts/clipboard.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { Menu } from "../parts/menu.js";
import { asBibTeX, asMarkdown, asText } from "./copies.js";

/** @typedef {import("./turns.js").Turn} Turn */
/** @typedef {import("../i18n/locale.js").Key} Key */

const SHOWN_MS = 2500;

/** @param {{turn: Turn}} props */
export function CopyMenu({ turn }) {
  const [isDone, setDone] = useState(false);
  useEffect(() => {
    const timer = isDone ? setTimeout(() => setDone(false), SHOWN_MS) : undefined;
    return () => clearTimeout(timer);
  }, [isDone]);
  /** @type {[Key, () => string][]} */
  const forms = [
    ["copy.text", () => asText(turn)],
    ["copy.markdown", () => asMarkdown(turn)],
    ["copy.bibtex", () => asBibTeX(turn)],
    ["copy.link", () => new URL(turn.hash, location.href).href],
  ];
  const label = html`<${Icon} name=${isDone ? "right" : "copy"} /> ${t(isDone ? "copied" : "copy")}`;
  return html`<${Menu} name=${t("copy")} label=${label} className="end">
    <div class="stack">
      ${forms.map(
        ([key, make]) => html`<button
          type="button"
          class="row-button"
          data-closes
          onClick=${async () => setDone(await copy(make()))}
        >
          ${t(key)}
        </button>`,
      )}
    </div>
  <//>`;
}
