// A person named in the address, as #person-3, is open in the cast from the start; with a time in
// seconds, as #person-3@62.5, the player is there.
import { film, people } from "../state/store";
import { goTo, openPerson, tab } from "../state/view";
import { filter, NO_FILTER } from "./cast_list";

const open = (): void => {
  const [id, time] = location.hash.slice(1).split("@");
  const time_s = time ? Number(time) : NaN;
  if (Number.isFinite(time_s)) goTo(Math.round(film.pts(time_s)));
  const who = people.value.people.find((one) => one.id === id);
  if (!who) return;
  tab.value = "cast";
  filter.value = { ...NO_FILTER, kind: who.hidden ? "hidden" : "all" };
  openPerson.value = who.label;
};
open();
addEventListener("hashchange", open);
