import { useState } from "preact/hooks";
import { t } from "../i18n/locale.js";
import { rankingName } from "../i18n/rankings.js";
import { html } from "../parts/html.js";
import { request } from "../service/request.js";
import { collectionParam } from "../state/collections.js";
import { readGold } from "./figures.js";

const RANKINGS = ["hybrid", "dense", "bm25"];

/**
 * Asks a gold set: a file, or what readers said of answers.
 * @param {{onStarted: () => void, onError: (error: unknown) => void}} props
 */
export function StartForm({ onStarted, onError }) {
  const [isBusy, setBusy] = useState(false);
  const [chosen, setChosen] = useState("");
  /** @param {string} text @param {string} name @param {string} ranking */
  const start = async (text, name, ranking) => {
    setBusy(true);
    try {
      let questions;
      try {
        questions = readGold(text);
      } catch (failure) {
        const line = failure instanceof Error ? failure.message : "";
        throw new Error(t("evaluate.bad-line", { line }));
      }
      await request("POST", "/v1/evals", {
        body: { questions, name, ranking, ...(collectionParam.value !== null && { collection: collectionParam.value }) },
      });
      onError(null);
      onStarted();
    } catch (failure) {
      onError(failure);
    }
    setBusy(false);
  };
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    const fields = new FormData(form);
    const file = fields.get("gold");
    const ranking = String(fields.get("ranking"));
    if (file instanceof File && file.size > 0) {
      await start(await file.text(), file.name.slice(0, 100), ranking);
      form.reset();
      setChosen("");
    }
  };
  /** @param {MouseEvent} event */
  const fromFeedback = async (event) => {
    const form = /** @type {HTMLElement} */ (event.currentTarget).closest("form");
    const ranking = form === null ? "hybrid" : String(new FormData(form).get("ranking"));
    try {
      const text = await request("GET", "/v1/feedback/gold", { query: { collection: collectionParam.value } });
      await start(String(text), t("evaluate.feedback"), ranking);
    } catch (failure) {
      onError(failure);
    }
  };
  return html`<form class="row watch" onSubmit=${submit}>
    <div class="field grow">
      <span id="gold">${t("evaluate.gold")}</span>
      <div class="row">
        <label class="button file-button">
          ${t("evaluate.choose")}
          <input
            name="gold"
            type="file"
            class="unseen"
            accept=".jsonl,.ndjson,.json,.txt"
            aria-describedby="gold"
            required
            onChange=${(/** @type {{currentTarget: HTMLInputElement}} */ { currentTarget }) =>
              setChosen(currentTarget.files?.[0]?.name ?? "")}
          />
        </label>
        <bdi class="hint">${chosen}</bdi>
      </div>
    </div>
    <label class="field">${t("evaluate.ranking")}
      <select name="ranking">
        ${RANKINGS.map((each) => html`<option value=${each}>${rankingName(each)}</option>`)}
      </select>
    </label>
    <button type="submit" class="primary" disabled=${isBusy}>${t("evaluate.start")}</button>
    <button type="button" class="button" disabled=${isBusy} onClick=${fromFeedback}>${t("evaluate.from-feedback")}</button>
  </form>`;
}
