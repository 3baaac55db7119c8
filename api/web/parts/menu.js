import { useEffect, useRef } from "preact/hooks";
import { html } from "./html.js";

/**
 * A button that opens a small panel. Escape, a click beside it and a choice close it.
 * @param {{label: any, name: string, children: any, className?: string}} props label: what the
 *   button shows; name: what it is called
 */
export function Menu({ label, name, children, className = "" }) {
  const box = useRef(/** @type {HTMLDetailsElement | null} */ (null));
  useEffect(() => {
    /** @param {Event} event */
    const close = (event) => {
      const details = box.current;
      if (!details?.open) return;
      const isKey = event instanceof KeyboardEvent;
      if (isKey && event.key !== "Escape") return;
      if (!isKey && event.target instanceof Node && details.contains(event.target)) return;
      details.open = false;
      if (isKey) details.querySelector("summary")?.focus();
    };
    document.addEventListener("pointerdown", close);
    document.addEventListener("keydown", close);
    return () => {
      document.removeEventListener("pointerdown", close);
      document.removeEventListener("keydown", close);
    };
  }, []);
  /** @param {MouseEvent} event */
  const chosen = (event) => {
    if (event.target instanceof Element && event.target.closest("[data-closes]") && box.current) {
      box.current.open = false;
      box.current.querySelector("summary")?.focus();
    }
  };
  return html`<details class="menu ${className}" ref=${box}>
    <summary class="button quiet" aria-label=${name} title=${name}>${label}</summary>
    <div class="panel" onClick=${chosen}>${children}</div>
  </details>`;
}
