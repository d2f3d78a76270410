"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // ---- data: parsed on first use, so that a page of 8 MB still opens at once
  let parsed = null;
  const data = () => (parsed ??= JSON.parse($("data").textContent));
  const jpeg = (base64) => (base64 ? "data:image/jpeg;base64," + base64 : "");
  const torso = (i) => jpeg(data().torsos[i]);
  const source = (i) => {
    const own = data().pictures[i];
    if (own) return jpeg(own);
    const cover = document.querySelector(`img[data-cover="${i}"]`);
    return cover ? cover.src : "";
  };

  // ---- pictures: a chip gets its picture when it comes near the window
  const show = (img) => {
    if (img.src) return;
    const i = Number(img.closest("[data-i]").dataset.i);
    const src = img.matches(".torso") ? torso(i) : source(i);
    if (src) img.src = src;
  };
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        watcher.unobserve(entry.target);
        show(entry.target);
      }
    },
    { rootMargin: "400px" },
  );
  const chipPictures = all(".chip img");
  chipPictures.forEach((img) => watcher.observe(img));
  addEventListener("beforeprint", () => chipPictures.forEach(show));

  const cards = all(".card");
  const rows = all(".matrix a[data-row]");
  rows.forEach((row, i) => {
    const cover = cards[i].querySelector(".cover img");
    if (!cover) return;
    const img = new Image(28, 28);
    img.alt = "";
    img.decoding = "async";
    img.src = cover.src;
    row.querySelector(".thumb").replaceChildren(img);
  });

  // ---- copy a timecode
  let toastTimer = 0;
  const viewer = $("viewer");
  const toast = (text) => {
    (viewer.open ? viewer : document.body).append($("toast")); // a dialog covers all else
    $("toast").textContent = text;
    $("toast").classList.add("up");
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => $("toast").classList.remove("up"), 1800);
  };
  const copyByHand = (text, host) => {
    const field = document.createElement("textarea");
    field.value = text;
    host.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  };
  const copy = async (text) => {
    const active = document.activeElement;
    let done = true;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      done = copyByHand(text, viewer.open ? viewer : document.body);
      active?.focus();
    }
    toast(done ? "Copied " + text : "This browser does not let pages copy");
  };

  // ---- the viewer
  let strip = [];
  let at = 0;
  const fact = (term, value) => {
    const dt = document.createElement("dt");
    const dd = document.createElement("dd");
    dt.textContent = term;
    dd.textContent = value;
    return [dt, dd];
  };
  const put = (img, src, alt) => {
    img.hidden = !src;
    if (src) img.src = src;
    else img.removeAttribute("src");
    img.alt = alt;
  };
  const fill = () => {
    const i = strip[at];
    const [owner, timecode, frame, shot, seconds, quality, score, height] = data().chips[i];
    const name = data().names[owner];
    const evidence = data().evidence[i] ?? "";
    put($("viewer-picture"), source(i), `${name} at ${timecode}`);
    put($("viewer-torso"), torso(i), `Clothes of ${name} at ${timecode}`);
    $("viewer-evidence").textContent = evidence;
    $("viewer-worn").hidden = !evidence;
    $("viewer-name").textContent = name;
    $("viewer-tc").textContent = timecode;
    $("viewer-place").textContent = `Face ${at + 1} of ${strip.length}`;
    $("viewer-facts").replaceChildren(
      ...fact("Time", `${seconds.toFixed(2)} s`),
      ...fact("Frame", String(frame)),
      ...fact("Shot", String(shot)),
      ...fact("Face height", `${height} px`),
      ...fact("Quality", quality.toFixed(2)),
      ...fact("Score", score.toFixed(2)),
    );
    $("viewer-back").disabled = at === 0;
    $("viewer-on").disabled = at === strip.length - 1;
  };
  const step = (by) => {
    const next = at + by;
    if (next < 0 || next >= strip.length) return;
    at = next;
    fill();
  };
  const open = (button) => {
    const list = button.closest(".card, .reason").querySelectorAll(".chip");
    strip = [...list].map((chip) => Number(chip.dataset.i));
    const wanted = Number(button.dataset.i);
    if (!strip.includes(wanted)) strip.unshift(wanted);
    at = strip.indexOf(wanted);
    fill();
    viewer.showModal();
  };
  $("viewer-back").addEventListener("click", () => step(-1));
  $("viewer-on").addEventListener("click", () => step(1));
  $("viewer-close").addEventListener("click", () => viewer.close());
  viewer.addEventListener("click", (event) => {
    if (event.target === viewer) viewer.close();
  });
  viewer.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") step(-1);
    if (event.key === "ArrowRight") step(1);
  });

  // ---- chips: one stop of the Tab key each strip, arrows inside it
  const unclip = (list, wide) => {
    list.classList.toggle("clip", !wide);
    const button = list.parentElement.querySelector(".unclip");
    button.setAttribute("aria-expanded", String(wide));
    button.textContent = wide ? "Show fewer" : `Show all ${list.children.length} faces`;
  };
  const clipped = all(".chips.clip");
  $("all")?.addEventListener("change", (event) => {
    clipped.forEach((list) => unclip(list, event.target.checked));
  });
  for (const list of all(".chips")) list.querySelector("li:not(.rest) .chip").tabIndex = 0;
  const nextLine = (chips, chip, way) => {
    const place = (other) => other.getBoundingClientRect(); // chips with a torso are wider
    const { top, left } = place(chip);
    const beyond = chips.filter((other) => way * (place(other).top - top) > 1);
    const line = Math.min(...beyond.map((other) => way * place(other).top));
    const off = (other) => Math.abs(place(other).left - left);
    return beyond
      .filter((other) => way * place(other).top - line < 1)
      .sort((a, b) => off(a) - off(b))[0];
  };
  const target = (chips, chip, key) => {
    const now = chips.indexOf(chip);
    if (key === "ArrowLeft") return chips[now - 1];
    if (key === "ArrowRight") return chips[now + 1];
    if (key === "ArrowUp") return nextLine(chips, chip, -1);
    if (key === "ArrowDown") return nextLine(chips, chip, 1);
    return { Home: chips[0], End: chips.at(-1) }[key];
  };
  document.addEventListener("keydown", (event) => {
    const chip = event.target.closest(".chip");
    if (chip && !event.altKey && !event.ctrlKey && !event.metaKey) {
      const chips = all(".chip", chip.closest(".chips")).filter((other) => other.offsetParent);
      const next = target(chips, chip, event.key);
      if (next) {
        event.preventDefault();
        chip.tabIndex = -1;
        next.tabIndex = 0;
        next.focus();
      } else if (event.key === "c") {
        copy(chip.nextElementSibling.textContent);
      }
    }
    if (event.key === "/" && !event.target.closest("input, select, textarea")) {
      const field = $("by-name");
      if (!field || viewer.open) return;
      event.preventDefault();
      field.focus();
    }
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.classList.contains("tc")) copy(button.textContent);
    else if (button?.matches(".chip, .cover")) open(button);
    else if (button?.classList.contains("unclip")) {
      const list = $(button.getAttribute("aria-controls"));
      unclip(list, list.classList.contains("clip"));
    } else if (event.target.matches(".card .bar rect")) {
      copy(label(event.target).split(" ")[0]);
    }
  });

  // ---- timelines: what is under the pointer, and where a chip lies
  const labels = new WeakMap();
  const label = (rect) => {
    const title = rect.querySelector("title");
    if (title) {
      labels.set(rect, title.textContent);
      title.remove(); // or the browser would show a second tip
    }
    return labels.get(rect) ?? "";
  };
  const nearest = (card, percent) => {
    let best = null;
    for (const chip of card.querySelectorAll(".chip")) {
      const off = Math.abs(chip.dataset.x - percent);
      if (!best || off < best.off) best = { chip, off };
    }
    return best?.chip;
  };
  const tip = $("tip");
  const playhead = $("playhead");
  const showTip = (event, bar, rect) => {
    const row = bar.closest("[data-row]");
    const card = row ? cards[row.dataset.row] : bar.closest(".card");
    if (!card) return hideTip();
    const order = [...rect.parentElement.querySelectorAll("rect")].indexOf(rect);
    const text = label(card.querySelectorAll(".body > .bar rect")[order]);
    const box = bar.getBoundingClientRect();
    const chip = nearest(card, (100 * (event.clientX - box.left)) / box.width);
    const src = chip ? source(Number(chip.dataset.i)) : "";
    const [img, span] = tip.children;
    img.hidden = !src;
    if (src) img.src = src;
    span.textContent = text;
    tip.hidden = false;
    const wide = tip.offsetWidth;
    const x = Math.min(Math.max(8, event.clientX - wide / 2), innerWidth - wide - 8);
    const above = box.top - tip.offsetHeight - 8;
    tip.style.left = `${x}px`;
    tip.style.top = `${above < 8 ? box.bottom + 8 : above}px`;
  };
  const hideTip = () => {
    tip.hidden = true;
  };
  document.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch") return;
    const bar = event.target.closest?.(".bar");
    if (bar && event.target.matches("rect")) showTip(event, bar, event.target);
    else hideTip();
    const matrix = event.target.closest?.(".matrix");
    playhead.hidden = true;
    if (matrix && bar) {
      playhead.style.left = `${event.clientX - matrix.getBoundingClientRect().left}px`;
      playhead.hidden = false;
    }
  });
  addEventListener("scroll", hideTip, { passive: true });
  const here = (event) => {
    const chip = event.target.closest?.(".card .chip");
    all(".here.on").forEach((mark) => mark.classList.remove("on"));
    if (!chip) return;
    const mark = chip.closest(".card").querySelector(".here");
    mark.setAttribute("x1", chip.dataset.x + "%");
    mark.setAttribute("x2", chip.dataset.x + "%");
    mark.classList.add("on");
  };
  document.addEventListener("pointerover", here);
  document.addEventListener("focusin", here);
})();
