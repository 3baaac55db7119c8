import { useEffect, useState } from "preact/hooks";
import { readHref } from "../ask/proof.js";
import { moment } from "../i18n/dates.js";
import { t } from "../i18n/locale.js";
import { copy } from "../parts/clipboard.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { ProblemBox } from "../parts/problem.js";
import { clearSent } from "../parts/sent_form.js";
import { SourceLine } from "../parts/source_line.js";
import { useLoad } from "../parts/use_load.js";
import { request } from "../service/request.js";
import { collectionParam, names } from "../state/collections.js";
import { href, route } from "../state/route.js";
import { tagOf } from "../text/language_tags.js";
import { tagOfText } from "../text/script.js";
import { countUnseen } from "./unseen.js";

/** @typedef {import("../service/types.js").SavedQuestion} SavedQuestion */
/** @typedef {import("../service/types.js").Alert} Alert */

const EVERY_MS = 10_000;

/** Saved questions of all collections, and the new articles that answer them. */
export function AlertsPage() {
  const collection = collectionParam.value;
  const [error, setError] = useState(/** @type {unknown} */ (null));
  const loaded = useLoad(
    async (signal) => {
      const [{ questions }, { alerts }] = await Promise.all([
        request("GET", "/v1/questions", { signal }),
        request("GET", "/v1/alerts", { signal }),
      ]);
      return { questions: /** @type {SavedQuestion[]} */ (questions), alerts: /** @type {Alert[]} */ (alerts) };
    },
    [collection],
  );
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && loaded.again(), EVERY_MS);
    return () => clearInterval(timer);
  }, [collection]);
  /** @param {Promise<unknown>} work */
  const done = (work) =>
    work.then(
      () => {
        setError(null);
        loaded.again();
        countUnseen();
      },
      (failure) => setError(failure),
    );
  /** @param {SubmitEvent} event */
  const add = (event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    const fields = new FormData(form);
    const question = String(fields.get("question")).trim();
    const body = { question, ...(collection !== null && { collection }) };
    done(request("POST", "/v1/questions", { body }).then(() => clearSent(form, fields)));
  };
  const { questions = [], alerts = [] } = loaded.value ?? {};
  return html`<div class="alerts">
    <h1>${t("nav.alerts")}</h1>
    <p class="hint">${t("alerts.hint")}</p>
    <form class="row watch" onSubmit=${add}>
      <label class="field grow">${t("alerts.question")}
        <input name="question" required maxlength="10000" dir="auto" defaultValue=${route.value.params.get("q") ?? ""} />
      </label>
      <button type="submit" class="primary">${t("alerts.watch")}</button>
    </form>
    ${(error || loaded.error) && html`<${ProblemBox} error=${error ?? loaded.error} />`}
    ${loaded.value !== null && questions.length === 0 && html`<p class="lead reading">${t("alerts.none")}</p>`}
    ${questions.map(
      (saved) => html`<${Saved}
        key=${saved.id}
        saved=${saved}
        alerts=${alerts.filter((each) => each.question_id === saved.id)}
        onSeen=${() => done(request("POST", "/v1/alerts/seen", { body: { question: saved.id } }))}
        onEnd=${() => done(request("DELETE", `/v1/questions/${saved.id}`))}
      />`,
    )}
  </div>`;
}

/** @param {{saved: SavedQuestion, alerts: Alert[], onSeen: () => void, onEnd: () => void}} props */
function Saved({ saved, alerts, onSeen, onEnd }) {
  const feed = saved.feed === null ? null : new URL(saved.feed, location.href).href;
  return html`<section class="saved" aria-labelledby=${`saved-${saved.id}`}>
    <header>
      <h2 id=${`saved-${saved.id}`}>
        <a href=${href("ask", { q: saved.question, collection: saved.collection })}><bdi lang=${tagOfText(saved.question, saved.language)}>${saved.question}</bdi></a>
        ${saved.unseen > 0 && html` <span class="count">${saved.unseen}<span class="unseen"> ${t("alerts.new")}</span></span>`}
      </h2>
      <div class="row">
        ${saved.unseen > 0 && html`<button type="button" class="button quiet" onClick=${onSeen}>${t("alerts.seen")}</button>`}
        ${feed !== null &&
        html`<button type="button" class="button quiet" onClick=${() => copy(feed)} title=${t("alerts.feed-hint")}>
          <${Icon} name="link" /> ${t("alerts.feed")}
        </button>`}
        <button type="button" class="icon-button" aria-label=${t("alerts.end", { question: saved.question })} title=${t("remove")} onClick=${onEnd}>
          <${Icon} name="trash" />
        </button>
      </div>
    </header>
    <p class="meta parts">
      ${(names.value?.length ?? 0) > 1 && html`<bdi>${t("alerts.in", { name: saved.collection })}</bdi>`}
      <span>${saved.checked_at ? t("alerts.checked", { at: moment(saved.checked_at) }) : t("alerts.not-yet")}</span>
    </p>
    ${alerts.length === 0 && html`<p class="hint">${t("alerts.quiet")}</p>`}
    <ul class="plain-list">
      ${alerts.map(
        (alert) => html`<li class="alert ${alert.seen ? "" : "fresh"}">
          ${!alert.seen && html`<span class="unseen">${t("alerts.new")}: </span>`}
          ${alert.answer && html`<p class="answer-line reading"><bdi lang=${tagOf(alert)}>${alert.answer}</bdi></p>`}
          <blockquote class="reading" lang=${tagOf(alert)} dir="auto">${t("quote.open")}${alert.quote}${t("quote.close")}</blockquote>
          <p class="meta parts">
            <a href=${readHref({ article_id: alert.article_id, start: alert.start, end: alert.end }, saved.collection)} lang=${tagOf(alert)}><bdi>${alert.title || t("untitled")}</bdi></a>
            <${SourceLine} article=${alert} />
          </p>
        </li>`,
      )}
    </ul>
  </section>`;
}
