// What narrows a question or a search. It stands in the address.

/**
 * @typedef {object} Filters
 * @property {string[]} languages
 * @property {string[]} sources
 * @property {string[]} tags
 * @property {string} from a day, or empty
 * @property {string} to a day, or empty
 * @property {boolean} ownFirst passages of the question's language first where scores hardly differ
 */

/**
 * @param {URLSearchParams} params
 * @returns {Filters}
 */
export function filtersOf(params) {
  return {
    languages: params.getAll("language"),
    sources: params.getAll("source"),
    tags: params.getAll("tag"),
    from: params.get("from") ?? "",
    to: params.get("to") ?? "",
    ownFirst: params.get("prefer") === "own",
  };
}

/**
 * @param {Filters} filters
 * @returns {import("./route.js").Params}
 */
export function filterParams({ languages, sources, tags, from, to, ownFirst }) {
  return { language: languages, source: sources, tag: tags, from, to, prefer: ownFirst ? "own" : null };
}

/**
 * Returns the fields of a request to the service.
 * @param {Filters} filters
 */
export function filterBody({ languages, sources, tags, from, to, ownFirst }) {
  return {
    ...(languages.length > 0 && { languages }),
    ...(sources.length > 0 && { sources }),
    ...(tags.length > 0 && { tags }),
    ...(from && { published_from: from }),
    ...(to && { published_to: to }),
    ...(ownFirst && { prefer: "own" }),
  };
}

/** @param {Filters} filters */
export function countFilters({ languages, sources, tags, from, to, ownFirst }) {
  return languages.length + sources.length + tags.length + Number(Boolean(from || to)) + Number(ownFirst);
}
