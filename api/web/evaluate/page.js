import { t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { Tabs } from "../parts/tabs.js";
import { collectionParam } from "../state/collections.js";
import { href, route } from "../state/route.js";
import { ComparePart } from "./compare.js";
import { FeedbackPart } from "./feedback.js";
import { RunView } from "./run.js";
import { RunsPart } from "./runs.js";

const PARTS = /** @type {const} */ (["runs", "compare", "feedback"]);

const SHOWN = { runs: RunsPart, compare: ComparePart, feedback: FeedbackPart };

/** How well the collection answers questions with known answers. */
export function EvaluatePage() {
  const { params } = route.value;
  const run = params.get("run");
  const current = PARTS.find((each) => each === params.get("tab")) ?? "runs";
  const tabs = PARTS.map((name) => ({
    name,
    label: t(`evaluate.${name}`),
    href: href("evaluate", { collection: collectionParam.value, tab: name === "runs" ? null : name }),
  }));
  const Part = SHOWN[current];
  return html`<div class="evaluate">
    <h1>${t("nav.evaluate")}</h1>
    <${Tabs} label=${t("nav.evaluate")} tabs=${tabs} current=${current} />
    ${run !== null && current === "runs" ? html`<${RunView} id=${run} />` : html`<${Part} />`}
  </div>`;
}
