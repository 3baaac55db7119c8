import { request } from "./request.js";

/** @typedef {import("./types.js").ArticleSummary} ArticleSummary */
/** @typedef {{article: ArticleSummary, score: number, start: number, end: number}} Version */

/**
 * Returns the articles that tell the same story: copies, and those of other languages.
 * @param {string} articleId
 * @param {string | null} collection
 * @param {AbortSignal} [signal]
 * @returns {Promise<{copies: ArticleSummary[], other_languages: Version[]}>}
 */
export function versionsOf(articleId, collection, signal) {
  return request("GET", "/v1/versions", {
    query: { article_id: articleId, collection },
    ...(signal !== undefined && { signal }),
  });
}
