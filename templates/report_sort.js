"use strict";
// ---- filter and sort: the cards, and with them the rows of the overview
(() => {
  const $ = (id) => document.getElementById(id);
  if (!$("sort")) return;
  const cards = [...document.querySelectorAll(".card")];
  const rows = [...document.querySelectorAll(".matrix a[data-row]")];
  const number = (card, key) => Number(card.dataset[key]);
  const orders = {
    time: (a, b) => number(b, "time") - number(a, "time"),
    first: (a, b) => number(a, "first") - number(b, "first"),
    count: (a, b) => number(b, "count") - number(a, "count"),
    confidence: (a, b) => number(a, "confidence") - number(b, "confidence"),
    name: (a, b) => a.dataset.name.localeCompare(b.dataset.name, undefined, { numeric: true }),
  };
  const apply = () => {
    const name = $("by-name").value.trim().toLowerCase();
    const least = Number($("by-time").value) || 0;
    let count = 0;
    cards.forEach((card, i) => {
      const fits = card.dataset.name.includes(name) && number(card, "time") >= least;
      card.hidden = !fits;
      rows[i].hidden = !fits;
      count += fits;
    });
    const sort = $("sort");
    const order = [...cards].sort(
      (a, b) => orders[sort.value](a, b) || number(a, "order") - number(b, "order"),
    );
    $("cards").append(...order);
    rows[0].parentElement
      .querySelector(".head")
      .after(...order.map((card) => rows[number(card, "order")]));
    const how = sort.selectedOptions[0].textContent.toLowerCase();
    const some = count === cards.length ? `${count}` : `${count} of ${cards.length}`;
    $("shown").textContent = `${some} by ${how}`;
    $("nobody").hidden = count > 0;
  };
  for (const id of ["by-name", "by-time", "sort"]) $(id).addEventListener("input", apply);
  $("reset").addEventListener("click", () => {
    $("by-name").value = "";
    $("by-time").value = "";
    apply();
    $("by-name").focus();
  });
})();
