// How a run ranks passages: the service's words, and those of the reader.
import { locale } from "./locale.js";

/** @type {Record<string, Record<import("./locale.js").Locale, string>>} */
const RANKINGS = {
  hybrid: { vi: "kết hợp", "zh-Hans": "综合", "zh-Hant": "綜合", en: "hybrid" },
  dense: { vi: "theo nghĩa", "zh-Hans": "按语义", "zh-Hant": "依語意", en: "by meaning" },
  bm25: { vi: "theo từ (BM25)", "zh-Hans": "按词语（BM25）", "zh-Hant": "依詞語（BM25）", en: "by words (BM25)" },
};

/**
 * Returns a ranking in the language of the interface; one that is not known, as it is.
 * @param {string} ranking
 */
export function rankingName(ranking) {
  const known = Object.hasOwn(RANKINGS, ranking) ? RANKINGS[ranking]?.[locale.value] : undefined;
  return known ?? ranking;
}
