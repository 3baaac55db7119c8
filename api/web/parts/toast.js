// A short message that offers to undo what was done.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t } from "../i18n/locale.js";
import { announce } from "../state/announcements.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";

/** @typedef {{text: string, undo: (() => void) | null}} Message */

const message = signal(/** @type {Message | null} */ (null));

const SHOWN_MS = 20_000;

/**
 * @param {string} text
 * @param {(() => void) | null} [undo]
 */
export function tell(text, undo = null) {
  message.value = { text, undo };
  announce(text);
}

export function Toast() {
  const now = message.value;
  useEffect(() => {
    const timer = now === null ? undefined : setTimeout(() => (message.value = null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [now]);
  if (now === null) return null;
  const undo = () => {
    now.undo?.();
    message.value = null;
  };
  return html`<div class="toast" role="group" aria-label=${now.text}>
    <bdi>${now.text}</bdi>
    ${now.undo !== null && html`<button type="button" class="button" onClick=${undo}>${t("undo")}</button>`}
    <button type="button" class="icon-button" aria-label=${t("close")} onClick=${() => (message.value = null)}>
      <${Icon} name="close" />
    </button>
  </div>`;
}
