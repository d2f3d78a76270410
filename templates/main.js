"use strict";
// ---- the page as a whole: order and filter of people, history, what is kept
(() => {
  const { data, el, $, store, picked } = cv;

  // ---- which people, in which order. The order stays while people change, or cards would jump.
  const orders = {
    time: (a, b) => b.time - a.time,
    first: (a, b) => a.appearances[0].start - b.appearances[0].start,
    count: (a, b) => b.appearances.length - a.appearances.length,
    confidence: (a, b) => a.confidence - b.confidence,
    name: (a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }),
  };
  let order = [];
  const arrange = (anew) => {
    const people = store.cast.people.filter((who) => !who.hidden);
    const sorted = [...people].sort(
      (a, b) => orders[$("sort").value](a, b) || b.time - a.time || a.label - b.label,
    );
    if (anew) order = sorted.map((who) => who.label);
    else {
      order = order.filter((label) => store.cast.byLabel.has(label));
      sorted.forEach((who, i) => {
        if (order.includes(who.label)) return;
        const before = order.indexOf(sorted[i - 1]?.label);
        order.splice(before + 1, 0, who.label);
      });
    }
    return order.map((label) => store.cast.byLabel.get(label)).filter((who) => who && !who.hidden);
  };
  let shown = [];
  cv.visible = () => store.cast.people.filter((who) => !who.hidden);
  const draw = (anew = false) => {
    const people = arrange(anew);
    const name = $("by-name").value.trim().toLowerCase();
    const least = Number($("by-time").value) || 0;
    shown = people.filter((who) => who.name.toLowerCase().includes(name) && who.time >= least);
    const { unknown } = store.cast;
    const strangers = [...unknown].reduce(
      (sum, [reason, list]) => sum + (reason === "not a face" ? 0 : list.length),
      0,
    );
    cv.drawOverview(shown, unknown);
    cv.drawCards(shown);
    cv.drawUnknown(unknown);
    cv.drawHidden(store.cast.people.filter((who) => who.hidden));
    cv.drawTogether(people);
    cv.drawQuestion();
    const how = $("sort").selectedOptions[0].textContent.toLowerCase();
    $("shown").textContent =
      `${shown.length === people.length ? people.length : `${shown.length} of ${people.length}`} by ${how}`;
    $("nobody").hidden = shown.length > 0 || !people.length;
    $("people").hidden = !people.length;
    $("empty").hidden = store.cast.people.length > 0;
    const kind = unknown.size ? "nobody" : "nothing";
    for (const part of $("empty").querySelectorAll("[data-empty]"))
      part.hidden = part.dataset.empty !== kind;
    for (const [id, count] of [
      ["count-people", people.length],
      ["count-unknown", strangers],
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

  // ---- history and keeping
  const words = {
    done: (what) => cv.toast(what.said, { name: "Undo", run: store.undo }),
    undone: (what) => cv.toast(`Undone: ${what.said}`, { name: "Redo", run: store.redo }),
    redone: (what) => cv.toast(`Redone: ${what.said}`, { name: "Undo", run: store.undo }),
    waiting: (what) => cv.toast(what.said),
  };
  const status = (text, wrong = false) => {
    $("status").textContent = text;
    $("status").classList.toggle("wrong", wrong);
  };
  let asking = 0;
  const waitForTables = () => {
    clearTimeout(asking);
    asking = setTimeout(async () => {
      try {
        const { done, error } = await store.written();
        if (error) status(`Kept; the tables could not be written: ${error}`, true);
        else if (done) status("Kept, tables written");
        else waitForTables();
      } catch {
        status("The server has stopped", true);
      }
    }, 250);
  };
  const tools = () => {
    const n = store.edits.length;
    $("undo").disabled = !store.canUndo();
    $("redo").disabled = !store.canRedo();
    $("undo").title = n
      ? `Undo: ${store.edits[n - 1].note || store.edits[n - 1].action} (Ctrl+Z)`
      : "Nothing to undo";
    $("regroup").hidden = !store.live;
    $("regroup").disabled = store.sinceGrouping() < 1 || Boolean(store.stopped);
    $("download").hidden = store.live || !(store.unsent || n);
    $("download").classList.toggle("lead", store.unsent > 0); // else the folder has them all
    $("download").textContent = `Download edits.json (${n})`;
    if (store.stopped) status(store.stopped, true);
    else if (store.live) {
      status(store.unsent ? "Keeping …" : n ? "Kept" : "");
      if (!store.unsent && n + store.undone.length) waitForTables();
    } else
      status(
        store.unsent ? `Not kept yet: download, then cluster-video VIDEO --edits edits.json` : "",
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
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
  document.documentElement.dataset.ready = "true"; // for those who wait
})();
