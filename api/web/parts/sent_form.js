/**
 * Empties a form that was sent, unless something else was typed while it was on its way.
 * @param {HTMLFormElement} form
 * @param {FormData} sent what it held
 */
export function clearSent(form, sent) {
  const now = new FormData(form);
  if ([...sent].every(([name, value]) => now.get(name) === value)) form.reset();
}
