// @ts-check
/** The list of `/jump` over any page: Ctrl-K opens it, arrows move in it, Enter goes. The server finds; htmx fetches as words are typed. */

const dialog = document.querySelector("dialog.jumps");
const box = dialog?.querySelector("input");

/** Shows the list, with what was typed last. */
export function openJump() {
  if (!(dialog instanceof HTMLDialogElement) || !box || dialog.open) return;
  dialog.showModal();
  box.select();
  // The pages, before anything is typed.
  if (!dialog.querySelector(".places a")) box.dispatchEvent(new Event("input", { bubbles: true }));
}

/** @returns {HTMLElement[]} */
const places = () => [...(dialog?.querySelectorAll(".places a") ?? [])].filter((place) => place instanceof HTMLElement);

dialog?.addEventListener("keydown", (event) => {
  if (!(event instanceof KeyboardEvent) || !/^Arrow(Up|Down)$/.test(event.key)) return;
  event.preventDefault();
  const all = [box, ...places()];
  const at = all.findIndex((one) => one === document.activeElement);
  all[(at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]?.focus();
});

/** @type {string | undefined} Where the place leads that has the focus. */
let held;

dialog?.addEventListener("focusin", ({ target }) => {
  held = target instanceof Element && target.closest(".places") ? target.getAttribute("href") ?? undefined : undefined;
});

// An answer to what was typed may come after somebody has gone into the list.
document.addEventListener("htmx:after:swap", () => {
  const inside = dialog?.querySelector(":focus");
  if (!(dialog instanceof HTMLDialogElement) || !dialog.open || held === undefined || inside) return;
  (places().find((place) => place.getAttribute("href") === held) ?? box)?.focus();
});

dialog?.addEventListener("submit", (event) => {
  const [first] = places();
  if (!first) return;
  event.preventDefault();
  first.click();
});

dialog?.addEventListener("click", (event) => {
  if (event.target === dialog && dialog instanceof HTMLDialogElement) dialog.close();
});
