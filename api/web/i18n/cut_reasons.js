// Why a line of a page is not part of its article: the service's words, and those of the reader.
import { locale } from "./locale.js";

/** @type {Record<string, Record<import("./locale.js").Locale, string>>} */
const REASONS = {
  "by-line": { vi: "tên tác giả", "zh-Hans": "署名", "zh-Hant": "署名", en: "by-line" },
  comments: { vi: "bình luận", "zh-Hans": "评论", "zh-Hant": "評論", en: "comments" },
  contents: { vi: "mục lục", "zh-Hans": "目录", "zh-Hant": "目錄", en: "contents" },
  date: { vi: "ngày đăng", "zh-Hans": "日期", "zh-Hant": "日期", en: "date" },
  editors: { vi: "ban biên tập", "zh-Hans": "编辑", "zh-Hant": "編輯", en: "editors" },
  mark: { vi: "ký hiệu", "zh-Hans": "记号", "zh-Hant": "記號", en: "mark" },
  notice: { vi: "thông báo", "zh-Hans": "告示", "zh-Hant": "告示", en: "notice" },
  "of the page": { vi: "thuộc về trang", "zh-Hans": "网页部件", "zh-Hant": "網頁部件", en: "of the page" },
  "other stories": { vi: "bài khác", "zh-Hans": "其他报道", "zh-Hant": "其他報導", en: "other stories" },
  "page foot": { vi: "chân trang", "zh-Hans": "页脚", "zh-Hant": "頁尾", en: "page foot" },
  promotion: { vi: "quảng bá", "zh-Hans": "推广", "zh-Hant": "推廣", en: "promotion" },
  quoted: { vi: "thư trích lại", "zh-Hans": "引用的邮件", "zh-Hant": "引用的郵件", en: "quoted" },
  "said twice": { vi: "lặp lại", "zh-Hans": "重复", "zh-Hant": "重複", en: "said twice" },
  signature: { vi: "chữ ký", "zh-Hans": "签名", "zh-Hant": "簽名", en: "signature" },
  source: { vi: "nguồn", "zh-Hans": "来源", "zh-Hant": "來源", en: "source" },
  tags: { vi: "thẻ", "zh-Hans": "标签", "zh-Hant": "標籤", en: "tags" },
  teaser: { vi: "lời dẫn bài khác", "zh-Hans": "导读", "zh-Hant": "導讀", en: "teaser" },
  widget: { vi: "nút và tiện ích", "zh-Hans": "小部件", "zh-Hant": "小工具", en: "widget" },
};

/**
 * Returns a reason in the language of the interface; one that is not known, as it is.
 * @param {string} reason
 * @returns {{text: string, lang: string}}
 */
export function cutReason(reason) {
  const known = Object.hasOwn(REASONS, reason) ? REASONS[reason]?.[locale.value] : undefined;
  return known === undefined ? { text: reason, lang: "en" } : { text: known, lang: locale.value };
}
