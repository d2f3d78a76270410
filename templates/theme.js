"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const root = document.documentElement;
  root.classList.add("js");

  // ---- theme: as the system (auto), light, dark
  const themes = ["auto", "light", "dark"];
  const stored = {
    get() {
      try {
        return localStorage.getItem("cluster-video-theme");
      } catch {
        return null;
      }
    },
    set(value) {
      try {
        localStorage.setItem("cluster-video-theme", value);
      } catch {
        /* browsers may forbid storage for pages from disk */
      }
    },
  };
  const paint = (theme) => {
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
    $("theme").lastElementChild.textContent = theme[0].toUpperCase() + theme.slice(1);
    $("theme").setAttribute("aria-label", `Theme: ${theme}`);
  };
  const first = stored.get();
  paint(themes.includes(first) ? first : "auto");
  $("theme").addEventListener("click", () => {
    const now = root.dataset.theme ?? "auto";
    const next = themes[(themes.indexOf(now) + 1) % themes.length];
    paint(next);
    stored.set(next);
  });
})();
