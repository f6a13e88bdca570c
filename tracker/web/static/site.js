// Enhancement only: every page works without this file.
(() => {
  "use strict";
  // Judging and reviewing by key. The keys work only while the focus is within the section (WCAG 2.1.4).
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const place = event.target.closest("[data-keys]");
    if (!place) return;
    if (event.key === "Escape") { place.focus(); return; }
    if (event.target.matches("input, select, textarea") || (event.key === " " && event.target !== place)) return;
    if (event.key === "?") { location.assign(`/toetsen?terug=${encodeURIComponent(location.pathname)}`); return; }
    const key = CSS.escape(event.key);
    const reason = place.querySelector(`[data-reason="${key}"]`);
    const button = place.querySelector(`[data-key="${key}"]`);
    const field = place.querySelector(`[data-focus="${key}"]`);
    if (event.key === "2" && button) { button.focus(); event.preventDefault(); return; }
    if (field) { event.preventDefault(); if (field.matches("summary")) field.parentElement.open = true; field.focus(); return; }
    const pressed = reason || button;
    if (!pressed) return;
    event.preventDefault();
    if (pressed.form) pressed.form.requestSubmit(pressed); else pressed.click();
  });
  // A second press on a button while the first is on its way does nothing; the server counts it once as well.
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post" || event.defaultPrevented) return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "yes";
    if (event.target.dataset.busy) busy(event.target);
  });
  // What was typed and not yet kept is asked after, unless its own form takes it along.
  const kept = document.querySelector("form[data-keep]");
  addEventListener("beforeunload", (event) => {
    if (!kept || kept.dataset.sent || ![...kept.querySelectorAll("textarea")].some((field) => field.value.trim())) return;
    event.preventDefault();
    setTimeout(() => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
  });
  // What takes long says that it runs, and for how long already.
  const busy = (form) => {
    const said = form.appendChild(Object.assign(document.createElement("p"), { className: "notice busy" }));
    const passed = form.appendChild(Object.assign(document.createElement("p"), { className: "quiet busy" }));
    said.setAttribute("role", "status");
    said.textContent = form.dataset.busy;
    const since = Date.now(), show = () => { passed.textContent = `${Math.round((Date.now() - since) / 1000)} seconden bezig`; };
    show();
    const clock = setInterval(show, 1000);
    addEventListener("pageshow", () => { clearInterval(clock); said.remove(); passed.remove(); }, { once: true });
  };
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
  // A phone shows the list first: what is not in use is folded.
  if (matchMedia("(max-width: 60rem)").matches) {
    document.querySelectorAll("details[data-fold]").forEach((part) => part.removeAttribute("open"));
  }
  // A table that goes on at the side says so.
  const tell = (box) => box.toggleAttribute("data-more", box.scrollWidth > box.clientWidth + 1);
  const sizes = new ResizeObserver((changed) => changed.forEach(({ target }) => tell(target)));
  document.querySelectorAll(".ams-table").forEach((box) => { tell(box); sizes.observe(box); });
  // A mail is as high as it is: no scrolling within the page that scrolls.
  const mails = new ResizeObserver((changed) => changed.forEach(({ target }) => fit(target)));
  const fit = (frame) => {
    const page = frame.contentDocument?.documentElement;
    if (!page?.querySelector("body *")) return;
    frame.style.blockSize = "0";
    frame.style.blockSize = `${page.scrollHeight + frame.offsetHeight - frame.clientHeight}px`;
  };
  document.querySelectorAll("iframe.mail").forEach((frame) => {
    frame.addEventListener("load", () => fit(frame));
    fit(frame);
    mails.observe(frame);
  });
  // On a phone a month is a long list: it opens on today, unless one came back to where one was.
  const today = document.querySelector(".day--today");
  const [came] = performance.getEntriesByType("navigation");
  if (today && !location.hash && came?.type !== "back_forward" && matchMedia("(max-width: 40rem)").matches) {
    today.scrollIntoView({ block: "center" });
  }
  const place = document.querySelector("[data-keys]");
  if (place && !location.hash) place.focus({ preventScroll: true });
})();
