"use strict";
// ---- one face enlarged; the video from there, with boxes and names
(() => {
  const { data, el, $, store } = cv;
  const { chips, tracks } = data;
  const viewer = $("viewer");
  let [strip, at] = [[], 0];

  const fact = (term, value) => [el("dt", {}, term), el("dd", {}, value)];
  const put = (img, src, alt) => {
    img.hidden = !src;
    if (src) img.src = src;
    else img.removeAttribute("src");
    img.alt = alt;
  };
  const fill = () => {
    const chip = strip[at];
    const track = chips.track[chip];
    const label = store.result.state.labels[track];
    const name = label >= 0 ? store.result.byLabel.get(label).name : "Unknown";
    const facts = cv.cellOf(chip, [track]);
    put($("viewer-picture"), cv.picture(chip), `${name} at ${facts.tc}`);
    put($("viewer-torso"), cv.torso(chip), `Clothing of ${name} at ${facts.tc}`);
    $("viewer-torso").onerror = () => ($("viewer-torso").hidden = true);
    $("viewer-evidence").textContent = facts.title;
    $("viewer-clothing").hidden = !facts.title && !cv.torso(chip);
    $("viewer-name").textContent = name;
    $("viewer-tc").textContent = facts.tc;
    $("viewer-place").textContent = `Face ${at + 1} of ${strip.length}`;
    $("viewer-facts").replaceChildren(
      ...fact("Time", `${cv.seconds(chips.pts[chip]).toFixed(2)} s`),
      ...fact("Frame", String(chips.frame[chip])),
      ...fact("Shot", String(tracks.shot[track] + 1)),
      ...fact("Face height", `${chips.height[chip]} px`),
      ...fact("Quality", chips.quality[chip].toFixed(2)),
      ...fact("Detection score", chips.score[chip].toFixed(2)),
    );
    const act = (words, run) =>
      el(
        "button",
        {
          class: "quiet",
          type: "button",
          onclick: () => {
            viewer.close();
            run();
          },
        },
        words,
      );
    $("viewer-acts").replaceChildren(
      ...[
        cv.canPlay() && act("Play from here", () => cv.play(chips.pts[chip])),
        label >= 0 && act("Use as cover", () => cv.setCover(chip)),
        act("Move to…", () => cv.moveTracks([track])),
        label >= 0 && act("Not this person", () => cv.notThisPerson([track])),
        act("Not a face", () => cv.notAFace([track])),
      ].filter(Boolean),
    );
    $("viewer-back").disabled = at === 0;
    $("viewer-on").disabled = at === strip.length - 1;
  };
  const step = (by) => {
    if (at + by < 0 || at + by >= strip.length) return;
    at += by;
    fill();
  };
  cv.view = (list, start) => {
    if (list[start] < 0) return;
    cv.hideTip();
    strip = list.filter((chip) => chip >= 0);
    at = strip.indexOf(list[start]);
    fill();
    viewer.showModal();
  };
  $("viewer-back").addEventListener("click", () => step(-1));
  $("viewer-on").addEventListener("click", () => step(1));
  $("viewer-close").addEventListener("click", () => viewer.close());
  $("viewer-tc").addEventListener("click", () => cv.copy($("viewer-tc").textContent));
  viewer.addEventListener("click", (event) => event.target === viewer && viewer.close());
  viewer.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") step(-1);
    if (event.key === "ArrowRight") step(1);
  });

  // ---- the video: from the server or, on a page from disk, a file that the reader opens
  const player = $("player");
  const film = $("film");
  const boxes = $("boxes");
  let source = data.mode === "live" ? "video" : "";
  let origin_s = 0; // `film.currentTime` at which a player shows 0:00
  let isOriginKnown = !data.zero_pts;
  let seen = null; // track → its faces, { pts, boxes }
  boxes.setAttribute("viewBox", `0 0 ${data.width} ${data.height}`);
  $("screen").style.aspectRatio = `${data.width} / ${data.height}`;
  cv.canPlay = () => Boolean(source);
  cv.playWords = source ? "Play from here (c: copy the timecode)" : "Copy the timecode";
  const fetchFaces = async () => {
    if (data.mode !== "live" || seen) return;
    const faces = await (await fetch("faces")).json();
    seen = new Map();
    faces.track.forEach((track, i) => {
      if (!seen.has(track)) seen.set(track, { pts: [], boxes: [] });
      seen.get(track).pts.push(faces.pts[i]);
      seen.get(track).boxes.push(faces.boxes[i]);
    });
  };
  const byShot = new Map();
  tracks.shot.forEach((shot, track) => {
    if (!byShot.has(shot)) byShot.set(shot, []);
    byShot.get(shot).push(track);
  });
  const shotAt = (pts) => {
    let [low, high] = [0, data.shots.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (data.shots[middle] <= pts) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  // The box of a face, interpolated between detections.
  const boxAt = ({ pts, boxes: sides }, now) => {
    const after = pts.findIndex((time) => time >= now);
    if (after <= 0) return sides[after < 0 ? sides.length - 1 : 0];
    const part = (now - pts[after - 1]) / (pts[after] - pts[after - 1]);
    return sides[after].map((side, i) => sides[after - 1][i] + part * (side - sides[after - 1][i]));
  };
  const label = (track) => {
    const to = store.result.state.labels[track];
    return to >= 0 ? store.result.byLabel.get(to) : null;
  };
  const drawBoxes = () => {
    const now =
      data.zero_pts + ((film.currentTime - origin_s) * data.time_base[1]) / data.time_base[0];
    const there = (byShot.get(shotAt(now)) ?? []).filter(
      (track) =>
        tracks.start_pts[track] <= now &&
        now < tracks.end_pts[track] &&
        store.result.state.labels[track] !== cv.NOT_A_FACE,
    );
    const size = data.height / 24;
    boxes.replaceChildren(
      ...there
        .filter((track) => seen?.has(track))
        .flatMap((track) => {
          const [left, top, right, bottom] = boxAt(seen.get(track), now);
          const who = label(track);
          const colour = who ? `c${(who.number - 1) % 8}` : "none";
          return [
            el("rect", {
              class: colour,
              x: left,
              y: top,
              width: right - left,
              height: bottom - top,
            }),
            el(
              "text",
              {
                class: colour,
                x: left,
                y: top > size * 1.4 ? top - size * 0.35 : bottom + size * 1.05,
                "font-size": size,
              },
              who?.name ?? "?",
            ),
          ];
        }),
    );
    const names = [...new Set(there.map((track) => label(track)?.name ?? "unknown"))];
    $("player-now").textContent = names.length ? names.join(", ") : "No faces";
    if (player.open)
      (film.requestVideoFrameCallback ?? requestAnimationFrame).call(
        film.requestVideoFrameCallback ? film : window,
        drawBoxes,
      );
  };
  // Where a film does not begin at 0 on its own clock, Chromium's `currentTime` is on that clock,
  // and Firefox's is a player's. So see when the first frame is shown.
  const findOrigin = async () => {
    if (isOriginKnown || !film.requestVideoFrameCallback) return;
    const shown = new Promise((done) => {
      film.requestVideoFrameCallback((_, frame) => done(frame.mediaTime));
      film.addEventListener("error", () => done(null), { once: true });
      setTimeout(() => done(null), 2000);
    });
    film.currentTime = 0;
    const first_s = await shown;
    if (first_s === null) return;
    origin_s = first_s - cv.seconds(data.start_pts);
    isOriginKnown = true;
  };
  cv.play = async (pts) => {
    cv.hideTip();
    if (!film.src) film.src = source;
    player.showModal();
    await fetchFaces();
    await findOrigin();
    film.currentTime = origin_s + cv.seconds(pts) + 0.001; // not the frame before
    drawBoxes();
    film.play().catch(() => {}); // a browser may require a click first
  };
  film.addEventListener("error", () => {
    $("player-now").textContent =
      data.mode === "live"
        ? "The video cannot be played: it has moved (start again with --video FILE), or this browser does not support its format."
        : "This browser cannot play this file.";
  });
  film.addEventListener("seeked", () => film.paused && drawBoxes());
  player.addEventListener("close", () => film.pause());
  $("player-close").addEventListener("click", () => player.close());
  $("film-file")?.addEventListener("change", (event) => {
    const [file] = event.target.files;
    if (!file) return;
    source = film.src = URL.createObjectURL(file);
    cv.playWords = "Play from here (c: copy the timecode)";
    cv.toast("Click a timeline or a timecode to play the video from there");
  });
  cv.playOrCopy = (pts, tc) => (source ? cv.play(pts) : cv.copy(tc));
})();
