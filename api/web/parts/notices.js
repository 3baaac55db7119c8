import { noticeText } from "../i18n/notices.js";
import { html } from "./html.js";

/**
 * What a result says beside what was found, in the reader's language.
 * @param {{notices: import("../service/types.js").Notice[]}} props
 */
export function Notices({ notices }) {
  return notices.map((each) => {
    const { text, lang } = noticeText(each);
    return html`<p class="notice" lang=${lang}><bdi>${text}</bdi></p>`;
  });
}
