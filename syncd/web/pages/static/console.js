/* Keys for those who like them; every page works without. j and k step through a list, or to the next and previous
   page; 1, 2, 3 choose an answer. Nothing happens while somebody types, or with Ctrl, Alt or Meta held. */
(() => {
  "use strict";
  const steps = [...document.querySelectorAll("[data-step]")];
  const typing = (element) => element.matches("input:not([type=radio]):not([type=checkbox]), textarea, select");
  const step = (by) => {
    if (steps.length === 0) {
      document.querySelector(by > 0 ? "a[rel=next]" : "a[rel=prev]")?.click();
      return;
    }
    const here = steps.indexOf(document.activeElement);
    const next = here < 0 && by < 0 ? steps.length - 1 : Math.min(Math.max(here + by, 0), steps.length - 1);
    steps[next].focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
    if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (/^[1-9]$/.test(event.key)) {
      const chosen = document.querySelector(`[data-key="${event.key}"]`);
      if (chosen === null) return;
      chosen.checked = true;
      chosen.focus();
    } else return;
    event.preventDefault();
  });
})();
