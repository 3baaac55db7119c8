// What was searched for in this visit, each under its address.
import { signal } from "@preact/signals";
import { request } from "../service/request.js";
import { versionsOf } from "../service/versions.js";
import { changes } from "../state/collections.js";
import { filterBody, filterParams, filtersOf } from "../state/filters.js";
import { href } from "../state/route.js";

/** @typedef {import("../service/types.js").Hit} Hit */
/** @typedef {import("../service/types.js").ArticleSummary} ArticleSummary */
/** @typedef {import("../service/types.js").SearchResult} SearchResult */
/** @typedef {import("../state/filters.js").Filters} Filters */

/**
 * An article that was found, with its passages, best first.
 * @typedef {{article: Hit, hits: Hit[]}} Found
 */

/**
 * Articles that tell one story: the best one, and the same story in other languages.
 * @typedef {{best: Found, others: Found[]}} Story
 */

/**
 * @typedef {object} Searched
 * @property {string} question
 * @property {string | null} collection
 * @property {Filters} filters
 * @property {"relevance" | "newest" | "oldest"} order
 */

const PASSAGES = 50;
const ASKED_FOR_VERSIONS = 8;

/**
 * @typedef {object} Results
 * @property {SearchResult} result
 * @property {Story[]} stories
 */

/** @type {import("@preact/signals").Signal<Map<string, Results | {error: unknown}>>} */
export const results = signal(new Map());

// When articles come or go, other passages may be found.
changes.subscribe(() => {
  if (results.value.size > 0) results.value = new Map();
});

/**
 * @param {URLSearchParams} params
 * @returns {Searched}
 */
export function searchedOf(params) {
  const order = params.get("order");
  return {
    question: params.get("q") ?? "",
    collection: params.get("collection"),
    filters: filtersOf(params),
    order: order === "newest" || order === "oldest" ? order : "relevance",
  };
}

/** @param {Searched} searched */
export function searchHref({ question, collection, filters, order }) {
  return href("search", {
    q: question,
    collection,
    ...filterParams(filters),
    order: order === "relevance" ? null : order,
  });
}

/**
 * Returns what names the results: the order changes only how they are shown.
 * @param {Searched} searched
 */
export function resultKey(searched) {
  return searchHref({ ...searched, order: "relevance" });
}

/**
 * @param {Searched} searched
 * @param {AbortSignal} signal
 */
export async function search(searched, signal) {
  const key = resultKey(searched);
  const known = results.value.get(key);
  if (known !== undefined && "result" in known) return;
  try {
    /** @type {SearchResult} */
    const result = await request("POST", "/v1/search", {
      body: {
        question: searched.question,
        k: PASSAGES,
        ...(searched.collection !== null && { collection: searched.collection }),
        ...filterBody(searched.filters),
      },
      signal,
    });
    const articles = byArticle(result.hits);
    put(key, { result, stories: articles.map((best) => ({ best, others: [] })) });
    const stories = await byStory(articles, searched.collection, signal);
    put(key, { result, stories });
  } catch (error) {
    if (!signal.aborted) put(key, { error });
  }
}

/**
 * @param {string} key
 * @param {Results | {error: unknown}} value
 */
function put(key, value) {
  results.value = new Map(results.value).set(key, value);
}

/**
 * @param {Hit[]} hits best first
 * @returns {Found[]}
 */
export function byArticle(hits) {
  /** @type {Map<string, Found>} */
  const found = new Map();
  for (const hit of hits) {
    const before = found.get(hit.article_id);
    if (before === undefined) found.set(hit.article_id, { article: hit, hits: [hit] });
    else before.hits.push(hit);
  }
  return [...found.values()];
}

/**
 * Puts together the articles that tell one story.
 * @param {Found[]} articles best first
 * @param {string | null} collection
 * @param {AbortSignal} signal
 * @returns {Promise<Story[]>}
 */
async function byStory(articles, collection, signal) {
  const asked = articles.slice(0, ASKED_FOR_VERSIONS);
  const versions = await Promise.all(
    asked.map((each) => versionsOf(each.article.article_id, collection, signal).catch(() => null)),
  );
  const left = new Map(articles.map((each) => [each.article.article_id, each]));
  const stories = [];
  for (const [place, best] of articles.entries()) {
    if (!left.delete(best.article.article_id)) continue;
    const others = [];
    for (const { article } of versions[place]?.other_languages ?? []) {
      const other = left.get(article.id);
      if (other !== undefined && left.delete(article.id)) others.push(other);
    }
    stories.push({ best, others });
  }
  return stories;
}
