// Runs before anything is drawn, so that the page is not drawn in another theme or language first.
"use strict";
(() => {
  const root = document.documentElement;
  try {
    const theme = localStorage.getItem("tamngu.theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    const locale = localStorage.getItem("tamngu.locale");
    if (locale !== null && /^[a-zA-Z-]{2,8}$/.test(locale)) root.lang = locale;
  } catch {
    // A browser may forbid storage; then the page is as the browser's settings want it.
  }
})();
