"use strict";
// ---- what the pages of a film and of a project do alike: asking the server, the order of people,
// questions, keys
(() => {
  const { el, $ } = cv;

  // ---- the server: what it answers; an error has the status of the reply, if there was one
  cv.get = async (path, options) => {
    const reply = await fetch(path, options);
    const answer = await reply.json();
    if (!reply.ok) throw Object.assign(new Error(answer.error), { status: reply.status });
    return answer;
  };
  cv.post = (path, body) =>
    cv.get(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  cv.GONE =
    "The review server has stopped, so corrections are no longer saved. Start cluster-video review again.";
  cv.status = (text, wrong = false) => {
    $("status").textContent = text;
    $("status").classList.toggle("wrong", wrong);
  };

  // ---- people
  // An order of keys for people who are now sorted like this: known ones keep their places, so that
  // nobody jumps, and a new one comes after the one before it.
  cv.keepOrder = (order, sorted, isThere) => {
    const kept = order.filter(isThere);
    const known = new Set(kept);
    sorted.forEach((key, i) => {
      if (!known.has(key)) kept.splice(kept.indexOf(sorted[i - 1]) + 1, 0, key);
    });
    return kept;
  };
  // How many people match the filter, in words.
  cv.drawShown = (found, all) => {
    const how = $("sort").selectedOptions[0].textContent.toLowerCase();
    const total = cv.plural(all, "person", "people");
    $("shown").textContent = `${found === all ? "" : `${found} of `}${total}, sorted by ${how}`;
  };
  // Make these the children of an element, in this order; what is in place stays untouched.
  cv.fill = (host, children) => {
    const keep = new Set(children);
    for (const child of [...host.children]) if (!keep.has(child)) child.remove();
    children.forEach((child, i) => {
      if (host.children[i] !== child) host.insertBefore(child, host.children[i] ?? null);
    });
  };
  cv.rank = (who) => (who.named ? 1e9 : 0) + who.time; // of two that are joined, the higher stays

  // ---- questions
  cv.answerButton = (name, key, run, lead) =>
    el(
      "button",
      {
        class: lead ? "quiet lead" : "quiet",
        type: "button",
        "data-key": `ask-${key}`,
        "aria-keyshortcuts": key,
        onclick: run,
      },
      name,
      el("kbd", { "aria-hidden": "true" }, key),
    );
  // Asks again what was left out, once `act` has let it in.
  cv.againButton = (words, act) =>
    el(
      "button",
      {
        class: "quiet",
        type: "button",
        "data-key": "ask-y",
        onclick: () => {
          act();
          cv.drawQuestion();
        },
      },
      words,
    );

  // ---- keys
  cv.showKeys = (keys, hint) => {
    const { close } = cv.dialog(
      "Keyboard shortcuts",
      el(
        "dl",
        { class: "keys" },
        keys.map(([key, words]) => [el("dt", {}, key), el("dd", {}, words)]),
      ),
      el("p", { class: "hint" }, hint),
    );
    close.textContent = "Close"; // there is nothing to cancel
  };
  // Focus the next person, or the one before.
  cv.step = (roots, at, by) => {
    const next = roots[Math.min(roots.length - 1, Math.max(0, at + by))];
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "nearest" });
  };
  // Ctrl+Z and its like; every other key pressed outside of fields and dialogs is `plain`.
  cv.onKeys = (undo, redo, plain) => {
    const withModifier = (event) => {
      if (event.altKey || !(event.ctrlKey || event.metaKey)) return;
      const key = event.key.toLowerCase();
      const back = key === "z" && !event.shiftKey;
      if (!back && key !== "y" && !(key === "z" && event.shiftKey)) return;
      event.preventDefault();
      (back ? undo : redo)();
    };
    document.addEventListener("keydown", (event) => {
      if (cv.isTyping(event) && event.target.type !== "checkbox") return;
      if (event.ctrlKey || event.metaKey || event.altKey) return withModifier(event);
      if (!event.defaultPrevented && !document.querySelector("dialog[open]")) plain(event);
    });
  };
})();
