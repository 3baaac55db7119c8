// Answers of this visit, each under the address of its question: going back shows it at once.
import { signal } from "@preact/signals";
import { events } from "../service/events.js";
import { Problem } from "../service/request.js";
import { changes } from "../state/collections.js";
import { askBody, askHref } from "./asked.js";

/** @typedef {import("./asked.js").Asked} Asked */
/** @typedef {import("../service/types.js").Answer} Answer */
/** @typedef {import("../service/types.js").Citation} Citation */
/** @typedef {import("../service/types.js").Hit} Hit */
/** @typedef {import("../service/types.js").ShortAnswer} ShortAnswer */
/** @typedef {import("../service/types.js").Carried} Carried */

/**
 * A question and what is known of its answer.
 * @typedef {object} Turn
 * @property {Asked} asked
 * @property {string} hash its address
 * @property {"waiting" | "coming" | "done" | "failed"} state
 * @property {string | null} stage what the service is doing
 * @property {string} language of the question, with its script
 * @property {boolean} abstained
 * @property {number} confidence
 * @property {ShortAnswer[]} answers
 * @property {Citation[]} citations
 * @property {Hit[]} hits
 * @property {string[]} sentences of a chat model, as they come
 * @property {string | null} written the whole text of a chat model
 * @property {string | null} writtenBy
 * @property {import("../service/types.js").Notice[]} notices
 * @property {string | null} searched the question as it was completed
 * @property {Carried[]} carried
 * @property {number | null} tookMs
 * @property {unknown} error
 */

/** @type {import("@preact/signals").Signal<Map<string, Turn>>} */
export const turns = signal(new Map());

// When articles come or go, the answers may be others.
changes.subscribe(() => {
  if (turns.value.size > 0) turns.value = new Map();
});

/** @type {Map<string, AbortController>} */
const running = new Map();

/** @param {Asked} asked */
export function turnOf(asked) {
  return turns.value.get(askHref(asked)) ?? null;
}

/**
 * Asks a question, if it was not asked in this visit.
 * @param {Asked} asked
 * @returns {Promise<void>}
 */
export async function ask(asked) {
  const hash = askHref(asked);
  const known = turns.value.get(hash);
  if (known !== undefined && known.state !== "failed") return;
  const abort = new AbortController();
  running.get(hash)?.abort();
  running.set(hash, abort);
  put(newTurn(asked, hash));
  try {
    const coming = events("POST", "/v1/ask", { body: askBody(asked), signal: abort.signal });
    for await (const { name, data } of coming) {
      const turn = turns.value.get(hash);
      if (turn === undefined) return;
      put({ ...turn, ...changed(turn, name, data) });
    }
    const turn = turns.value.get(hash);
    if (turn?.state === "waiting" || turn?.state === "coming") throw new Problem(0, "");
  } catch (error) {
    const turn = turns.value.get(hash);
    if (abort.signal.aborted) forget(hash);
    else if (turn !== undefined) put({ ...turn, state: "failed", error });
  } finally {
    if (running.get(hash) === abort) running.delete(hash);
  }
}

/** @param {string} hash */
export function stop(hash) {
  running.get(hash)?.abort();
}

/** @param {string} hash */
export function forget(hash) {
  const kept = new Map(turns.value);
  kept.delete(hash);
  turns.value = kept;
}

/**
 * Returns what an event changes of a turn.
 * @param {Turn} turn
 * @param {string} name
 * @param {any} data
 * @returns {Partial<Turn>}
 */
function changed(turn, name, data) {
  switch (name) {
    case "stage":
      return { stage: data.stage };
    case "hits":
      return { state: "coming", hits: data.hits };
    case "citations":
      return { state: "coming", citations: data.citations };
    case "answers":
      return {
        state: "coming",
        answers: data.answers,
        ...(data.citations !== undefined && { citations: data.citations }),
        ...(data.confidence !== undefined && spoken(data)),
      };
    case "sentence":
      return { sentences: [...turn.sentences, data.text] };
    case "answer":
      return { ...whole(data), state: "done" };
    case "problem":
      return { state: "failed", error: new Problem(data.status, data.detail) };
    default:
      return {};
  }
}

/** @param {Answer} answer */
function spoken(answer) {
  return {
    language: answer.script ? `${answer.language}-${answer.script}` : answer.language,
    abstained: answer.abstained,
    confidence: answer.confidence,
    notices: answer.notices,
    searched: answer.searched ?? null,
    carried: answer.carried ?? [],
  };
}

/**
 * @param {Answer} answer
 * @returns {Partial<Turn>}
 */
function whole(answer) {
  return {
    ...spoken(answer),
    answers: answer.answers,
    citations: answer.citations,
    hits: answer.hits,
    written: answer.written_by === null ? null : answer.answer,
    writtenBy: answer.written_by,
    tookMs: answer.took_ms,
  };
}

/** @param {Turn} turn */
function put(turn) {
  turns.value = new Map(turns.value).set(turn.hash, turn);
}

/**
 * @param {Asked} asked
 * @param {string} hash
 * @returns {Turn}
 */
function newTurn(asked, hash) {
  return {
    asked,
    hash,
    state: "waiting",
    stage: null,
    language: "",
    abstained: false,
    confidence: 0,
    answers: [],
    citations: [],
    hits: [],
    sentences: [],
    written: null,
    writtenBy: null,
    notices: [],
    searched: null,
    carried: [],
    tookMs: null,
    error: null,
  };
}
