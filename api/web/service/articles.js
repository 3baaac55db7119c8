import { request } from "./request.js";

/** @typedef {import("./types.js").Article} Article */
/** @typedef {import("./types.js").ArticleSummary} ArticleSummary */

/** @param {string} id slashes are part of an id, and of the path */
export function articlePath(id) {
  return `/v1/articles/${id.split("/").map(encodeURIComponent).join("/")}`;
}

/**
 * @param {string} id
 * @param {string | null} collection
 * @param {AbortSignal} [signal]
 * @returns {Promise<Article>}
 */
export function readArticle(id, collection, signal) {
  return request("GET", articlePath(id), { query: { collection }, ...(signal !== undefined && { signal }) });
}

/**
 * Deletes an article; for a month it can be restored.
 * @param {string} id
 * @param {string | null} collection
 */
export function deleteArticle(id, collection) {
  return request("DELETE", articlePath(id), { query: { collection } });
}

/**
 * @param {string[]} ids
 * @param {string | null} collection
 * @returns {Promise<{restored: string[], missing: {id: string, reason: string}[]}>}
 */
export function restoreArticles(ids, collection) {
  return request("POST", "/v1/trash/restore", { body: { ids, ...(collection !== null && { collection }) } });
}
