// What pages do beyond plain HTML, all of it optional: each page works without.
// Elements say what they want by data attributes; nothing is inline, as the CSP asks.
"use strict";

// data-opens="id": a link or button that opens the dialog of that id instead of its page.
// data-closes: closes the dialog around it.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.opens);
    if (dialog && typeof dialog.showModal === "function") {
      event.preventDefault();
      dialog.showModal();
    }
    return;
  }
  const closer = event.target.closest("[data-closes]");
  if (closer) {
    closer.closest("dialog")?.close();
    return;
  }
  const copier = event.target.closest("[data-copies]");
  if (copier) {
    const source = document.getElementById(copier.dataset.copies);
    navigator.clipboard?.writeText(source.value ?? source.textContent.trim()).then(() => {
      const said = document.getElementById(copier.dataset.copies + "-copied");
      if (said) said.hidden = false;
    });
  }
});

// A menu of details closes when one clicks elsewhere or presses Escape.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.activeElement?.closest("details[data-menu][open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A form is sent once: a double click sends nothing twice (the server would not mind, R16).
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "get" || form.hasAttribute("data-again")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  for (const button of form.querySelectorAll("button[type=submit]")) {
    button.setAttribute("aria-disabled", "true");
  }
});
// A page that comes back from the browser's memory may be sent again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled]")) {
      button.removeAttribute("aria-disabled");
    }
  }
});
// So may a form that htmx sent and that stands there still.
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest("form[data-sent]");
  if (!form) return;
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-disabled]")) {
    button.removeAttribute("aria-disabled");
  }
});

// data-sends: a form that is sent when a field of it changes (filters); its button goes away.
for (const form of document.querySelectorAll("form[data-sends]")) {
  form.addEventListener("change", () => form.requestSubmit());
  for (const button of form.querySelectorAll("[data-without-scripts]")) button.hidden = true;
}

// Where a navigation scrolls sideways, as on a phone, the page that one is at stands in view.
for (const here of document.querySelectorAll("nav [aria-current]")) {
  const scrolled = here.closest("nav, ul");
  for (const box of [scrolled, scrolled.parentElement]) {
    if (box.scrollWidth > box.clientWidth) {
      box.scrollLeft += here.getBoundingClientRect().left - box.getBoundingClientRect().left - 16;
    }
  }
}

// The error summary is where a reader goes after a form was refused.
document.querySelector("[data-takes-focus]")?.focus();
