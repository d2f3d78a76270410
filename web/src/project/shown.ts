// Who is shown: sorting, filtering, who is open. Corrections keep the order, so that nobody jumps.
import { computed, signal } from "@preact/signals";
import { folded, isBehind, keepOrder } from "../model/filter";
import { isOfKind, matches, sorted, type Filter, type Sort } from "./model";
import { nameOf } from "./said";
import { fresh, project } from "./state";

export const sort = signal<Sort>("time");
export const NO_FILTER: Filter = { text: "", kind: "all", film: 0 };
export const filter = signal<Filter>(NO_FILTER);

/** Id of the person that is open in place; "" = none. */
export const openId = signal("");
/** What the page shows. */
export const tab = signal<"people" | "doubts" | "find" | "films">("people");

let order: number[] = [];
let last = "";
const arranged = computed(() => {
  const all = project.value?.people ?? [];
  const now = sorted(all, sort.value, nameOf);
  const numbers = now.map((who) => who.number);
  const asked = `${sort.value} ${fresh.value}`;
  order = asked === last ? keepOrder(order, numbers) : numbers;
  last = asked;
  const byNumber = new Map(now.map((who) => [who.number, who]));
  return order.map((number) => byNumber.get(number)!);
});

/** Whether the people of the background are shown. */
export const isBackgroundOpen = signal(false);

/** Whom the filter lets through, out of how many of that kind; the background comes last. */
export const shown = computed(() => {
  const wanted = filter.value;
  const found = arranged.value.filter((who) => matches(who, wanted, nameOf));
  return {
    ...folded(found, isBackgroundOpen.value, wanted.text, (who) => who.id === openId.value),
    all: arranged.value.filter((who) => isOfKind(who, wanted.kind) && !isBehind(who)).length,
  };
});

export const namesGiven = computed(() => [
  ...new Set((project.value?.people ?? []).flatMap((who) => who.given ?? [])),
]);
