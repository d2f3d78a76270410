"use strict";
// ---- dialogs: any, confirm, choose a person; typing a name in place
(() => {
  const { el, $ } = cv;

  const dialog = (cv.dialog = (title, ...content) => {
    const close = el(
      "button",
      { class: "quiet", type: "button", onclick: () => box.close() },
      "Cancel",
    );
    const heading = el("h2", { id: "asked" }, title);
    const foot = el("p", { class: "steps" });
    const box = el(
      "dialog",
      { class: "asking", "aria-labelledby": "asked" },
      el("div", { class: "about" }, heading, content, foot),
    );
    const back = document.activeElement;
    foot.append(close);
    box.addEventListener("close", () => {
      box.remove();
      if (back?.isConnected) back.focus({ preventScroll: true });
    });
    box.addEventListener("click", (event) => event.target === box && box.close());
    document.body.append(box);
    box.showModal();
    return { box, foot, close };
  });
  const first = (box, button) => box.foot.prepend(button);

  cv.confirm = (title, text, words, act, otherwise) => {
    const asked = dialog(title, el("p", {}, text));
    const press = (then) => () => {
      asked.box.close();
      then();
    };
    if (otherwise)
      first(
        asked,
        el(
          "button",
          { class: "quiet", type: "button", onclick: press(otherwise.act) },
          otherwise.words,
        ),
      );
    const yes = el("button", { class: "quiet lead", type: "button", onclick: press(act) }, words);
    first(asked, yes);
    yes.focus();
  };

  // Choose a person by picture and name: typing filters, arrows move, Enter chooses.
  cv.choose = (title, people, act, extra) => {
    const list = el("ul", { id: "choices", role: "listbox", "aria-label": "People" });
    const field = el("input", {
      type: "search",
      role: "combobox",
      "aria-expanded": "true",
      "aria-controls": "choices",
      "aria-autocomplete": "list",
      "aria-label": "Name",
      placeholder: "Name",
      autocomplete: "off",
      spellcheck: "false",
    });
    const asked = dialog(title, field, list);
    let [options, at] = [[], 0];
    const take = (option) => {
      asked.box.close();
      act(option.who, option.name);
    };
    const mark = (to) => {
      at = Math.min(options.length - 1, Math.max(0, to));
      options.forEach(({ root }, i) => root.setAttribute("aria-selected", String(i === at)));
      options[at]?.root.scrollIntoView({ block: "nearest" });
      if (options[at]) field.setAttribute("aria-activedescendant", options[at].root.id);
      else field.removeAttribute("aria-activedescendant");
    };
    const draw = () => {
      const typed = cv.tidy(field.value);
      const fits = people.filter((who) => who.name.toLowerCase().includes(typed.toLowerCase()));
      options = fits.slice(0, 100).map((who) => ({
        who,
        words: [
          el("span", { class: "thumb" }, cv.img(who.cover, 28)),
          el("b", {}, who.name),
          el("i", {}, cv.spoken(who.time)),
        ],
      }));
      if (extra)
        options.push({ name: typed, words: [el("b", {}, typed ? `${extra}: ${typed}` : extra)] });
      options.forEach((option, i) => {
        option.root = el(
          "li",
          {
            role: "option",
            id: `choice-${i}`,
            class: option.who && `c${(option.who.number - 1) % 8}`,
            onclick: () => take(option),
          },
          option.words,
        );
      });
      list.replaceChildren(...options.map(({ root }) => root));
      mark(0);
    };
    field.addEventListener("input", draw);
    field.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) mark(at + step);
      else if (event.key === "Enter" && options[at]) take(options[at]);
      else return;
      event.preventDefault();
    });
    draw();
    field.focus();
  };

  // Type a person's name in the place of the button that shows it, with these as suggestions; Enter
  // and leaving keep it, Escape not.
  cv.typeName = (button, who, names, done) => {
    const offered = [...new Set(names)].sort((a, b) => a.localeCompare(b));
    $("names").replaceChildren(...offered.map((name) => el("option", { value: name })));
    const value = who.named ? who.name : "";
    const field = el("input", {
      class: "naming",
      list: "names",
      maxlength: 200,
      "aria-label": `Name of ${who.name}`,
      autocomplete: "off",
      spellcheck: "false",
      placeholder: `Person ${who.number}`,
    });
    field.value = value;
    let over = false;
    const end = (keep) => {
      if (over) return;
      over = true;
      const name = cv.tidy(field.value);
      if (field.isConnected) field.replaceWith(button);
      button.focus({ preventScroll: true });
      if (keep && name !== value) done(name);
    };
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault(); // or Enter would press the button that comes back
      end(event.key === "Enter");
    });
    field.addEventListener("blur", () => end(true));
    button.replaceWith(field);
    field.select();
  };
})();
