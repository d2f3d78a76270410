"use strict";
// ---- drawing tools: elements, pictures, the toast, copying
(() => {
  const data = cv.data;
  const $ = (cv.$ = (id) => document.getElementById(id));

  // el("button", { class: "quiet", onclick }, "Close")
  cv.el = (tag, properties = {}, ...children) => {
    const svg = ["svg", "path", "rect", "line", "use", "text", "title"].includes(tag);
    const element = svg
      ? document.createElementNS("http://www.w3.org/2000/svg", tag)
      : document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (name === "style")
        element.style.cssText = value; // the page's policy allows this
      else element.setAttribute(name, value === true ? "" : value);
    }
    element.append(
      ...children
        .flat(Infinity)
        .filter((child) => child !== null && child !== undefined && child !== false),
    );
    return element;
  };
  const el = cv.el;
  cv.plural = (n, one, many = one + "s") => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
  // the same as clusterer.core.timecode.spoken, which the terminal uses
  cv.spoken = (seconds) => {
    const nearest = (value) => Math.floor(value + 0.5 + 1e-6);
    const two = (n) => String(n).padStart(2, "0");
    const tenths = nearest(10 * Math.max(0, seconds));
    if (tenths < 600) return `${Math.floor(tenths / 10)}.${tenths % 10} s`;
    const whole = nearest(seconds);
    if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
    const minutes = nearest(seconds / 60);
    return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
  };
  cv.percent = (value) => `${Math.round(100 * value)}%`;
  const LONGEST_NAME = 200; // as in clusterer/edits/log.py
  // A name as edits.json allows it: one line, not too long.
  cv.tidy = (name) => {
    const line = name.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu, " ").trim();
    return [...line].slice(0, LONGEST_NAME).join("").trim();
  };

  // ---- pictures: loaded from the server or the page when they come near the window
  const jpeg = (base64) => (base64 ? "data:image/jpeg;base64," + base64 : "");
  const live = data.mode === "live";
  cv.picture = (chip) => (live ? `chip/${chip}.jpg` : jpeg(data.pictures[chip]));
  cv.torso = (chip) => (live ? `torso/${chip}.jpg` : jpeg(data.torsos[chip]));
  const silhouette = () =>
    el(
      "svg",
      { class: "face", viewBox: "0 0 48 48", "aria-hidden": "true" },
      el("use", { href: "#face" }),
    );
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        watcher.unobserve(target);
        target.src = cv.picture(target.dataset.chip);
      }
    },
    { rootMargin: "400px" },
  );
  cv.img = (chip, side, alt = "") => {
    if (chip === undefined || chip < 0 || !cv.shown(chip)) return silhouette();
    const img = el("img", { width: side, height: side, alt, decoding: "async", "data-chip": chip });
    img.draggable = false;
    watcher.observe(img);
    return img;
  };
  cv.showPictures = (root = document) => {
    for (const img of root.querySelectorAll("img[data-chip]:not([src])"))
      img.src = cv.picture(img.dataset.chip);
  };

  // ---- a short message, with an optional action such as Undo
  let timer = 0;
  cv.toast = (text, action) => {
    const toast = $("toast");
    const host = document.querySelector("dialog[open]") ?? document.body; // a dialog covers the rest
    if (toast.parentElement !== host) host.append(toast);
    toast.replaceChildren(el("span", {}, text));
    if (action) toast.append(el("button", { type: "button", onclick: action.run }, action.name));
    toast.classList.add("up");
    clearTimeout(timer);
    timer = setTimeout(() => toast.classList.remove("up"), action ? 6000 : 2200);
  };

  // ---- copying
  const copyByHand = (text) => {
    const host = document.querySelector("dialog[open]") ?? document.body;
    const active = document.activeElement;
    const field = el("textarea", { "aria-hidden": "true" });
    field.value = text;
    host.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    active?.focus();
    return done;
  };
  cv.copy = async (text) => {
    let done = true;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      done = copyByHand(text);
    }
    cv.toast(done ? `Copied ${text}` : "The browser blocked copying");
  };
  cv.save = (name, text) => {
    const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    el("a", { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  };

  // ---- keep the focus across redrawing: on the element of the same data-key, else on the face in
  // the same place, else on the card
  cv.keepingFocus = (draw) => {
    const active = document.activeElement;
    const key = active?.closest("[data-key]")?.dataset.key;
    const cell = active?.closest(".cell");
    const at = cell ? [...cell.parentElement.children].indexOf(cell) : 0;
    const [card, reason] = [
      active?.closest(".card"),
      active?.closest("[data-reason]")?.dataset.reason,
    ];
    draw();
    if (document.activeElement === active) return;
    const twin = key && document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    const host =
      card ?? (reason && document.querySelector(`[data-reason="${CSS.escape(reason)}"]`));
    const chips = (cell && host?.querySelectorAll(".chip")) || [];
    (twin || chips[Math.min(at, chips.length - 1)] || card)?.focus({ preventScroll: true });
  };
  cv.isTyping = (event) => event.target.closest?.("input, select, textarea");
})();
