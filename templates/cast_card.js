"use strict";
// ---- one person of the grid: picture, name, screen time, and one line with a bar for each film
(() => {
  const { el, project } = cv;
  const HEIGHT = 26; // of the line, px

  // A picture of a film's result; where there is none, a silhouette.
  cv.face = (film, row, side, alt = "") => {
    if (row < 0) return cv.img(undefined, side);
    const img = cv.img(`${film}/${row}`, side, alt);
    img.addEventListener("error", () => img.replaceWith(cv.img(undefined, side)));
    return img;
  };
  cv.inFilms = (who) =>
    `${who.films.length} of ${cv.plural(project.films.size, "film")}`;

  // Height: the square root of the screen time, so that small parts can be seen.
  const strip = (who) => {
    const films = [...project.films.values()];
    const times = new Map();
    for (const one of who.members) times.set(one.film, (times.get(one.film) ?? 0) + one.time);
    const step = 100 / films.length;
    const gap = Math.min(step / 4, 1.2);
    const column = (i, tall) =>
      `M${(i * step).toFixed(3)} ${HEIGHT}v${(-tall).toFixed(2)}h${(step - gap).toFixed(3)}V${HEIGHT}z`;
    const tall = (time) => Math.max(3, HEIGHT * Math.sqrt(time / project.longest));
    const ground = films.map((_, i) => column(i, HEIGHT)).join("");
    const parts = films.map(({ id }, i) => (times.has(id) ? column(i, tall(times.get(id))) : "")).join("");
    const words = films
      .filter(({ id }) => times.has(id))
      .map(({ id, name }) => `${name}: ${cv.spoken(times.get(id))}`);
    const svg = el(
      "svg",
      {
        class: "strip",
        viewBox: `0 0 100 ${HEIGHT}`,
        preserveAspectRatio: "none",
        role: "img",
        "aria-label": words.join(", "),
      },
      el("path", { class: "ground", d: ground }),
      el("path", { class: "part", d: parts }),
    );
    svg.addEventListener("pointermove", (event) => {
      const box = svg.getBoundingClientRect();
      const at = Math.floor(((event.clientX - box.left) / box.width) * films.length);
      const film = films[Math.min(films.length - 1, Math.max(0, at))];
      const time = times.get(film.id);
      hint.textContent = `${film.name}: ${time ? cv.spoken(time) : "not seen"}`;
    });
    const hint = el("title", {}, words.join("\n"));
    svg.append(hint);
    return svg;
  };

  const naming = (who) =>
    el(
      "button",
      {
        class: "name",
        type: "button",
        "data-key": `name-${who.id}`,
        title: "Rename (e)",
        onclick: () => cv.rename(who.id),
      },
      who.name,
    );

  class Mug {
    constructor(id) {
      this.id = id;
      this.root = el("li", {
        tabindex: -1,
        id,
        draggable: "true",
        "aria-labelledby": `name-${id}`,
      });
      this.root.mug = this;
      cv.draggable(this);
    }

    set(who, films) {
      if (this.who === who && this.films === films) return;
      [this.who, this.films] = [who, films];
      this.root.className = `panel mug c${(who.number - 1) % 8}`;
      cv.keepingFocus(() => this.root.replaceChildren(...this.content(who)));
      this.mark(cv.opened === this.id);
    }

    content(who) {
      this.portrait = el(
        "button",
        {
          class: "large-face",
          type: "button",
          "data-key": `face-${who.id}`,
          "aria-expanded": "false",
          "aria-label": `${who.name}: films and faces`,
          onclick: () => cv.toggle(who.id),
        },
        cv.face(who.best.film, who.best.cover, 200),
      );
      return [
        this.portrait,
        el(
          "div",
          {},
          el("h3", { id: `name-${who.id}` }, naming(who)),
          el("p", { class: "time" }, el("b", {}, cv.spoken(who.time)), " · ", cv.plural(who.films.length, "film")),
        ),
        strip(who),
      ];
    }

    mark(open) {
      this.root.classList.toggle("open", open);
      this.portrait.setAttribute("aria-expanded", String(open));
    }
  }

  const mugs = new Map();
  cv.mugOf = (id) => mugs.get(id);
  // Draw people in this order; what has not changed stays as it is.
  cv.drawMugs = (people, extra) => {
    const films = project.seen.films.map((film) => `${film.id} ${film.name}`).join("\n");
    const roots = people.map((who) => {
      if (!mugs.has(who.id)) mugs.set(who.id, new Mug(who.id));
      const mug = mugs.get(who.id);
      mug.set(who, `${films}\n${project.longest}`);
      return mug.root;
    });
    const wanted = roots.flatMap((root) => (extra?.after === root.id ? [root, extra.root] : [root]));
    cv.fill(cv.$("mugs"), wanted);
    for (const id of mugs.keys()) if (!project.byId.has(id)) mugs.delete(id);
  };
})();
