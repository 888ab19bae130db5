// The form that runs a project tells what it cannot take beside the field, and keeps what was typed.

/**
 * The field that an error names.
 * @param {HTMLFormElement} form
 * @param {string} message
 */
function fieldOf(form, message) {
  for (const [, name = ""] of message.matchAll(/'([^']+)'/g)) {
    const parameter = [...form.querySelectorAll("[data-param]")].find((one) => one.getAttribute("data-param") === name);
    if (parameter) return parameter;
    const field = form.querySelector(`[name="${CSS.escape(name.replace(/\[.*/, ""))}"]:not([type="hidden"])`);
    if (field) return field;
  }
  return null;
}

/** @param {HTMLFormElement} form */
function forget(form) {
  form.querySelector("#wrong")?.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement} button
 * @param {string} message
 */
function tell(form, button, message) {
  forget(form);
  const note = document.createElement("span");
  note.id = "wrong";
  note.className = "fault";
  note.setAttribute("role", "alert");
  note.textContent = message.replace(
    /^Invalid value for parameter '[^']+' supplied: (.)/,
    (_, first) => first.toUpperCase(),
  );
  const field = fieldOf(form, message);
  if (field instanceof HTMLElement) {
    const folded = field.closest("details");
    if (folded) folded.open = true;
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", note.id);
    field.after(note);
    field.focus();
  } else button.after(note);
}

document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  if (!(form instanceof HTMLFormElement) || !form.matches("[data-tells]")) return;
  // Enter in a field of a sweep or a schedule means that, not the first button of the form.
  const entered = submitter !== document.activeElement && document.activeElement?.closest("details.other");
  const button = entered ? entered.querySelector("button[formaction]") : submitter;
  if (!(button instanceof HTMLButtonElement) || button.formMethod === "get") return;
  event.preventDefault();
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form, button)) fields.append(name, String(value));
  button.disabled = true;
  try {
    const answer = await fetch(button.getAttribute("formaction") ?? form.action, {
      method: "POST",
      body: fields,
      headers: { accept: "application/json" },
    });
    if (answer.ok) return location.assign(answer.url);
    const { message } = await answer.json();
    tell(form, button, message);
  } catch {
    tell(form, button, "The server cannot be reached.");
  } finally {
    button.disabled = false;
  }
});
