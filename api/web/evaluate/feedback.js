import { useState } from "preact/hooks";
import { readHref } from "../ask/proof.js";
import { moment } from "../i18n/dates.js";
import { t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { ProblemBox } from "../parts/problem.js";
import { useLoad } from "../parts/use_load.js";
import { request } from "../service/request.js";
import { collectionParam } from "../state/collections.js";
import { tagOfText } from "../text/script.js";

/** @typedef {import("../service/types.js").Feedback} Feedback */

/** What readers said of answers, and their gold set. */
export function FeedbackPart() {
  const collection = collectionParam.value;
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const loaded = useLoad(
    /** @returns {Promise<{feedback: Feedback[]}>} */
    (signal) => request("GET", "/v1/feedback", { query: { collection, limit: 100 }, signal }),
    [collection],
  );
  const save = async () => {
    try {
      const text = await request("GET", "/v1/feedback/gold", { query: { collection } });
      download(String(text), "feedback.jsonl");
    } catch (failure) {
      setError(failure);
    }
  };
  /** @param {Feedback} each */
  const remove = (each) =>
    request("DELETE", `/v1/feedback/${each.id}`, { query: { collection } }).then(() => loaded.again(), setError);
  const given = loaded.value?.feedback ?? [];
  return html`<p class="hint">${t("evaluate.feedback-hint")}</p>
    <p><button type="button" class="button" disabled=${given.length === 0} onClick=${save}>${t("evaluate.export")}</button></p>
    ${(error || loaded.error) && html`<${ProblemBox} error=${error ?? loaded.error} />`}
    ${loaded.value !== null && given.length === 0 && html`<p class="lead reading">${t("evaluate.no-feedback")}</p>`}
    <ul class="plain-list rows" aria-label=${t("evaluate.feedback")}>
      ${given.map(
        (each) => html`<li key=${each.id}>
          <div class="what">
            <bdi lang=${tagOfText(each.question, each.language)}>${each.question}</bdi>
            <p class="meta">
              <strong>${t(`feedback.said-${each.verdict}`)}</strong> · ${moment(each.created_at)}
              ${each.article_id !== null &&
              html` · <a
                  href=${readHref({ article_id: each.article_id, ...(each.start !== null && each.end !== null && { start: each.start, end: each.end }) })}
                >
                  <bdi lang=${tagOfText(each.quote ?? "")}>${each.quote ?? each.article_id}</bdi>
                </a>`}
            </p>
          </div>
          <button type="button" class="icon-button" aria-label=${t("evaluate.forget", { question: each.question })} title=${t("remove")} onClick=${() => remove(each)}>
            <${Icon} name="trash" />
          </button>
        </li>`,
      )}
    </ul>`;
}

/**
 * @param {string} text
 * @param {string} name
 */
function download(text, name) {
  const address = URL.createObjectURL(new Blob([text], { type: "application/x-ndjson" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
