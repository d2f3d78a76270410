"use strict";
// ---- time: one axis for all timelines, the tip under the pointer, the overview
(() => {
  const { data, el, $ } = cv;
  const WIDE = 10000; // width of a timeline's view box
  const MIN = 20; // narrowest bar: 2 px on a desktop screen

  const place = (pts) => (WIDE * cv.seconds(pts)) / data.length_s;
  cv.place = (pts) => Math.min(100, Math.max(0, place(pts) / 100));
  cv.path = (spans) =>
    spans
      .map(({ start, end }) => {
        const width = Math.max(MIN, place(end) - place(start));
        return `M${Math.round(Math.min(WIDE - MIN, place(start)))} 0h${Math.round(width)}v1h-${Math.round(width)}z`;
      })
      .join("");
  const cuts = data.shots
    .slice(1)
    .map((pts) => `M${Math.round(place(pts))} 0v1`)
    .join("");
  $("cuts").append(el("path", { class: data.shots.length > 250 ? "cut dense" : "cut", d: cuts }));

  // A timeline of appearances.
  cv.bar = (spans, label) => {
    const bar = el(
      "svg",
      {
        class: "bar",
        ...(label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" }),
      },
      el(
        "svg",
        { viewBox: `0 0 ${WIDE} 1`, preserveAspectRatio: "none", width: "100%", height: "100%" },
        el("path", { class: "seen", d: cv.path(spans) }),
      ),
      el("use", { href: "#cuts", width: "100%", height: "100%" }),
      el("line", { class: "here", y1: "-4", y2: "100%" }),
    );
    bar.spans = spans;
    return bar;
  };
  cv.ruler = () => {
    const svg = el("svg", { class: "ruler", "aria-hidden": "true" });
    data.ticks.forEach(([x, label], i) => {
      const last = i === data.ticks.length - 1 && Number(x) > 96;
      const text = el("text", { x: `${x}%`, y: 10, class: last && "end" }, label);
      svg.append(el("line", { x1: `${x}%`, x2: `${x}%`, y1: 14, y2: 20 }), text);
    });
    return svg;
  };
  const { start_tc, end_tc } = data.tracks;
  cv.startOf = (span) => start_tc[span.startTrack];
  cv.endOf = (span) => end_tc[span.endTrack];
  cv.lengthOf = (span) => cv.spoken(cv.seconds(span.end) - cv.seconds(span.start));

  // ---- pointing at a bar
  const tip = $("tip");
  const playhead = $("playhead");
  const spanAt = (event, bar) => {
    const box = bar.getBoundingClientRect();
    const pts =
      data.zero_pts +
      (((event.clientX - box.left) / box.width) * data.length_s * data.time_base[1]) /
        data.time_base[0];
    const slack = (3 / box.width) * data.length_s * (data.time_base[1] / data.time_base[0]);
    return bar.spans?.find((span) => pts >= span.start - slack && pts <= span.end + slack);
  };
  cv.chipOfSpan = (span) => {
    const chips = span.tracks.flatMap((track) => cv.chipsOf[track]).filter(cv.shown);
    return chips.reduce(
      (a, b) => (a < 0 || data.chips.quality[b] > data.chips.quality[a] ? b : a),
      -1,
    );
  };
  cv.tipAt = (box, x, pictures, text) => {
    tip.replaceChildren(
      el(
        "div",
        {},
        pictures.map((src) => el("img", { src, alt: "", height: 96 })),
      ),
      el("span", {}, text),
    );
    tip.hidden = false;
    const left = Math.min(Math.max(8, x - tip.offsetWidth / 2), innerWidth - tip.offsetWidth - 8);
    const above = box.top - tip.offsetHeight - 8;
    tip.style.left = `${left}px`;
    tip.style.top = `${above < 8 ? box.bottom + 8 : above}px`;
  };
  cv.hideTip = () => {
    tip.hidden = true;
  };
  document.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch") return;
    const bar = event.target.closest?.("svg.bar");
    const span = bar && spanAt(event, bar);
    if (span) {
      const chip = cv.chipOfSpan(span);
      const text = `${cv.startOf(span)} – ${cv.endOf(span)} · ${cv.lengthOf(span)}`;
      cv.tipAt(
        bar.getBoundingClientRect(),
        event.clientX,
        chip < 0 ? [] : [cv.picture(chip)],
        text,
      );
    } else if (!event.target.closest?.(".chip")) cv.hideTip();
    const lines = event.target.closest?.(".lines");
    playhead.hidden = !(lines && bar);
    if (lines && bar)
      playhead.style.left = `${event.clientX - lines.getBoundingClientRect().left}px`;
  });
  addEventListener("scroll", cv.hideTip, { passive: true });
  document.addEventListener("click", (event) => {
    const bar = event.target.closest?.(".card svg.bar, .line svg.bar");
    const span = bar && spanAt(event, bar);
    if (!span) return;
    event.preventDefault();
    cv.playOrCopy(span.start, cv.startOf(span));
  });

  // ---- the overview: a row per person, redrawn only if the person has changed
  const lines = $("lines");
  const drawn = new Map();
  const line = (who, i) => {
    const spoken = cv.spoken(who.time);
    const label = `${who.name}, ${spoken}, ${cv.plural(who.appearances.length, "appearance")}`;
    return el(
      "a",
      {
        class: `line c${(who.number - 1) % 8}`,
        href: `#${who.id}`,
        "aria-label": label,
        "data-label": who.label,
        "data-key": `line-${who.label}`,
      },
      el(
        "span",
        { class: "who" },
        el("span", { class: "thumb" }, cv.img(who.cover, 28)),
        el("b", {}, who.name),
        el("i", {}, spoken),
      ),
      cv.bar(who.appearances),
    );
  };
  const nobody = (members) => {
    const spans = new cv.Group([...members]).appearances.map((span) => span);
    const time = cv.spoken(
      spans.reduce((sum, s) => sum + cv.seconds(s.end) - cv.seconds(s.start), 0),
    );
    return el(
      "a",
      { class: "line none", href: "#unknown" },
      el(
        "span",
        { class: "who" },
        el("span", { class: "thumb" }, cv.img(-1, 28)),
        el("b", {}, "Unknown"),
        el("i", {}, time),
      ),
      cv.bar(spans),
    );
  };
  cv.drawOverview = (people, unknown) => {
    const rows = people.map((who) => {
      const old = drawn.get(who.label);
      if (old?.who === who) return old.row;
      const row = line(who);
      drawn.set(who.label, { who, row });
      return row;
    });
    const unknownTracks = [...unknown]
      .filter(([reason]) => reason !== "not a face")
      .flatMap(([, members]) => members);
    if (unknownTracks.length) rows.push(nobody(unknownTracks));
    const now = [...lines.children].slice(1, -1); // without ruler and playhead
    if (now.length !== rows.length || now.some((row, i) => row !== rows[i])) {
      now.forEach((row) => rows.includes(row) || row.remove());
      rows.forEach((row, i) => {
        if (lines.children[i + 1] !== row) lines.insertBefore(row, lines.children[i + 1]);
      });
    }
    lines.classList.toggle("tall", people.length > 24);
    $("overview").hidden = !rows.length;
  };
  lines.prepend(el("div", { class: "line head" }, el("span", {}), cv.ruler()));
})();
