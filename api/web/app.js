// The web app begins here.
import { render } from "preact";
import { startLocale } from "./i18n/locale.js";
import { html } from "./parts/html.js";
import { App } from "./shell/app.js";

const root = document.getElementById("app");
startLocale().then(() => {
  if (root !== null) render(html`<${App} />`, root);
});
