import { useEffect } from "preact/hooks";
import { t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { ProblemBox } from "../parts/problem.js";
import { announce } from "../state/announcements.js";
import { go, href } from "../state/route.js";
import { tagOfText } from "../text/script.js";
import { AnswerView, spokenAnswer } from "./answer.js";
import { askHref, earlierOf } from "./asked.js";
import { note } from "./history.js";
import { Related } from "./related.js";
import { ask, stop, turns } from "./turns.js";
import { Waiting } from "./waiting.js";

/** @typedef {import("./asked.js").Asked} Asked */
/** @typedef {import("./turns.js").Turn} Turn */

/**
 * The question, its answer, and the questions before it.
 * @param {{asked: Asked, turn: Turn | null}} props
 */
export function Thread({ asked, turn }) {
  const state = turn?.state ?? "waiting";
  useEffect(() => {
    if (turn === null) return;
    if (state === "waiting") announce(t("ask.waiting"));
    if (state !== "done") return;
    const spoken = spokenAnswer(turn);
    announce(spoken);
    note({ hash: turn.hash, question: asked.question, answer: turn.answers[0]?.text ?? "" });
  }, [turn?.hash, state]);
  return html`<article class="turn" aria-busy=${state === "waiting" || state === "coming"}>
    <header class="turn-question">
      <h1 lang=${turn?.language || tagOfText(asked.question)} dir="auto">${asked.question}</h1>
      <a class="button quiet" href=${href("ask", { collection: asked.collection })} aria-label=${t("ask.new")}>
        <${Icon} name="plus" /> <span class="wide-only">${t("ask.new")}</span>
      </a>
    </header>
    ${turn !== null && html`<${CarriedOver} asked=${asked} turn=${turn} />`}
    ${turn?.state === "failed" &&
    html`<${ProblemBox} error=${turn.error} />
      <p><button type="button" class="button" onClick=${() => ask(asked)}>${t("again")}</button></p>`}
    ${state === "waiting" && html`<${Waiting} turn=${turn} onStop=${() => leave(asked)} />`}
    ${turn !== null && (state === "coming" || state === "done") && html`<${AnswerView} turn=${turn} />`}
    ${turn !== null && state === "done" &&
    html`<p class="actions">
      <a class="button quiet" href=${href("alerts", { q: turn.searched ?? asked.question, collection: asked.collection })}>
        <${Icon} name="alerts" /> ${t("alerts.this")}
      </a>
    </p>`}
    ${turn !== null && state === "done" && html`<${Related} asked=${asked} searched=${turn.searched} />`}
    <${Earlier} asked=${asked} />
  </article>`;
}

/** @param {Asked} asked */
function leave(asked) {
  stop(askHref(asked));
  const before = asked.after.length - 1;
  go(before < 0 ? href("ask", { collection: asked.collection }) : askHref(earlierOf(asked, before)));
}

/**
 * What an incomplete question took over from those before it.
 * @param {{asked: Asked, turn: Turn}} props
 */
function CarriedOver({ asked, turn }) {
  if (turn.carried.length === 0 && asked.without.length === 0) return null;
  return html`<div class="carried">
    ${turn.searched && html`<p>${t("ask.searched")} <bdi lang=${turn.language}>${turn.searched}</bdi></p>`}
    <ul class="chips" aria-label=${t("ask.carried")}>
      ${turn.carried.map(
        ({ text }) => html`<li>
          <button
            type="button"
            class="chip"
            title=${t("ask.carry-not", { text })}
            aria-label=${t("ask.carry-not", { text })}
            onClick=${() => go(askHref({ ...asked, without: [...asked.without, text] }))}
          >
            <bdi lang=${turn.language}>${text}</bdi><${Icon} name="close" />
          </button>
        </li>`,
      )}
      ${asked.without.map(
        (text) => html`<li>
          <button
            type="button"
            class="chip removed"
            title=${t("ask.carry", { text })}
            aria-label=${t("ask.carry", { text })}
            onClick=${() => go(askHref({ ...asked, without: asked.without.filter((each) => each !== text) }))}
          >
            <bdi lang=${tagOfText(text)}>${text}</bdi><${Icon} name="plus" />
          </button>
        </li>`,
      )}
    </ul>
  </div>`;
}

/** @param {{asked: Asked}} props */
function Earlier({ asked }) {
  if (asked.after.length === 0) return null;
  return html`<section class="earlier" aria-labelledby="earlier">
    <h2 id="earlier">${t("ask.earlier")}</h2>
    <ol class="plain-list">
      ${asked.after.map((question, place) => {
        const turn = [...turns.value.values()].find((each) => (each.searched ?? each.asked.question) === question);
        const hash = turn?.hash ?? askHref(earlierOf(asked, place));
        const answer = turn?.answers[0]?.text;
        return html`<li>
          <a href=${hash}>
            <bdi class="question" lang=${tagOfText(question)}>${question}</bdi>
            ${answer && html`<bdi class="answer" lang=${tagOfText(answer)}>${answer}</bdi>`}
          </a>
        </li>`;
      })}
    </ol>
  </section>`;
}
