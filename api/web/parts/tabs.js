import { html } from "./html.js";

/**
 * Links to the parts of a page.
 * @param {{label: string, tabs: {name: string, label: string, href: string}[], current: string}} props
 */
export function Tabs({ label, tabs, current }) {
  return html`<nav class="sub-tabs" aria-label=${label}>
    ${tabs.map(
      (each) => html`<a href=${each.href} aria-current=${each.name === current ? "page" : undefined}>${each.label}</a>`,
    )}
  </nav>`;
}
