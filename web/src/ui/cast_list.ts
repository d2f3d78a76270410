// What the cast shows: who is looked for, in which order. Corrections keep the order.
import { computed, signal } from "@preact/signals";
import {
  folded,
  isBehind,
  isDoubtful,
  keepOrder,
  matches,
  sorted,
  sureOf,
  type Filter,
  type Level,
  type Sort,
} from "../model/filter";
import type { Person } from "../model/people";
import { data, lastChange, people } from "../state/store";
import { openPerson } from "../state/view";
import { nameOf } from "../words/person";

export const sort = signal<Sort>("time");
export const NO_FILTER: Filter = { text: "", kind: "all", least_s: 0 };
export const filter = signal<Filter>(NO_FILTER);
/** Counts the times that sorting was asked for. */
const asked = signal(0);
export const sortAgain = (by: Sort = sort.value): void => {
  sort.value = by;
  asked.value += 1;
};

const sureness = new WeakMap<Person, { level: Level; reason: string } | null>();
/** The word for a person and its reason; null where the page has no words of confidence. */
export const sureOfPerson = (who: Person): { level: Level; reason: string } | null => {
  let sure = sureness.get(who);
  if (sure === undefined) {
    sure = sureOf(data, who.tracks, people.peek().state.byHand); // a change makes another person
    sureness.set(who, sure);
  }
  return sure;
};

/** Whether the people of the background are shown. */
export const isBackgroundOpen = signal(false);

let order: number[] = [];
let [lastAsked, lastUndo]: [number, unknown] = [-1, null];
/** Everybody in the order of the cast; undoing sorts anew, as no order fits what came back. */
const arranged = computed(() => {
  const { people: all, byLabel } = people.value;
  const now = sorted(all, sort.value, nameOf).map((who) => who.label);
  const change = lastChange.value;
  const isUndo = change !== null && change.kind !== "done" && change !== lastUndo;
  const isAsked = asked.value !== lastAsked;
  [lastAsked, lastUndo] = [asked.value, isUndo ? change : lastUndo];
  order = isUndo || isAsked ? now : keepOrder(order, now);
  return {
    list: order.map((label) => byLabel.get(label)!),
    isSorted: order.every((label, i) => label === now[i]),
  };
});

/** Whom the cast shows, out of how many, and whether they lie as sorted. */
export const shown = computed(() => {
  const { list, isSorted } = arranged.value;
  const isHidden = filter.value.kind === "hidden";
  const hidden = list.filter((who) => who.hidden).length;
  const found = list.filter((who) =>
    matches(who, filter.value, nameOf, (one) => isDoubtful(sureOfPerson(one)?.level, one)),
  );
  return {
    ...folded(
      found,
      isBackgroundOpen.value,
      filter.value.text,
      (who) => who.label === openPerson.value,
    ),
    all: isHidden ? hidden : list.length - hidden - list.filter(isBehind).length,
    hidden,
    isSorted,
  };
});
