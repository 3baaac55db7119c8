// Icons of 20 px, drawn in the colour of the text. The words beside them or their labels name them.
import { html } from "./html.js";

const PATHS = {
  ask: "M4 4h12v9H9l-4 3v-3H4z",
  search: "M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM13 13l4 4",
  library: "M4 3.5v13M8 3.5v13M11.5 4l4 12.3",
  alerts: "M10 3a5 5 0 0 0-5 5v3.5L3.5 14h13L15 11.5V8a5 5 0 0 0-5-5zM8.5 16.5h3",
  evaluate: "M3.5 16.5h13M6 16V9.5M10 16V4M14 16v-5",
  filter: "M3 5h14M6 10h8M8.5 15h3",
  close: "M5 5l10 10M15 5L5 15",
  copy: "M7 7V3.5h9.5V13H13M3.5 7H13v9.5H3.5z",
  link: "M8.5 11.5l3-3M7 9.5L4.7 11.8a2.6 2.6 0 0 0 3.6 3.6L10.5 13M13 10.5l2.3-2.3a2.6 2.6 0 0 0-3.6-3.6L9.5 7",
  external: "M8 4H4v12h12v-4M11 4h5v5M16 4l-7 7",
  back: "M11.5 4.5L6 10l5.5 5.5",
  next: "M8.5 4.5L14 10l-5.5 5.5",
  down: "M5 8l5 5 5-5",
  menu: "M10 4.5v.01M10 10v.01M10 15.5v.01",
  right: "M4 10.5l4 4 8-9",
  wrong: "M5 5l10 10M15 5L5 15",
  better: "M10 16V5M5.5 9L10 4.5 14.5 9",
  trash: "M4 6h12M8 6V4h4v2M5.5 6l.8 10.5h7.4L14.5 6",
  edit: "M4 16l.8-3.2L13 4.5l2.5 2.5-8.3 8.3z",
  upload: "M10 13V4M6 7.5L10 3.5l4 4M4 13v3.5h12V13",
  key: "M12.5 3.5a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM9.5 10.5L4 16M6 14l1.5 1.5",
  history: "M10 4a6 6 0 1 1-5.6 3.8M4 4v4h4M10 7v3.5l2.5 1.5",
  send: "M10 16V5M5.5 9L10 4.5 14.5 9",
  warning: "M10 3.5l7 12.5H3zM10 8v4M10 14v.01",
  plus: "M10 4v12M4 10h12",
};

/** @typedef {keyof typeof PATHS} IconName */

/** @param {{name: IconName}} props */
export function Icon({ name }) {
  return html`<svg
    class="icon"
    viewBox="0 0 20 20"
    width="20"
    height="20"
    aria-hidden="true"
    focusable="false"
  >
    <path d=${PATHS[name]} />
  </svg>`;
}
