"use strict";
// ---- the whole page: sorting and filtering, films, undo and redo, keys
(() => {
  const { el, $, project } = cv;

  // ---- which people, in which order. Corrections keep the order, so that nobody jumps.
  const orders = {
    time: () => 0,
    films: (a, b) => b.films.length - a.films.length,
    name: (a, b) =>
      Number(b.named) - Number(a.named) || a.name.localeCompare(b.name, undefined, { numeric: true }),
  };
  const kinds = {
    all: (who) => !who.hidden,
    named: (who) => !who.hidden && who.named,
    unnamed: (who) => !who.hidden && !who.named,
    several: (who) => !who.hidden && who.films.length > 1,
    hidden: (who) => who.hidden,
  };
  let order = [];
  const arrange = (resort) => {
    const by = orders[$("sort").value];
    const sorted = [...project.people].sort(
      (a, b) => by(a, b) || b.time - a.time || a.number - b.number,
    );
    const ids = sorted.map((who) => who.id);
    order = resort ? ids : cv.keepOrder(order, ids, (id) => project.byId.has(id));
    return order.map((id) => project.byId.get(id));
  };
  const STEP = 600; // people that are drawn at once: an archive may have very many
  let [people, most] = [[], STEP];
  cv.drawPeople = (resort = false) => {
    const [name, film] = [$("by-name").value.trim().toLowerCase(), Number($("by-film").value)];
    const all = arrange(resort).filter(kinds[$("which").value]);
    const found = all.filter(
      (who) => who.name.toLowerCase().includes(name) && (!film || who.films.includes(film)),
    );
    people = found.slice(0, most);
    $("more").hidden = found.length <= most;
    $("more").textContent = `Show ${Math.min(STEP, found.length - most)} more`;
    if (cv.opened && !people.some((who) => who.id === cv.opened)) cv.opened = "";
    cv.drawMugs(people, cv.openedPanel());
    cv.drawShown(found.length, all.length);
    $("nobody").hidden = found.length > 0 || !project.people.length;
    $("people").hidden = !project.people.length;
    drawEmpty();
  };
  const drawEmpty = () => {
    const waiting = project.seen.films.some((film) => film.state === "waiting");
    $("empty").hidden = project.people.length > 0;
    $("empty-why").textContent = waiting
      ? "Films are waiting to be analysed. People appear here as films are done."
      : "No person was found in these films.";
  };

  // ---- films, people who may be two
  const state = (film) =>
    film.state === "done"
      ? cv.plural(film.people, "person", "people")
      : { waiting: "waiting", failed: "failed", quarantined: "failed twice, left out" }[film.state];
  const drawFilms = () => {
    const films = project.seen.films;
    const rows = films.map((film) =>
      el(
        "li",
        {},
        el("b", {}, film.name),
        el("span", {}, [film.length_s && cv.spoken(film.length_s), state(film)].filter(Boolean).join(" · ")),
        film.state === "done"
          ? el("a", { class: "quiet", href: `film/${film.id}/`, "aria-label": `Open ${film.name}` }, "Open")
          : el("i"),
        film.error && el("span", { class: "why" }, film.error),
      ),
    );
    $("film-list").replaceChildren(...rows);
    const done = films.filter((film) => film.state === "done").length;
    $("films-done").textContent = done < films.length ? `${done} of ${films.length} done` : "";
    const chosen = $("by-film").value;
    $("by-film").replaceChildren(
      el("option", { value: "" }, "All films"),
      ...films
        .filter((film) => film.state === "done")
        .map((film) => el("option", { value: film.id }, film.name)),
    );
    $("by-film").value = films.some((film) => String(film.id) === chosen) ? chosen : "";
    const length = films.reduce((sum, film) => sum + film.length_s, 0);
    const shown = project.people.filter((who) => !who.hidden);
    $("facts").replaceChildren(
      ...[
        cv.plural(films.length, "film"),
        length && cv.spoken(length),
        cv.plural(shown.length, "person", "people"),
        `${shown.filter((who) => who.named).length} named`,
        `${shown.filter((who) => who.films.length > 1).length} in several films`,
      ]
        .filter(Boolean)
        .map((words) => el("span", {}, words)),
    );
  };
  const drawImpure = () => {
    const rows = project.seen.impure.flatMap(({ member, rows, to }) => {
      const [who, other] = [project.byMember.get(cv.memberKey(member)), project.byId.get(to)];
      if (!who || !other) return [];
      const film = project.films.get(member[0]);
      const faces = rows.slice(0, 3).map((row) => cv.face(member[0], row, 64));
      return el(
        "li",
        {},
        el(
          "div",
          { class: "vs" },
          el("div", { class: "faces-of" }, faces),
          el("span", { "aria-hidden": "true" }, "like"),
          el("div", { class: "faces-of" }, cv.face(other.best.film, other.best.cover, 64)),
        ),
        el("span", {}, `Some faces of ${who.name} in ${film.name} look like ${other.name}.`),
        el("a", { class: "quiet", href: cv.placeOf(...member) }, `Open ${film.name}`),
      );
    });
    $("impure-list").replaceChildren(...rows);
    $("impure").hidden = !rows.length;
  };

  // ---- undo, redo, saving
  const tools = (saved) => {
    for (const [id, words] of [["undo", project.seen?.undo], ["redo", project.seen?.redo]]) {
      const name = id === "undo" ? "Undo" : "Redo";
      $(id).disabled = !words || Boolean(project.stopped);
      $(id).title = words ? `${name}: ${words}` : `Nothing to ${id}`;
      $(id).setAttribute("aria-label", words ? `${name}: ${words}` : name);
    }
    if (project.stopped) cv.status(project.stopped, true);
    else if (project.busy) cv.status("Saving…");
    else if (saved) cv.status("Saved");
  };
  const redraw = {
    edit: (note) => cv.toast(note, { name: "Undo", run: cv.undo }),
    undo: (note) => cv.toast(note, { name: "Redo", run: cv.redo }),
    redo: (note) => cv.toast(note, { name: "Undo", run: cv.undo }),
    elsewhere: () => cv.toast("The project has changed"),
    loaded: () => {},
  };
  project.listeners.push(({ kind, note }) => {
    if (redraw[kind]) {
      drawFilms();
      cv.drawQuestion();
      cv.keepingFocus(() => cv.drawPeople(kind === "loaded"));
      drawImpure();
      redraw[kind](note);
    }
    if (kind === "refused") cv.toast(note);
    if (kind === "refused") cv.status(note, true);
    else tools(["edit", "undo", "redo"].includes(kind));
    if (kind === "loaded") {
      document.getElementById(location.hash.slice(1))?.scrollIntoView();
      document.documentElement.dataset.ready = "true"; // for tests
    }
  });
  $("undo").addEventListener("click", cv.undo);
  $("redo").addEventListener("click", cv.redo);
  $("by-name").addEventListener("input", () => cv.drawPeople());
  $("more").addEventListener("click", () => {
    const next = people.length;
    most += STEP;
    cv.drawPeople();
    cv.mugOf(people[next]?.id)?.root.focus();
  });
  for (const id of ["which", "by-film", "sort"])
    $(id).addEventListener("input", () => cv.drawPeople(id === "sort"));
  $("reset").addEventListener("click", () => {
    for (const [id, value] of [["by-name", ""], ["which", "all"], ["by-film", ""]]) $(id).value = value;
    cv.drawPeople();
    $("by-name").focus();
  });

  // ---- keys
  cv.help = () => {
    const keys = [
      ["y / n / s", "Answer the question: same, different, not sure"],
      ["j / k", "Next or previous person"],
      ["Enter", "On a person: open or close"],
      ["e, m, h", "On a person: rename, join with another, hide"],
      ["Ctrl+Z / Ctrl+Shift+Z", "Undo, redo"],
      ["/", "Filter by name"],
      ["Esc", "Close the person"],
    ];
    cv.showKeys(keys, "You can also drag the picture of a person onto another to join them.");
  };
  $("keys").addEventListener("click", cv.help);
  const onPerson = {
    Enter: cv.toggle,
    e: cv.rename,
    F2: cv.rename,
    m: cv.joinWith,
    h: (id) => cv.hide(project.byId.get(id)),
  };
  const current = () => {
    const place = document.activeElement.closest?.(".mug, .opened");
    return place ? (place.dataset.of ?? place.id) : "";
  };
  const step = (by) => {
    const at = people.findIndex((who) => who.id === current());
    cv.step(people.map((who) => cv.mugOf(who.id).root), at, by);
  };
  const plain = (event) => {
    const { key } = event;
    const id = current();
    const onButton = document.activeElement.closest?.("button, a, summary");
    if (key === "Escape" && cv.opened) cv.toggle(cv.opened);
    else if (key === "?") cv.help();
    else if (key === "/") $("by-name").focus();
    else if (key === "j" || key === "k") step(key === "j" ? 1 : -1);
    else if (cv.answer[key]) cv.answer[key]();
    else if (id && onPerson[key] && !(key === "Enter" && onButton)) onPerson[key](id);
    else return;
    event.preventDefault();
  };
  cv.onKeys(cv.undo, cv.redo, plain);

  tools();
  cv.load();
})();
