import { useState } from "preact/hooks";
import { t } from "../i18n/locale.js";
import { Dialog } from "../parts/dialog.js";
import { html } from "../parts/html.js";
import { isKeyWanted, signIn } from "../state/session.js";

/** Asks for the key of the service. */
export function SignIn() {
  const [text, setText] = useState("");
  const wanted = isKeyWanted.value;
  if (wanted === false) return null;
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    event.preventDefault();
    signIn(text.trim());
    setText("");
  };
  return html`<${Dialog} title=${t("sign-in")} onClose=${() => (isKeyWanted.value = false)}>
    <form class="stack" onSubmit=${submit}>
      <p>${t(wanted === "wrong" ? "key.wrong" : "key.wanted")}</p>
      <label for="key">${t("key")}</label>
      <input
        id="key"
        type="password"
        autocomplete="off"
        required
        maxlength="200"
        value=${text}
        onInput=${(/** @type {{currentTarget: HTMLInputElement}} */ { currentTarget }) => setText(currentTarget.value)}
      />
      <p class="hint">${t("key.kept")}</p>
      <button type="submit" class="primary">${t("sign-in")}</button>
    </form>
  <//>`;
}
