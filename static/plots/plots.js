// @ts-check
/** Plots over runs: what they do beyond pictures and links is fetched when they come into sight. */

const seen = new IntersectionObserver((entries) => {
  if (!entries.some((entry) => entry.isIntersecting)) return;
  seen.disconnect();
  for (const name of ["brush", "brush_keys", "axes", "hover"]) import(`./${name}.js`);
}, { rootMargin: "200px" });

function watch() {
  const plots = document.querySelector("[data-plots]");
  if (plots) seen.observe(plots);
}

watch();
document.addEventListener("htmx:after:swap", watch);

// A plot is shown or put away at once; without JavaScript the form has a button.
document.addEventListener("change", (event) => {
  if (event.target instanceof HTMLInputElement && event.target.matches("[data-plot-kind]")) {
    event.target.form?.requestSubmit();
  }
});
