import { day } from "../i18n/dates.js";
import { languageName, listed, number, quoted, t } from "../i18n/locale.js";
import { html } from "../parts/html.js";
import { Notices } from "../parts/notices.js";
import { LanguageBadge, SourceLine } from "../parts/source_line.js";
import { tagOf } from "../text/language_tags.js";
import { Confidence, confidenceText } from "./confidence.js";
import { CopyMenu } from "./copy_menu.js";
import { FeedbackBar } from "./feedback.js";
import { Passages } from "./passages.js";
import { proof, support } from "./proof.js";
import { Marker, QuoteCard } from "./quote_card.js";

/** @typedef {import("./turns.js").Turn} Turn */
/** @typedef {import("../service/types.js").ShortAnswer} ShortAnswer */

/** Quotes that are shown before the others are unfolded. */
const SHOWN = 3;

/**
 * The short answer, the quotes that prove it, the passages folded.
 * @param {{turn: Turn}} props
 */
export function AnswerView({ turn }) {
  const { proving, others } = proof(turn);
  const folded = [...proving.slice(SHOWN), ...others];
  const isDone = turn.state === "done";
  return html`<section class="answer" aria-label=${t("answer")}>
      <${Verdict} turn=${turn} />
      <${Notices} notices=${turn.notices} />
      ${proving.length > 0 &&
      html`<h2 class=${turn.abstained ? "" : "unseen"}>${t(turn.abstained ? "answer.nearest" : "answer.quotes")}</h2>`}
      ${proving.slice(0, SHOWN).map((citation) => html`<${QuoteCard} citation=${citation} turn=${turn} />`)}
      ${folded.length > 0 &&
      html`<details class="folded">
        <summary>${t("answer.more-quotes", { n: folded.length })}</summary>
        ${folded.map((citation) => html`<${QuoteCard} citation=${citation} turn=${turn} />`)}
      </details>`}
    </section>
    ${isDone &&
    html`<div class="tools">
      <${FeedbackBar} turn=${turn} />
      <${CopyMenu} turn=${turn} />
    </div>`}
    ${turn.hits.length > 0 && html`<${Passages} turn=${turn} />`}`;
}

/** @param {{turn: Turn}} props */
function Verdict({ turn }) {
  if (turn.abstained) {
    return html`<div class="verdict abstained">
      <p class="short">${t("answer.abstained")}</p>
      ${turn.citations.length > 0 && html`<p class="hint">${t("answer.abstained-hint")}</p>`}
    </div>`;
  }
  const written = turn.writtenBy !== null || turn.sentences.length > 0;
  return html`<div class="verdict">
    ${written && html`<${Written} turn=${turn} />`}
    ${!written && turn.answers.length === 0 && turn.citations.length > 0 &&
    html`<p class="lead reading">${t("answer.no-short")}</p>`}
    ${turn.answers.length === 1 && html`<${Single} turn=${turn} said=${turn.answers[0]} />`}
    ${turn.answers.length > 1 && html`<${Disagreement} turn=${turn} />`}
    <p class="meta">
      <${Confidence} confidence=${turn.confidence} />
      ${turn.tookMs !== null && html`<span class="took">${t("took", { seconds: number(turn.tookMs / 1000, 2) })}</span>`}
    </p>
  </div>`;
}

/** @param {{turn: Turn, said: ShortAnswer}} props */
function Single({ turn, said }) {
  const { articles, languages } = support(turn, said);
  return html`<${Short} turn=${turn} said=${said} />
    ${articles > 1 &&
    html`<p class="corroborated">
      ${languages.length > 1
        ? t("answer.corroborated-languages", { n: articles, languages: listed(languages.map(languageName)) })
        : t("answer.corroborated", { n: articles })}
    </p>`}`;
}

/**
 * What sources say that disagree, the newest first.
 * @param {{turn: Turn}} props
 */
function Disagreement({ turn }) {
  /** @param {ShortAnswer} said */
  const citationOf = (said) => turn.citations.find((each) => each.marker === said.citations[0]);
  /** @param {ShortAnswer} said */
  const dateOf = (said) => citationOf(said)?.published_at ?? "";
  const newestFirst = [...turn.answers].sort((one, other) => dateOf(other).localeCompare(dateOf(one)));
  return html`<p class="lead reading">${t("answer.disagree")}</p>
    <ul class="disagreement plain-list">
      ${newestFirst.map((said) => {
        const citation = citationOf(said);
        const hit = turn.hits.find((each) => each.passage_id === said.passage_id);
        const { articles } = support(turn, said);
        return html`<li>
          <${Short} turn=${turn} said=${said} />
          ${citation &&
          html`<p class="meta">
            <${SourceLine} article=${{ ...citation, source: hit?.source || citation.title }} />
            ${articles > 1 && html`<span>${t("answer.corroborated", { n: articles })}</span>`}
          </p>`}
        </li>`;
      })}
    </ul>`;
}

/** @param {{turn: Turn, said: ShortAnswer}} props */
function Short({ turn, said }) {
  const tag = tagOf(said);
  return html`<p class="short reading">
    <bdi lang=${tag}>${said.text}</bdi>${" "}
    ${turn.language !== "" && said.language !== turn.language.slice(0, 2) && html`<${LanguageBadge} tag=${tag} />`}${" "}
    <span class="markers">
      ${said.citations.map(
        (marker) =>
          html`<${Marker} marker=${marker} citation=${turn.citations.find((each) => each.marker === marker)} />`,
      )}
    </span>
  </p>`;
}

/**
 * The text of a chat model, with its markers as links.
 * @param {{turn: Turn}} props
 */
function Written({ turn }) {
  const text = turn.written ?? turn.sentences.join(" ");
  const parts = text.split(/\[(\d+)\]/);
  return html`<p class="written reading" lang=${turn.language || undefined} dir="auto">
      ${parts.map((part, place) =>
        // Parts with even numbers are text; parts with odd numbers are the numbers of markers.
        place % 2 === 0
          ? part
          : html`<${Marker} marker=${part} citation=${turn.citations.find((each) => each.marker === part)} />`,
      )}
    </p>
    ${turn.writtenBy !== null && html`<p class="hint">${t("answer.written-by", { model: turn.writtenBy })}</p>`}`;
}

/**
 * Returns what is read out when an answer is there.
 * @param {Turn} turn
 */
export function spokenAnswer(turn) {
  if (turn.abstained) return t("answer.abstained");
  const first = turn.answers[0];
  const [quote] = turn.citations;
  const confidence = confidenceText(turn.confidence);
  if (turn.answers.length > 1) {
    return `${t("answer.disagree")} ${turn.answers.map((each) => each.text).join("; ")}`;
  }
  if (first !== undefined) return `${t("answer")}: ${first.text}. ${confidence}`;
  if (turn.written !== null) return `${t("answer")}: ${turn.written}`;
  if (quote === undefined) return t("answer.abstained");
  return `${t("answer.no-short")} ${quoted(quote.quote)} ${quote.title} ${day(quote.published_at)}`;
}
