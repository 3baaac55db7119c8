// What is asked, as it stands in the address.
import { filterBody, filterParams, filtersOf } from "../state/filters.js";
import { href } from "../state/route.js";

/** @typedef {import("../state/filters.js").Filters} Filters */

/**
 * @typedef {object} Asked
 * @property {string} question
 * @property {string[]} after the earlier questions of the thread, oldest first
 * @property {string[]} without what of them is not carried over
 * @property {string | null} collection null: the default one
 * @property {Filters} filters
 */

const MAX_EARLIER = 10;

/**
 * @param {URLSearchParams} params
 * @returns {Asked}
 */
export function askedOf(params) {
  return {
    question: params.get("q") ?? "",
    after: params.getAll("after"),
    without: params.getAll("without"),
    collection: params.get("collection"),
    filters: filtersOf(params),
  };
}

/**
 * Returns the address of a question.
 * @param {Asked} asked
 */
export function askHref({ question, after, without, collection, filters }) {
  return href("ask", { q: question, after, without, collection, ...filterParams(filters) });
}

/**
 * Returns what follows when another question is asked in the same thread.
 * @param {Asked} asked
 * @param {string} question
 * @param {string | null} [searched] the question before, as it was completed: what its reader removed
 *   stays removed
 * @returns {Asked}
 */
export function following(asked, question, searched = null) {
  const earlier = asked.question === "" ? [] : [...asked.after, searched ?? asked.question];
  return { ...asked, question, after: earlier.slice(-MAX_EARLIER), without: [] };
}

/**
 * Returns an earlier question of the thread as it was asked then.
 * @param {Asked} asked
 * @param {number} place
 * @returns {Asked}
 */
export function earlierOf(asked, place) {
  return { ...asked, question: asked.after[place] ?? "", after: asked.after.slice(0, place), without: [] };
}

/** @param {Asked} asked */
export function askBody({ question, after, without, collection, filters }) {
  return {
    question,
    ...(after.length > 0 && { context: after }),
    ...(without.length > 0 && { without }),
    ...(collection !== null && { collection }),
    ...filterBody(filters),
  };
}
