import { useEffect, useRef } from "preact/hooks";
import { html } from "./html.js";

/**
 * Links to the parts of a page.
 * @param {{label: string, tabs: {name: string, label: string, href: string}[], current: string}} props
 */
export function Tabs({ label, tabs, current }) {
  const bar = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    // On a phone not all of them have room.
    bar.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [current]);
  return html`<nav class="sub-tabs" aria-label=${label} ref=${bar}>
    ${tabs.map(
      (each) => html`<a href=${each.href} aria-current=${each.name === current ? "page" : undefined}>${each.label}</a>`,
    )}
  </nav>`;
}
