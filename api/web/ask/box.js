import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { tagOfText } from "../text/script.js";

/**
 * The box for a question. Enter asks; Shift and Enter begin a line.
 * @param {{value: string, label: string, placeholder: string, action: string,
 *   icon: "send" | "search", onSubmit: (question: string) => void, clears?: boolean, place?: string}} props
 *   clears: whether the box is empty after a question was asked
 *   place: where the box stands; when it changes, the box takes the focus and keeps what is typed
 */
export function QuestionBox({ value, label, placeholder, action, icon, onSubmit, clears = false, place = "" }) {
  const [text, setText] = useState(value);
  const [shown, setShown] = useState(value);
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  // While rendering and not in an effect: an effect runs later, and would wipe what is typed meanwhile.
  if (value !== shown) {
    setShown(value);
    setText(clears ? "" : value);
  }
  useEffect(() => {
    // On a phone the keyboard would cover half of the page.
    if (matchMedia("(hover: hover)").matches) field.current?.focus({ preventScroll: true });
  }, [place]);
  useEffect(() => {
    /** @param {KeyboardEvent} event */
    const reach = (event) => {
      const isTyping = event.target instanceof Element && event.target.closest("input, textarea, select, dialog");
      if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      field.current?.focus();
    };
    document.addEventListener("keydown", reach);
    return () => document.removeEventListener("keydown", reach);
  }, []);
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    if (text.trim() === "") return;
    onSubmit(text.trim());
    if (clears) setText("");
  };
  /** @param {KeyboardEvent} event */
  const pressed = (event) => {
    // While an input method composes, Enter takes its proposal.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  };
  return html`<form class="question-box" role="search" onSubmit=${submit}>
    <label class="unseen" for="question">${label}</label>
    <textarea
      id="question"
      ref=${field}
      rows="1"
      lang=${tagOfText(text)}
      maxlength="10000"
      dir="auto"
      autocomplete="off"
      enterkeyhint="search"
      aria-keyshortcuts="/"
      placeholder=${placeholder}
      value=${text}
      onInput=${(/** @type {{currentTarget: HTMLTextAreaElement}} */ { currentTarget }) => setText(currentTarget.value)}
      onKeyDown=${pressed}
    ></textarea>
    <button type="submit" class="primary" aria-label=${action} title=${action}>
      <${Icon} name=${icon} /><span class="wide-only">${action}</span>
    </button>
  </form>`;
}
