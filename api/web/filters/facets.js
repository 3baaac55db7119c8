import { request } from "../service/request.js";

/** @typedef {import("../state/filters.js").Filters} Filters */
/** @typedef {import("../service/types.js").Facets} Facets */

/**
 * Returns the values that articles have, with counts.
 * @param {string} collection
 * @param {Filters} filters
 * @param {AbortSignal} signal
 * @param {"year" | "month" | "day"} [by]
 * @returns {Promise<Facets>}
 */
export function facets(collection, { languages, sources, tags, from, to }, signal, by = "year") {
  return request("GET", `/v1/collections/${encodeURIComponent(collection)}/facets`, {
    query: { language: languages, source: sources, tag: tags, published_from: from, published_to: to, by, limit: 200 },
    signal,
  });
}
