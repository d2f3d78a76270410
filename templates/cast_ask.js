"use strict";
// ---- "Are these the same person?": people of different films, the most useful question first
(() => {
  const { el, $, project } = cv;
  const skipped = new Set();
  const MOST = 4; // faces of each side
  let [now, answered] = [null, 0];

  const keyOf = ({ a, b }) => `${cv.memberKey(a)} ${cv.memberKey(b)}`;
  const chance = (p) =>
    p >= 0.95 ? "Almost certainly" : p >= 0.75 ? "Probably" : p >= 0.4 ? "Perhaps" : "Probably not";

  const side = (pair, who) => {
    const film = project.films.get(pair[0]);
    const faces = el("div", { class: "faces-of" });
    cv.looks(...pair).then((found) => {
      faces.replaceChildren(
        ...found
          .slice(0, MOST)
          .map(([face, tc]) =>
            el(
              "figure",
              {},
              cv.face(pair[0], face, 112, `${who.name} in ${film.name}`),
              el("figcaption", {}, tc),
            ),
          ),
      );
    });
    const others = who.films.length - 1;
    return el(
      "div",
      { class: "side" },
      faces,
      el(
        "p",
        {},
        el("b", {}, who.name),
        " · ",
        el("a", { href: cv.placeOf(...pair) }, film.name),
        others > 0 && ` and ${cv.plural(others, "other film")}`,
        ` · ${cv.spoken(who.time)}`,
      ),
    );
  };
  const sides = () => [now.a, now.b].map((pair) => project.byMember.get(cv.memberKey(pair)));
  const answer = (same) => {
    if (!now || project.stopped || project.busy) return;
    const [one, other] = sides();
    const { a, b } = now;
    answered += 1;
    if (one === other) return same ? cv.confirmSame(one, a, b) : cv.takeOut(one, b);
    if (same) return cv.joinTwo(one, other);
    cv.differ(
      one.members.map(({ pair }) => pair),
      other.members.map(({ pair }) => pair),
      `${one.name} and ${other.name} are different people`,
    );
  };
  const skip = () => {
    if (!now) return;
    skipped.add(keyOf(now));
    cv.drawQuestion();
  };
  const end = () =>
    el(
      "p",
      { class: "acts" },
      skipped.size
        ? cv.againButton(`Ask ${cv.plural(skipped.size, "skipped question")} again`, () =>
            skipped.clear(),
          )
        : el("span", { class: "hint" }, "You have answered all questions."),
    );
  const left = (list) => {
    const gain = list.reduce((sum, one) => sum + one.gain_s, 0);
    const done = answered ? `${answered} answered, ` : "";
    return list.length ? `${done}${list.length} left. They decide on ${cv.spoken(gain)} of screen time.` : "";
  };
  cv.drawQuestion = () => {
    const all = project.seen.questions.filter(
      ({ a, b }) => project.byMember.has(cv.memberKey(a)) && project.byMember.has(cv.memberKey(b)),
    );
    for (const key of skipped) if (!all.some((one) => keyOf(one) === key)) skipped.delete(key);
    const list = all.filter((one) => !skipped.has(keyOf(one)));
    now = list[0] ?? null;
    $("ask").hidden = !all.length && !answered; // no panel where there was never a question
    $("ask-left").textContent = left(list);
    cv.keepingFocus(() => $("question").replaceChildren(...(now ? ask() : [end()])));
  };
  const ask = () => {
    const [one, other] = sides();
    return [
      el(
        "h3",
        {},
        "Are these the same person? ",
        el(
          "span",
          { class: "chance" },
          `${chance(now.probability)} (${cv.percent(now.probability)})`,
        ),
      ),
      el("div", { class: "pair-of" }, side(now.a, one), side(now.b, other)),
      el(
        "div",
        { class: "answers" },
        cv.answerButton("Same", "y", () => answer(true), true),
        cv.answerButton("Different", "n", () => answer(false)),
        cv.answerButton("Not sure", "s", skip),
      ),
    ];
  };
  cv.answer = { y: () => answer(true), n: () => answer(false), s: skip };
})();
