"use strict";
// ---- the whole page: sorting and filtering people, undo and redo, saving
(() => {
  const { data, el, $, store, picked } = cv;

  // ---- which people, in which order. Corrections keep the order, so that cards do not jump.
  const orders = {
    time: (a, b) => b.time - a.time,
    first: (a, b) => a.appearances[0].start - b.appearances[0].start,
    count: (a, b) => b.appearances.length - a.appearances.length,
    confidence: (a, b) => a.confidence - b.confidence,
    name: (a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }),
  };
  let order = [];
  const arrange = (resort) => {
    const people = store.result.people.filter((who) => !who.hidden);
    const sorted = [...people].sort(
      (a, b) => orders[$("sort").value](a, b) || b.time - a.time || a.label - b.label,
    );
    const labels = sorted.map((who) => who.label);
    const isThere = (label) => store.result.byLabel.has(label);
    order = resort ? labels : cv.keepOrder(order, labels, isThere);
    return order
      .map((label) => store.result.byLabel.get(label))
      .filter((who) => who && !who.hidden);
  };
  let shown = [];
  cv.visible = () => store.result.people.filter((who) => !who.hidden);
  const draw = (resort = false) => {
    const people = arrange(resort);
    const name = $("by-name").value.trim().toLowerCase();
    const least = Number($("by-time").value) || 0;
    shown = people.filter((who) => who.name.toLowerCase().includes(name) && who.time >= least);
    const { unknown } = store.result;
    const unknownTracks = [...unknown].reduce(
      (sum, [reason, list]) => sum + (reason === "not a face" ? 0 : list.length),
      0,
    );
    cv.drawOverview(shown, unknown);
    cv.drawCards(shown);
    cv.drawUnknown(unknown);
    cv.drawHidden(store.result.people.filter((who) => who.hidden));
    cv.drawTogether(people);
    cv.drawQuestion();
    cv.drawShown(shown.length, people.length);
    $("nobody").hidden = shown.length > 0 || !people.length;
    $("people").hidden = !people.length;
    $("empty").hidden = store.result.people.length > 0;
    const kind = unknown.size ? "nobody" : "nothing";
    for (const part of $("empty").querySelectorAll("[data-empty]"))
      part.hidden = part.dataset.empty !== kind;
    for (const [id, count] of [
      ["count-people", people.length],
      ["count-unknown", unknownTracks],
    ]) {
      if ($(id)) $(id).textContent = count.toLocaleString("en");
    }
  };
  for (const id of ["by-name", "by-time", "sort"])
    $(id).addEventListener("input", () => draw(id === "sort"));
  $("reset").addEventListener("click", () => {
    $("by-name").value = "";
    $("by-time").value = "";
    draw();
    $("by-name").focus();
  });
  $("all").addEventListener("change", (event) => cv.unfoldAll(event.target.checked));
  cv.reveal = (label) => {
    const card = cv.cardOf(label);
    if (!card) return;
    if (document.activeElement === document.body) card.focus({ preventScroll: true });
    const box = card.getBoundingClientRect();
    if (box.top < 60 || box.top > innerHeight - 120) card.scrollIntoView({ block: "nearest" });
    card.classList.add("fresh");
    setTimeout(() => card.classList.remove("fresh"), 1200);
  };

  // ---- undo, redo, and saving
  const words = {
    done: (what) => cv.toast(what.note, { name: "Undo", run: store.undo }),
    undone: (what) => cv.toast(`Undone: ${what.note}`, { name: "Redo", run: store.redo }),
    redone: (what) => cv.toast(`Redone: ${what.note}`, { name: "Undo", run: store.undo }),
    waiting: (what) => cv.toast(what.note),
  };
  let asking = 0;
  const waitForTables = () => {
    clearTimeout(asking);
    asking = setTimeout(async () => {
      try {
        const { done, error } = await store.written();
        if (error) cv.status(`Corrections saved, but not the tables: ${error}`, true);
        else if (done) cv.status("Saved");
        else waitForTables();
      } catch {
        cv.status(store.stopped || "The review server has stopped", true);
      }
    }, 250);
  };
  const tools = () => {
    const n = store.edits.length;
    $("undo").disabled = !store.canUndo();
    $("redo").disabled = !store.canRedo();
    const last = store.toUndo();
    $("undo").title = last
      ? `Undo: ${last.note || last.action} (Ctrl+Z)`
      : "Nothing to undo";
    $("regroup").hidden = !store.live;
    $("regroup").disabled = store.sinceGrouping() < 1 || Boolean(store.stopped);
    $("download").hidden = store.live || !(store.unsent || n);
    $("download").classList.toggle("lead", store.unsent > 0); // otherwise the result folder has them all
    $("download").textContent = `Download edits.json (${n})`;
    if (store.stopped) cv.status(store.stopped, true);
    else if (store.live) {
      cv.status(store.unsent ? "Saving…" : n ? "Saved, updating tables…" : "");
      if (!store.unsent && n + store.undone.length) waitForTables();
    } else
      cv.status(
        store.unsent
          ? "Not saved yet. Download edits.json, then run cluster-video VIDEO --edits edits.json"
          : "",
      );
  };
  store.listeners.push((what) => {
    if (["done", "undone", "redone"].includes(what.kind)) draw();
    words[what.kind]?.(what);
    tools();
  });
  $("undo").addEventListener("click", store.undo);
  $("redo").addEventListener("click", store.redo);
  $("regroup").addEventListener("click", store.regroup);
  $("keys").addEventListener("click", cv.help);
  $("download").addEventListener("click", () => {
    cv.save("edits.json", store.file());
    store.unsent = 0;
    tools();
  });

  for (const part of document.querySelectorAll(`[data-only]:not([data-only="${data.mode}"])`))
    part.remove();
  for (const note of data.edit_notes) $("edit-notes").append(el("p", {}, note));
  $("edit-notes").hidden = !data.edit_notes.length;
  draw(true);
  tools();
  // Cards above are filled as they are scrolled past, so a smooth way would end elsewhere.
  const place = location.hash && document.getElementById(location.hash.slice(1));
  const goThere = () => place.scrollIntoView({ behavior: "instant" });
  if (place) {
    goThere();
    requestAnimationFrame(() => requestAnimationFrame(goThere));
  }
  document.documentElement.dataset.ready = "true"; // for tests
})();
