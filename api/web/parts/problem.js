import { t } from "../i18n/locale.js";
import { Problem } from "../service/request.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";

/** @typedef {import("../i18n/locale.js").Key} Key */

/** @type {[RegExp, Key][]} */
const KNOWN = [
  [/^The question is empty/, "problem.empty-question"],
  [/^More than \d+ requests a minute/, "problem.429"],
];

/** @type {Record<number, Key>} */
const BY_STATUS = {
  0: "problem.0",
  401: "problem.401",
  403: "problem.403",
  404: "problem.404",
  409: "problem.409",
  412: "problem.412",
  413: "problem.413",
  422: "problem.422",
  429: "problem.429",
  503: "problem.503",
};

/**
 * Returns what went wrong, in the language of the interface.
 * @param {unknown} error
 */
export function problemText(error) {
  if (!(error instanceof Problem)) return t("problem.other");
  const known = KNOWN.find(([pattern]) => pattern.test(error.detail));
  return t(known?.[1] ?? BY_STATUS[error.status] ?? "problem.other");
}

/**
 * The service says no more than that, in English.
 * @param {unknown} error
 */
function isNotThere(error) {
  return error instanceof Problem && error.status === 404;
}

/**
 * An error: what went wrong in the reader's language, and the service's own words.
 * @param {{error: unknown}} props
 */
export function ProblemBox({ error }) {
  const detail = error instanceof Problem ? error.detail : error instanceof Error ? error.message : "";
  const isKnown = KNOWN.some(([pattern]) => pattern.test(detail)) || isNotThere(error);
  return html`<div class="problem" role="alert">
    <${Icon} name="warning" />
    <div>
      <p>${problemText(error)}</p>
      ${detail && !isKnown && html`<p class="detail" lang="en" dir="auto">${detail}</p>`}
    </div>
  </div>`;
}
