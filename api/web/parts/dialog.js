import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/locale.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";

/**
 * A dialog in front of the page. The browser keeps the focus in it and gives it back.
 * @param {{title: string, onClose: () => void, children: any}} props
 */
export function Dialog({ title, onClose, children }) {
  const box = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    const before = document.activeElement;
    box.current?.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return html`<dialog ref=${box} aria-label=${title} onClose=${onClose}>
    <header>
      <h2>${title}</h2>
      <button type="button" class="icon-button" aria-label=${t("close")} onClick=${() => box.current?.close()}>
        <${Icon} name="close" />
      </button>
    </header>
    ${children}
  </dialog>`;
}
