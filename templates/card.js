"use strict";
// ---- the content of a person's card: faces, name and facts, table of appearances
(() => {
  const { data, el, store } = cv;
  const PREVIEW = 20; // most faces on a folded card

  const clothing = data.clothing;
  cv.cellOf = (chip, tracks, extra = {}) => {
    const track = data.chips.track[chip];
    const state = store.result.state;
    const byHand = state.byHand.has(track);
    const note = byHand ? null : clothing[track];
    const confidence = cv.percent(cv.confidence(state, track));
    const label = state.labels[track];
    const whose = label >= 0 ? store.result.byLabel.get(label).name : "Unknown";
    const reason = note ? note[2] : byHand ? "Assigned by you." : "";
    return {
      chip,
      tracks,
      tc: data.chips.tc[chip],
      alt: `${whose} at ${data.chips.tc[chip]}`,
      caption: label >= 0 ? confidence : "",
      badge: byHand ? { kind: "hand", words: "by you" } : note && { kind: note[0], words: note[1] },
      title: label >= 0 ? `Confidence ${confidence}. ${reason}`.trim() : reason,
      ...extra,
    };
  };
  const spread = (list, count) =>
    list.length <= count
      ? list
      : list.filter(
          (_, i) =>
            Math.floor((i * count) / list.length) !== Math.floor(((i - 1) * count) / list.length),
        );
  const short = (who) =>
    spread(
      who.appearances.filter((span) => cv.chipOfSpan(span) >= 0),
      PREVIEW,
    ).map((span) => {
      const kept = span.tracks.flatMap((track) => cv.chipsOf[track]).filter(cv.shown).length;
      return cv.cellOf(cv.chipOfSpan(span), span.tracks, {
        first: true,
        more: kept > 1 ? kept - 1 : 0,
      });
    });
  const long = (who) => {
    const begins = new Set(who.appearances.map((span) => span.tracks[0]));
    const seen = new Set();
    return who.chips.filter(cv.shown).map((chip) => {
      const track = data.chips.track[chip];
      const first = begins.has(track) && !seen.has(track);
      seen.add(track);
      return cv.cellOf(chip, [track], { first });
    });
  };

  const table = (who) => {
    const body = el("tbody");
    const details = el(
      "details",
      { ontoggle: () => body.childElementCount || fillTable(body, who) },
      el("summary", {}, "Table of appearances"),
      el(
        "div",
        {
          class: "scroll",
          tabindex: 0,
          role: "region",
          "aria-label": `Appearances of ${who.name}`,
        },
        el(
          "table",
          {},
          el(
            "thead",
            {},
            el(
              "tr",
              {},
              ["#", "In", "Out", "Duration", "Shot"].map((name) =>
                el("th", { scope: "col" }, name),
              ),
            ),
          ),
          body,
        ),
      ),
      el(
        "p",
        { class: "hint" },
        "The out point is the first frame after the appearance. Click a timecode to copy it.",
      ),
    );
    return details;
  };
  const fillTable = (body, who) =>
    body.append(
      ...who.appearances.map((span, i) => {
        const tc = (text) =>
          el(
            "td",
            {},
            el("button", { class: "tc", type: "button", onclick: () => cv.copy(text) }, text),
          );
        return el(
          "tr",
          {},
          el("td", {}, i + 1),
          tc(cv.startOf(span)),
          tc(cv.endOf(span)),
          el("td", {}, cv.lengthOf(span)),
          el("td", {}, span.shot + 1),
        );
      }),
    );

  const menu = (who) => {
    const item = (name, key, act, why) =>
      el(
        "button",
        {
          class: "quiet",
          type: "button",
          title: `${why} (${key})`,
          "data-key": `${key}-${who.label}`,
          onclick: () => act(who.label),
        },
        name,
      );
    return el(
      "p",
      { class: "acts" },
      item("Merge", "m", cv.mergeWith, "Merge with another person"),
      who.tracks.length > 1 && item("Split", "s", cv.splitInTwo, "Split into two people"),
      who.hidden
        ? item("Show", "h", cv.showAgain, "Show this person again")
        : item("Hide", "h", cv.hidePerson, "Hide this person and leave them out of exports"),
    );
  };
  const naming = (who) =>
    el(
      "button",
      {
        class: "name",
        type: "button",
        "data-key": `name-${who.label}`,
        title: "Rename (e)",
        onclick: (event) => cv.rename(who.label, event.currentTarget.parentElement),
      },
      who.name,
    );
  const clothed = (who) => {
    const kinds = new Map();
    for (const span of who.appearances) {
      const words = new Set(
        span.tracks
          .filter((t) => clothing[t] && !store.result.state.byHand.has(t))
          .map((t) => clothing[t][0]),
      );
      for (const kind of words) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    return [...kinds].map(([kind, n]) => el("span", {}, `${n} ${kind} by clothing`));
  };
  // Names that a gallery suggests but did not give; a click takes one.
  const likely = (who) => {
    const candidates = who.named ? [] : (data.candidates?.[who.label] ?? []);
    const button = ([name, distance]) =>
      el(
        "button",
        {
          class: "plain",
          type: "button",
          title: `Name this person ${name} (distance ${distance.toPrecision(2)})`,
          onclick: () => cv.name(who.label, name),
        },
        `${name} (${distance.toPrecision(2)})`,
      );
    return (
      candidates.length > 0 && el("p", { class: "likely" }, "Suggested: ", candidates.map(button))
    );
  };
  const identity = (who) => {
    const side = el("input", {
      type: "checkbox",
      class: "pick",
      "aria-label": `Select ${who.name}`,
      "data-key": `pick-${who.label}`,
      onchange: (e) => cv.picked.person(who.label, e.target.checked),
    });
    side.checked = cv.picked.people.has(who.label);
    return el(
      "div",
      { class: "id" },
      el(
        "div",
        { class: "portrait" },
        el(
          "button",
          {
            class: "cover",
            type: "button",
            "aria-label": `${who.name}, cover picture`,
            onclick: () =>
              who.chips.length &&
              cv.view(
                who.chips.filter(cv.shown),
                Math.max(0, who.chips.filter(cv.shown).indexOf(who.cover)),
              ),
          },
          cv.img(who.cover, 160),
        ),
        side,
      ),
      el(
        "div",
        {},
        el("h3", { id: `name-${who.label}` }, naming(who)),
        el(
          "p",
          { class: "time" },
          el("b", {}, cv.spoken(who.time)),
          " ",
          el("span", {}, `${cv.share(who.time)} of the video`),
        ),
        el(
          "p",
          { class: "more" },
          el("span", {}, cv.plural(who.appearances.length, "appearance")),
          clothed(who),
          el(
            "span",
            {
              class: "confidence",
              title:
                "The average probability that a face on this card is this person, calibrated on labelled clips (at most 95%). Faces that you assigned count as certain. It does not tell whether this person has another card.",
            },
            `confidence ${cv.percent(who.confidence)}`,
          ),
        ),
        likely(who),
        menu(who),
      ),
    );
  };
  cv.share = (time) => {
    const part = (100 * time) / data.length_s;
    if (part > 0 && part < 0.1) return "< 0.1%";
    return part > 0 && part < 9.95 ? `${part.toFixed(1)}%` : `${Math.round(part)}%`;
  };
  cv.facesOf = (who, all) => (all ? long(who) : short(who));
  cv.identity = identity;
  cv.tableOf = table;
})();
