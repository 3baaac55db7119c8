// What a result says beside what was found: the service's codes and values, and the reader's words.
import { day } from "./dates.js";
import { languageName, listed, locale, number, quoted } from "./locale.js";

/** @typedef {import("../service/types.js").Notice} Notice */
/** @typedef {import("./locale.js").Locale} Locale */

/**
 * The service says everything in English itself.
 * @typedef {Record<Exclude<Locale, "en">, string>} Words
 */

/** @type {Record<string, Words>} */
const KINDS = {
  language: { vi: "ngôn ngữ", "zh-Hans": "语言", "zh-Hant": "語言" },
  source: { vi: "nguồn", "zh-Hans": "来源", "zh-Hant": "來源" },
  tag: { vi: "thẻ", "zh-Hans": "标签", "zh-Hant": "標籤" },
  article: { vi: "bài viết", "zh-Hans": "文章", "zh-Hant": "文章" },
};

/** @type {Record<string, Words>} */
const SENTENCES = {
  "condition-empty": {
    vi: "Điều kiện về {kind} để trống, nên không bài viết nào phù hợp.",
    "zh-Hans": "{kind}条件是空的，所以没有文章符合。",
    "zh-Hant": "{kind}條件是空的，所以沒有文章符合。",
  },
  "language-read-as": {
    vi: "Ngôn ngữ {given} được hiểu là {code}.",
    "zh-Hans": "语言{given}按{code}处理。",
    "zh-Hant": "語言{given}視為{code}。",
  },
  "both-scripts": {
    vi: "Ngôn ngữ {given} được hiểu là {code}, gồm mọi kiểu chữ.",
    "zh-Hans": "语言{given}按{code}处理，简体繁体都包括。",
    "zh-Hant": "語言{given}視為{code}，簡體繁體都包括。",
  },
  "language-missing": {
    vi: "Bộ sưu tập này không có bài viết bằng {code}.",
    "zh-Hans": "这个文集没有{code}文章。",
    "zh-Hant": "這個文集沒有{code}文章。",
  },
  missing: {
    vi: "Bộ sưu tập này không có {kind} {value}.",
    "zh-Hans": "这个文集没有{kind}{value}。",
    "zh-Hant": "這個文集沒有{kind}{value}。",
  },
  "more-missing": {
    vi: "Còn {count} {kind} khác cũng không có.",
    "zh-Hans": "另有{count}个{kind}也没有。",
    "zh-Hant": "另有{count}個{kind}也沒有。",
  },
  "no-dates": {
    vi: "Không bài viết nào trong bộ sưu tập này có ngày, nên không thể lọc theo thời gian.",
    "zh-Hans": "这个文集的文章都没有日期，因此无法按时间筛选。",
    "zh-Hant": "這個文集的文章都沒有日期，因此無法依時間篩選。",
  },
  "outside-period": {
    vi: "Các bài viết trong bộ sưu tập này được đăng từ {first} đến {last}.",
    "zh-Hans": "这个文集的文章发表于{first}至{last}。",
    "zh-Hant": "這個文集的文章發表於{first}至{last}。",
  },
  "index-behind": {
    vi: "Chỉ mục còn thiếu {passages} đoạn, nên một số đoạn cũ có thể không hiện ở đây.",
    "zh-Hans": "索引尚缺{passages}个段落，较早的段落可能没有显示。",
    "zh-Hant": "索引尚缺{passages}個段落，較早的段落可能沒有顯示。",
  },
  "index-lost": {
    vi: "Hiện chỉ mục không có bộ sưu tập này, nên chỉ tìm trong các đoạn mới nhất.",
    "zh-Hans": "索引目前没有这个文集，只搜索了最新的段落。",
    "zh-Hant": "索引目前沒有這個文集，只搜尋了最新的段落。",
  },
  "chat-failed": {
    vi: "Mô hình trò chuyện gặp lỗi; đây là các trích dẫn.",
    "zh-Hans": "对话模型出错，以下是引文。",
    "zh-Hant": "對話模型出錯，以下是引文。",
  },
  "chat-busy": {
    vi: "Mô hình trò chuyện đang bận; đây là các trích dẫn.",
    "zh-Hans": "对话模型正忙，以下是引文。",
    "zh-Hant": "對話模型忙碌中，以下是引文。",
  },
  "chat-unproven": {
    vi: "Không câu nào do {model} viết được chứng minh; đây là các trích dẫn.",
    "zh-Hans": "{model}写的句子都无法证实，以下是引文。",
    "zh-Hant": "{model}寫的句子都無法證實，以下是引文。",
  },
  "preview-partial": {
    vi: "Chỉ đọc được một phần, vì việc đọc mất nhiều thời gian.",
    "zh-Hans": "读取耗时较长，只读了一部分。",
    "zh-Hant": "讀取耗時較長，只讀了一部分。",
  },
  "preview-first": {
    vi: "Chỉ đọc {articles} bài viết đầu tiên.",
    "zh-Hans": "只读取了前{articles}篇文章。",
    "zh-Hant": "只讀取了前{articles}篇文章。",
  },
};

/** What a notice adds about the values that there are. */
/** @type {Record<"nearest" | "held" | "more" | "none", Words>} */
const THERE_ARE = {
  nearest: { vi: " Gần nhất là {nearest}.", "zh-Hans": "最接近的是{nearest}。", "zh-Hant": "最接近的是{nearest}。" },
  held: { vi: " Hiện có: {held}.", "zh-Hans": "现有：{held}。", "zh-Hant": "現有：{held}。" },
  more: { vi: " Hiện có: {held}, cùng {more} {kind} khác.", "zh-Hans": "现有：{held}，另有{more}个。", "zh-Hant": "現有：{held}，另有{more}個。" },
  none: { vi: " Các bài viết không có {kind}.", "zh-Hans": "文章都没有{kind}。", "zh-Hant": "文章都沒有{kind}。" },
};

/**
 * Returns a notice in the language of the interface; one that is not known, in the service's English.
 * @param {Notice} notice
 * @returns {{text: string, lang: string}}
 */
export function noticeText({ code, text, values }) {
  const chosen = locale.value;
  const sentence = Object.hasOwn(SENTENCES, code) ? SENTENCES[code] : undefined;
  if (chosen === "en" || sentence === undefined) return { text, lang: "en" };
  const form = sentence[chosen] + (thereAre(values)?.[chosen] ?? "");
  const said = form.replace(/\{(\w+)\}/g, (_, name) => shown(name, values[name], chosen));
  return { text: said, lang: chosen };
}

/** @param {Notice["values"]} values */
function thereAre({ nearest, held, more }) {
  if (nearest !== undefined) return THERE_ARE.nearest;
  if (!Array.isArray(held)) return undefined;
  if (held.length === 0) return THERE_ARE.none;
  return Number(more ?? 0) > 0 ? THERE_ARE.more : THERE_ARE.held;
}

/**
 * @param {string} name
 * @param {Notice["values"][string] | undefined} value
 * @param {Exclude<Locale, "en">} chosen
 * @returns {string}
 */
function shown(name, value, chosen) {
  if (Array.isArray(value)) {
    const known = value.map((each) => (/^[a-z]{2,3}$/.test(each) ? languageName(each) : quoted(each)));
    return listed(known);
  }
  if (typeof value === "number") return number(value);
  if (value === undefined) return "";
  if (name === "kind") return KINDS[value]?.[chosen] ?? value;
  if (name === "code") return languageName(value);
  if (name === "first" || name === "last") return day(value);
  return name === "model" ? value : quoted(value);
}
