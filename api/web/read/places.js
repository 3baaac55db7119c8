// The places that an answer cites, in the order of their numbers.
import { proof } from "../ask/proof.js";
import { turns } from "../ask/turns.js";
import { unitIndexes } from "../text/code_points.js";

/** @typedef {{article_id: string, start: number, end: number, marker: string}} Place */

/**
 * Returns the places that the answer cites to which the way back leads.
 * @param {string | null} back
 * @returns {Place[]}
 */
export function placesOf(back) {
  const turn = back === null ? undefined : turns.value.get(back);
  if (turn === undefined) return [];
  const { proving, others } = proof(turn);
  return [...proving, ...others].map(({ article_id, start, end, marker }) => ({ article_id, start, end, marker }));
}

/**
 * @param {URLSearchParams} params
 * @returns {{start: number, end: number} | null}
 */
export function placeIn(params) {
  const start = Number(params.get("start") ?? NaN);
  const end = Number(params.get("end") ?? NaN);
  return Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start < end ? { start, end } : null;
}

/**
 * Returns the text at a place.
 * @param {string} text
 * @param {{start: number, end: number}} place
 */
export function textAt(text, { start, end }) {
  const [from, to] = unitIndexes(text, [start, end]);
  return text.slice(from, to);
}
