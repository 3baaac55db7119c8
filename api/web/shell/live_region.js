import { html } from "../parts/html.js";
import { announced } from "../state/announcements.js";

/** What happens elsewhere on the page, for those who do not see it. */
export function LiveRegion() {
  return html`<p id="status" class="unseen" role="status" aria-live="polite">${announced.value}</p>`;
}
