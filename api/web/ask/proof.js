// Which quotes prove what is answered, and where they stand.
import { href, route } from "../state/route.js";

/** @typedef {import("./turns.js").Turn} Turn */
/** @typedef {import("../service/types.js").Citation} Citation */
/** @typedef {import("../service/types.js").ShortAnswer} ShortAnswer */

/**
 * Returns the quotes that prove the answer, and the others.
 * @param {Turn} turn
 * @returns {{proving: Citation[], others: Citation[]}}
 */
export function proof(turn) {
  const named = new Set(
    turn.writtenBy !== null
      ? turn.citations.map((each) => each.marker)
      : turn.answers.flatMap((each) => each.citations),
  );
  if (named.size === 0) return { proving: turn.citations.slice(0, 3), others: turn.citations.slice(3) };
  return {
    proving: turn.citations.filter((each) => named.has(each.marker)),
    others: turn.citations.filter((each) => !named.has(each.marker)),
  };
}

/**
 * Returns the address of a place in an article; the way back leads here.
 * @param {{article_id: string, start?: number, end?: number}} place
 * @param {string | null} [collection]
 */
export function readHref({ article_id, start, end }, collection = route.value.params.get("collection")) {
  const { page, hash, params } = route.value;
  const back = page === "read" ? params.get("back") : hash;
  return href("read", { article: article_id, start, end, collection, back });
}

/**
 * Returns how many articles and languages say what a short answer says.
 * @param {Turn} turn
 * @param {ShortAnswer} said
 */
export function support(turn, said) {
  const quotes = turn.citations.filter((each) => said.citations.includes(each.marker));
  const places = new Set(quotes.map((each) => each.article_id));
  const languages = new Set(quotes.map((each) => each.language));
  return { articles: places.size, languages: [...languages] };
}
