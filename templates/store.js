"use strict";
// ---- making, undoing and saving corrections. A live page sends each to the server at once, in
// order; a page from disk collects them for edits.json.
(() => {
  const LONGEST_NOTE = 500; // these two as in clusterer/edits/log.py
  const MOST_SOURCES = 500;
  const BY_PROJECT = ", by the project: "; // as in clusterer/people/names.py

  const data = cv.data;
  const base = {
    labels: data.tracks.label,
    people: data.people,
    index: new Map(data.tracks.key.map((key, track) => [key, track])),
    faces: new Set(data.chips.face.filter((_, chip) => data.chips.track[chip] >= 0)),
  };
  const store = (cv.store = {
    edits: [...data.edits],
    undone: [...data.undone],
    listeners: [],
    live: data.mode === "live",
    unsent: 0, // not yet saved by the server or, from disk, not downloaded
    stopped: "",
  });
  store.result = cv.derive(cv.replay(base, store.edits));

  const cut = (text, most) => [...text].slice(0, most).join("");

  const notify = (what) => {
    for (const listener of store.listeners) listener(what);
  };
  const show = (what) => {
    store.result = cv.derive(cv.replay(base, store.edits), store.result);
    notify(what);
  };

  // ---- the server: one request at a time, each with the number of corrections before it
  let queue = Promise.resolve();
  let confirmed = store.edits.length;
  const post = async (path, body) => {
    const answer = await cv.post(path, { ...body, count: confirmed });
    confirmed = answer.count;
    return answer;
  };
  const stop = (error) => {
    store.stopped =
      error.status === 409
        ? "This result was changed elsewhere. Reload the page to continue."
        : error.status
          ? `Not saved: ${error.message}. Reload the page to see what was saved.`
          : cv.GONE;
    notify({ kind: "stopped" });
  };
  const send = (path, body = {}) => {
    store.unsent += 1;
    notify({ kind: "sent" });
    queue = queue.then(async () => {
      if (store.stopped) return;
      try {
        const answer = await post(path, body);
        store.unsent -= 1;
        notify({ kind: "sent" });
        if (answer.reload) {
          store.leaving = true;
          location.reload();
        }
      } catch (error) {
        stop(error);
      }
    });
    return queue;
  };

  // What a project wrote down is undone in the project.
  const lastOwn = () => store.edits.findLastIndex((edit) => !edit.note?.includes(BY_PROJECT));
  // Whether undoing needs another grouping, which only the server can make.
  const isGrouped = () => lastOwn() < data.grouped_under;
  store.canUndo = () => lastOwn() >= 0 && !store.stopped && (store.live || !isGrouped());
  store.toUndo = () => store.edits[lastOwn()];
  store.canRedo = () => store.undone.length > 0 && !store.stopped;
  store.sinceGrouping = () => store.edits.length - data.grouped_under;

  store.do = (edit, note) => {
    if (store.stopped) return notify({ kind: "stopped" });
    const whole = {
      ...edit,
      note: cut(note, LONGEST_NOTE),
      at: new Date().toISOString().slice(0, 19) + "Z",
    };
    if (edit.source) whole.source = edit.source.slice(0, MOST_SOURCES);
    store.edits.push(whole);
    store.undone = [];
    show({ kind: "done", edit: whole, note });
    if (store.live) send("edit", { edit: whole });
    else store.unsent += 1;
    notify({ kind: "sent" });
  };
  store.undo = () => {
    if (!store.canUndo()) return;
    const apart = isGrouped();
    const [edit] = store.edits.splice(lastOwn(), 1);
    store.undone.push(edit);
    if (apart) notify({ kind: "waiting", note: "Restoring the previous grouping…" });
    else show({ kind: "undone", edit, note: edit.note || edit.action });
    if (store.live) send("undo");
    else store.unsent += 1;
    notify({ kind: "sent" });
  };
  store.redo = () => {
    if (!store.canRedo()) return;
    const edit = store.undone.pop();
    store.edits.push(edit);
    if (edit.action === "group again") notify({ kind: "waiting", note: "Grouping again…" });
    else show({ kind: "redone", edit, note: edit.note || edit.action });
    if (store.live) send("redo");
    else store.unsent += 1;
    notify({ kind: "sent" });
  };
  store.regroup = () => {
    if (!store.live || store.stopped) return;
    notify({ kind: "waiting", note: "Grouping again…" });
    send("regroup");
  };
  store.file = () => {
    const content = { schema: 1, video: data.title, edits: store.edits, undone: store.undone };
    return JSON.stringify(content, null, 1) + "\n";
  };
  // Whether tables and report on disk are up to date.
  store.written = async () => {
    const reply = await fetch("state");
    const answer = await reply.json();
    return { ...answer, done: answer.newest && !store.unsent };
  };
  addEventListener("beforeunload", (event) => {
    if (store.unsent && !store.stopped && !store.leaving) event.preventDefault();
  });
})();
