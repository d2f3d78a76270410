"use strict";
// ---- unknown faces by reason; hidden people; who appears with whom
(() => {
  const { data, el, $, store } = cv;
  const WORDS = new Map(
    data.reasons.map(([reason, title, why, advice]) => [reason, { title, why, advice }]),
  );
  const MOST = 20; // people in the matrix until all are shown

  const byQuality = (a, b) => data.chips.quality[b] - data.chips.quality[a] || a - b;
  const cells = (members) =>
    members.map((track) => {
      const chips = cv.chipsOf[track].filter(cv.shown).sort(byQuality);
      const chip = chips[0] ?? cv.chipsOf[track][0] ?? -1;
      const tc = data.tracks.start_tc[track];
      if (chip < 0)
        return { chip, tracks: [track], tc, alt: `Unknown at ${tc}, no picture`, caption: "" };
      return cv.cellOf(chip, [track], { caption: cv.plural(data.tracks.faces[track], "face") });
    });
  const drawn = new Map();
  cv.drawUnknown = (unknown) => {
    const order = [...WORDS.keys()].filter((reason) => unknown.has(reason));
    const groups = order.map((reason) => {
      const members = unknown.get(reason);
      const key = members.join();
      const old = drawn.get(reason);
      if (old?.key === key) return old.root;
      if (old) cv.forget(old.strip);
      const { title, why, advice } = WORDS.get(reason);
      const strip = new cv.Strip(cells(members), `${title}, in time order`, true);
      const root = el(
        "div",
        { class: members.length > 6 ? "panel reason wide" : "panel reason", "data-reason": reason },
        el(
          "div",
          { class: "why" },
          el("h3", {}, title, " ", el("span", {}, members.length.toLocaleString("en"))),
          el("p", {}, why),
          el("p", { class: "advice" }, advice),
        ),
        strip.root,
      );
      drawn.set(reason, { key, root, strip });
      return root;
    });
    cv.keepingFocus(() => $("reasons").replaceChildren(...groups));
    $("unknown").hidden = !groups.length;
    cv.lookAround();
  };

  cv.drawHidden = (hidden) => {
    $("hidden").hidden = !hidden.length;
    $("hidden-list").replaceChildren(
      ...hidden.map((who) =>
        el(
          "li",
          {},
          el("span", { class: "thumb" }, cv.img(who.cover, 28)),
          el("b", {}, who.name),
          " ",
          cv.spoken(who.time),
          " ",
          el(
            "button",
            { class: "quiet", type: "button", onclick: () => cv.showAgain(who.label) },
            "Show again",
          ),
        ),
      ),
    );
  };

  // ---- who appears with whom: shared screen time in seconds
  const overlap = (a, b) => {
    let [i, j, time, first] = [0, 0, 0, null];
    while (i < a.length && j < b.length) {
      const start = Math.max(a[i].start, b[j].start);
      const end = Math.min(a[i].end, b[j].end);
      if (end > start) {
        time += end - start;
        first ??= a[i].start >= b[j].start ? a[i] : b[j];
      }
      if (a[i].end < b[j].end) i += 1;
      else j += 1;
    }
    return { time: cv.seconds(time + data.zero_pts), first };
  };
  let most = MOST;
  const cell = (a, b, { time, first }, longest) => {
    if (!time) return el("td", { class: "none-of" }, "–");
    const words = `${a.name} and ${b.name}: ${cv.spoken(time)} together, first at ${cv.startOf(first)}`;
    const button = el(
      "button",
      {
        type: "button",
        title: words,
        "aria-label": words,
        onclick: () => cv.playOrCopy(first.start, cv.startOf(first)),
      },
      time < 9.95 ? time.toFixed(1) : Math.round(time),
    );
    button.style.setProperty("--share", `${Math.round(8 + 52 * (time / longest))}%`);
    return el("td", {}, button);
  };
  const matrix = (people) => {
    const shared = people.map((a) =>
      people.map((b) => (a === b ? { time: 0 } : overlap(a.appearances, b.appearances))),
    );
    const longest = Math.max(...shared.flat().map(({ time }) => time));
    const head = (who) =>
      el(
        "th",
        { scope: "col" },
        el("span", { class: "thumb", title: who.name }, cv.img(who.cover, 28)),
        el("span", { class: "hide" }, who.name),
      );
    const rows = people.map((a, i) =>
      el(
        "tr",
        {},
        el("th", { scope: "row" }, a.name),
        people.map((b, j) =>
          i === j ? el("td", { class: "self" }) : cell(a, b, shared[i][j], longest),
        ),
      ),
    );
    return el(
      "table",
      {},
      el("thead", {}, el("tr", {}, el("td", {}), people.map(head))),
      el("tbody", {}, rows),
    );
  };
  cv.drawTogether = (people) => {
    $("together").hidden = people.length < 2;
    if (!$("together-open").open || people.length < 2) return;
    const some = people.slice(0, most);
    $("together-table").replaceChildren(matrix(some));
    $("together-more").hidden = people.length <= most;
    $("together-more").textContent = `Show all ${people.length} people`;
  };
  $("together-open").addEventListener("toggle", () => cv.drawTogether(cv.visible()));
  $("together-more").addEventListener("click", () => {
    most = Infinity;
    cv.drawTogether(cv.visible());
  });
})();
