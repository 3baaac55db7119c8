// Dates as the reader's language writes them: 25/11/2020, 2020年11月25日, 25 November 2020.
import { locale } from "./locale.js";

/**
 * @param {string | null | undefined} date ISO 8601: a day, perhaps with a time; or a month or a year
 * @returns {string} empty without a date
 */
export function day(date) {
  const [, year, month, dayOfMonth] = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?/.exec(date ?? "") ?? [];
  if (year === undefined) return date ?? "";
  // The numbers are taken as they stand: a day is a day in its own time zone.
  const [y, m, d] = [Number(year), Number(month ?? 1), Number(dayOfMonth ?? 1)];
  if (locale.value.startsWith("zh")) {
    return `${y}年${month ? `${m}月` : ""}${dayOfMonth ? `${d}日` : ""}`;
  }
  if (locale.value === "vi") return [dayOfMonth, month, year].filter(Boolean).join("/");
  /** @type {Intl.DateTimeFormatOptions} */
  const options = { year: "numeric", timeZone: "UTC" };
  if (month) options.month = "long";
  if (dayOfMonth) options.day = "numeric";
  return new Intl.DateTimeFormat("en-GB", options).format(Date.UTC(y, m - 1, d));
}

/**
 * @param {string | null | undefined} moment ISO 8601 with a time zone
 * @returns {string} day and time here
 */
export function moment(moment) {
  if (!moment) return "";
  const at = new Date(moment);
  if (Number.isNaN(at.getTime())) return moment;
  /** @param {number} value */
  const two = (value) => String(value).padStart(2, "0");
  const here = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day(here)} ${two(at.getHours())}:${two(at.getMinutes())}`;
}
