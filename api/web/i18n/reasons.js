// Why a file or a page could not be read: the service says it in English, and most of it is known here.
import { locale } from "./locale.js";

/** @typedef {Record<Exclude<import("./locale.js").Locale, "en">, string>} Words */

/**
 * What a reason begins with or says, and the reader's words; $1 is what stands in the parentheses.
 * @type {[RegExp, Words][]}
 */
const REASONS = [
  [/^it is not a PDF file/, { vi: "không phải tệp PDF, hoặc bị cắt cụt", "zh-Hans": "不是 PDF 文件，或不完整", "zh-Hant": "不是 PDF 檔案，或不完整" }],
  [/^it is not a ZIP file/, { vi: "không phải tệp ZIP, hoặc bị hỏng", "zh-Hans": "不是 ZIP 文件，或已损坏", "zh-Hant": "不是 ZIP 檔案，或已損壞" }],
  [/^it is not a Word document/, { vi: "không phải tài liệu Word, hoặc bị hỏng", "zh-Hans": "不是 Word 文档，或已损坏", "zh-Hant": "不是 Word 文件，或已損壞" }],
  [/^it is (?:damaged|cut off)/, { vi: "bị hỏng hoặc bị cắt cụt", "zh-Hans": "已损坏或不完整", "zh-Hant": "已損壞或不完整" }],
  [/^it is encrypted/, { vi: "được mã hóa", "zh-Hans": "已加密", "zh-Hant": "已加密" }],
  [/^it has no text, only pictures/, { vi: "chỉ có hình, không có chữ", "zh-Hans": "只有图片，没有文字", "zh-Hant": "只有圖片，沒有文字" }],
  [/^its fonts do not say/, { vi: "phông chữ không cho biết đó là chữ gì", "zh-Hans": "字体没有说明是哪些文字", "zh-Hant": "字型沒有說明是哪些文字" }],
  [/^(?:it has|there is) no text/, { vi: "không có chữ", "zh-Hans": "没有文字", "zh-Hant": "沒有文字" }],
  [/^(?:it|the page) has no article/, { vi: "trang không có bài viết", "zh-Hans": "网页里没有文章", "zh-Hant": "網頁裡沒有文章" }],
  [/^it has no page/, { vi: "không có trang nào", "zh-Hans": "没有任何页面", "zh-Hant": "沒有任何頁面" }],
  [/^it has no file that can be read/, { vi: "không có tệp nào đọc được", "zh-Hans": "里面没有可读取的文件", "zh-Hant": "裡面沒有可讀取的檔案" }],
  [/^it has no rows/, { vi: "bảng không có dòng nào", "zh-Hans": "表格里没有数据", "zh-Hant": "表格裡沒有資料" }],
  [/^it is not (?:a )?JSON/, { vi: "không phải JSON hợp lệ", "zh-Hans": "不是有效的 JSON", "zh-Hant": "不是有效的 JSON" }],
  [/^its front matter/, { vi: "phần đầu tệp (YAML) không hợp lệ", "zh-Hans": "文件开头的 YAML 无效", "zh-Hant": "檔案開頭的 YAML 無效" }],
  [/^it is (?:larger|longer) than (.+)$/, { vi: "lớn hơn $1", "zh-Hans": "超过 $1", "zh-Hant": "超過 $1" }],
  [/^it unpacks to more than/, { vi: "khi giải nén thì quá lớn", "zh-Hans": "解压后太大", "zh-Hant": "解壓縮後太大" }],
  [/^it takes more than (\d+) s/, { vi: "đọc lâu hơn $1 giây", "zh-Hans": "读取超过 $1 秒", "zh-Hant": "讀取超過 $1 秒" }],
  [/^it took longer than ([\d.]+) s/, { vi: "tải lâu hơn $1 giây", "zh-Hans": "下载超过 $1 秒", "zh-Hant": "下載超過 $1 秒" }],
  [/^its text has more than/, { vi: "quá dài; hãy chia nhỏ", "zh-Hans": "太长，请分成几份", "zh-Hant": "太長，請分成幾份" }],
  [/^it is a sitemap/, { vi: "là sơ đồ trang; hãy nhập địa chỉ của nó", "zh-Hans": "是站点地图，请填写它的地址", "zh-Hant": "是網站地圖，請填寫它的網址" }],
  [/^it is neither a feed nor a sitemap/, { vi: "không phải nguồn tin hay sơ đồ trang", "zh-Hans": "既不是订阅源，也不是站点地图", "zh-Hant": "既不是訂閱來源，也不是網站地圖" }],
  [/^(?:the feed has no entries|it is a broken feed)/, { vi: "nguồn tin trống hoặc bị hỏng", "zh-Hans": "订阅源为空或已损坏", "zh-Hant": "訂閱來源為空或已損壞" }],
  [/(?:files are not read|has no known file ending|which has no reader)/, { vi: "loại tệp này không đọc được", "zh-Hans": "无法读取这种文件", "zh-Hant": "無法讀取這種檔案" }],
  [/^it answered (\d+)/, { vi: "máy chủ trả lời mã $1", "zh-Hans": "服务器返回 $1", "zh-Hant": "伺服器傳回 $1" }],
  [/^robots\.txt does not allow it/, { vi: "robots.txt của trang không cho phép", "zh-Hans": "网站的 robots.txt 不允许", "zh-Hant": "網站的 robots.txt 不允許" }],
  [/^the host .* (?:does not exist|cannot be resolved)/, { vi: "không tìm thấy máy chủ", "zh-Hans": "找不到服务器", "zh-Hant": "找不到伺服器" }],
  [/is not a public address/, { vi: "không phải địa chỉ công khai", "zh-Hans": "不是公开的地址", "zh-Hant": "不是公開的網址" }],
  [/^it is not (?:a|an http or https) URL/, { vi: "không phải địa chỉ http hay https", "zh-Hans": "不是 http 或 https 地址", "zh-Hant": "不是 http 或 https 網址" }],
  [/^it cannot .+ \(/, { vi: "không kết nối được", "zh-Hans": "无法连接", "zh-Hant": "無法連線" }],
];

/**
 * Returns a reason in the language of the interface; one that is not known, as it is.
 * @param {string} reason
 * @returns {{text: string, lang: string}}
 */
export function reasonText(reason) {
  const chosen = locale.value;
  if (chosen === "en") return { text: reason, lang: "en" };
  for (const [pattern, words] of REASONS) {
    const found = pattern.exec(reason);
    if (found !== null) return { text: words[chosen].replace("$1", found[1] ?? ""), lang: chosen };
  }
  return { text: reason, lang: "en" };
}
