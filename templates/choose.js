"use strict";
// ---- renaming in place; dialogs to split a person, and of shortcuts
(() => {
  const { data, el, store } = cv;

  // ---- renaming in place, with the names of this and of earlier videos as suggestions
  cv.rename = (label, heading) => {
    const own = store.result.people.filter((one) => one.named).map((one) => one.name);
    const who = store.result.byLabel.get(label);
    cv.typeName(heading.querySelector(".name"), who, [...data.names, ...own], (name) =>
      cv.name(label, name),
    );
  };

  // ---- the best split in two, by the merge tree of the automatic grouping
  const leaves = (tree, n, node) =>
    node < n ? [node] : tree[node - n].flatMap((child) => leaves(tree, n, child));
  const members = new Map();
  data.tracks.label.forEach((label, track) => {
    if (!members.has(label)) members.set(label, []);
    members.get(label).push(track);
  });
  const cutTree = (label, tracks) => {
    const tree = data.trees[label];
    if (!tree) return null;
    const own = members.get(label);
    const wanted = new Set(tracks);
    let node = own.length + tree.length - 1;
    while (node >= own.length) {
      const [a, b] = tree[node - own.length].map((child) =>
        leaves(tree, own.length, child)
          .map((i) => own[i])
          .filter((track) => wanted.has(track)),
      );
      if (a.length && b.length) return a.length < b.length ? a : b;
      node = tree[node - own.length][a.length ? 0 : 1];
    }
    return null;
  };
  const sides = new Map(); // "a b" → tracks; needed again at each correction
  // The highest node above b that is not above a.
  const parting = (tree, own, a, b) => {
    const parent = new Map(tree.flatMap((pair, k) => pair.map((child) => [child, own.length + k])));
    const above = new Set();
    for (let node = own.indexOf(a); node !== undefined; node = parent.get(node)) above.add(node);
    let node = own.indexOf(b);
    while (parent.has(node) && !above.has(parent.get(node))) node = parent.get(node);
    return node;
  };
  // The tracks on b's side of the node that joins a and b, if they are still with b.
  cv.sideOf = (a, b) => {
    const [label, now] = [data.tracks.label[b], store.result.state.labels];
    const [tree, own] = [data.trees[label], members.get(label)];
    if (!tree) return [b];
    const key = `${a} ${b}`;
    if (!sides.has(key))
      sides.set(
        key,
        leaves(tree, own.length, parting(tree, own, a, b)).map((i) => own[i]),
      );
    return sides.get(key).filter((track) => now[track] === now[b]);
  };
  // The part of a person that fits the rest worst; null if there is only one track.
  cv.cut = (who) => {
    const parts = new Map();
    for (const track of who.tracks) {
      const label = data.tracks.label[track];
      const key = label < 0 ? `track ${track}` : label;
      if (!parts.has(key)) parts.set(key, []);
      parts.get(key).push(track);
    }
    const sorted = [...parts.values()].sort((a, b) => b.length - a.length);
    if (sorted.length > 1) return sorted.slice(1).flat();
    if (who.tracks.length < 2) return null;
    return (
      cutTree(data.tracks.label[who.tracks[0]], who.tracks) ??
      who.tracks.slice(Math.ceil(who.tracks.length / 2))
    );
  };
  cv.splitInTwo = (label) => {
    const who = store.result.byLabel.get(label);
    const out = cv.cut(who);
    if (!out) return cv.toast(`${who.name} has only one track and cannot be split`);
    const leaving = new Set(out);
    const stay = who.tracks.filter((track) => !leaving.has(track));
    const half = (title, tracks) =>
      el(
        "div",
        { class: "half" },
        el("h3", {}, title, " ", el("span", {}, cv.plural(tracks.length, "track"))),
        el(
          "div",
          { class: "faces-of" },
          new cv.Group([...tracks])
            .portraits(12)
            .map((chip) => cv.img(chip, 76, `at ${data.chips.tc[chip]}`)),
        ),
      );
    const asked = cv.dialog(
      `Split ${who.name} in two?`,
      el(
        "div",
        { class: "halves" },
        half(`Stays ${who.name}`, stay),
        half("Becomes a new person", out),
      ),
    );
    const yes = el(
      "button",
      {
        class: "quiet lead",
        type: "button",
        onclick: () => {
          asked.box.close();
          cv.makePerson(out, "", `Split ${cv.which(out)} off ${who.name}`);
        },
      },
      "Split",
    );
    asked.foot.prepend(yes);
    yes.focus();
  };

  cv.help = () => {
    const keys = [
      ["y / n / s", "Answer the question: yes, no, skip"],
      ["j / k", "Next or previous person"],
      ["e, m, s, h, x", "On a person: rename, merge, split, hide, select"],
      ["Arrows, Enter, Space", "On a face: move, view, select (with Shift: select a range)"],
      ["m, n, r, f", "Selected faces: move to…, new person, not this person, not a face"],
      ["c", "On a face: copy the timecode"],
      ["Ctrl+Z / Ctrl+Shift+Z", "Undo, redo"],
      ["/", "Filter by name"],
      ["Esc", "Clear the selection"],
    ];
    cv.showKeys(
      keys,
      "You can also drag faces onto a person to move them, or one cover onto another to merge two people. A track is one face followed through one shot; corrections apply to whole tracks.",
    );
  };
})();
