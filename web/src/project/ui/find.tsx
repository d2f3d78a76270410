// Finding a face in all films of the project: the hits are its people and, if asked for, the unknown
// faces of its films, which are named in the film's own page.
import { effect, signal } from "@preact/signals";
import { tidy } from "../../model/likeness";
import { Search, type Hit } from "../../state/find";
import { Find, type Shown } from "../../ui/find";
import { words } from "../../words";
import { differ, join, rename, takeOut } from "../actions";
import { keyOf, type Pair, type Person } from "../model";
import { nameOf } from "../said";
import { namesGiven, tab } from "../shown";
import { fresh, project } from "../state";
import { placeOf } from "./person";
import { Shot } from "./picture";

type Place = [film: number, person: string, row: number, tc: string, time_s: number | null];

const PX = 72;
const SMALL = 48;
/** Whether unknown faces are searched, too. */
const isWide = signal(false);
const search = new Search<Place, Pair>(() => (isWide.value ? "unknown=1" : ""));

// What is undone is open again.
effect(() => {
  if (fresh.value) search.dismissed.value = new Set();
});

export const findPhotograph = (file: File): void => {
  tab.value = "find";
  void search.ofPhotograph(file);
};

/** Who else is like a face of a film. */
export const findFace = (who: Pair, row: number, tc = ""): void => {
  tab.value = "find";
  const person = project.value?.whose(who);
  const name = person ? nameOf(person) : words().projectSomebody;
  const where = `${name}, ${filmOf(who)}`;
  const title = tc ? words().findAt(where, tc) : where;
  void search.ofFace(`find?film=${who[0]}&row=${row}`, `chip/${who[0]}/${row}.jpg`, title, who);
};

const filmOf = ([film]: Pair): string => project.value?.films.get(film)?.name ?? "";
const whose = (pair: Pair | null): Person | undefined =>
  pair ? project.value?.whose(pair) : undefined;

const confirm = (hit: Pair): void => {
  const [one, other] = [whose(search.sought.value), whose(hit)];
  const name = tidy(search.name.value);
  if (!other) return;
  if (one && one !== other) return join(one, other);
  search.sought.value = hit;
  if (name) rename(other, name);
};

const reject = (hit: Pair): void => {
  const sought = search.sought.value;
  const [one, other] = [whose(sought), whose(hit)];
  if (!sought || !one || !other) return search.dismiss(keyOf(hit));
  if (one !== other) {
    search.dismiss(keyOf(hit));
    return differ(one, other);
  }
  if (search.isPhotograph.value && keyOf(sought) === keyOf(hit)) {
    search.sought.value = null;
    search.dismiss(keyOf(hit));
  } else if (one.members.length > 1) takeOut(one, search.isPhotograph.value ? hit : sought);
};

const stateOf = (hit: Pair): Shown["state"] => {
  const sought = search.sought.value;
  const [one, other] = [whose(sought), whose(hit)];
  if (sought && keyOf(sought) === keyOf(hit) && search.isPhotograph.value) return "sought";
  if (one && one === other) return search.isPhotograph.value ? "confirmed" : "own";
  return search.dismissed.value.has(keyOf(hit)) ? "rejected" : "open";
};

const Where = ({ place, name }: { place: Place; name: string }) => {
  const pair: Pair = [place[0], place[1]];
  return (
    <a
      href={placeOf(pair, place[4])}
      aria-label={words().findGoTo(`${name}, ${filmOf(pair)}`, place[3])}
    >
      {filmOf(pair)}, {place[3]}
    </a>
  );
};

const isUnknown = ([, person]: Pair) => person.startsWith("unknown-");

const shownOf = (hit: Hit<Place>): Shown | null => {
  const [best, ...rest] = hit.places;
  const pair: Pair | null = best ? [best[0], best[1]] : null;
  const who = whose(pair);
  if (!best || !pair || !(who || isUnknown(pair))) return null;
  const name = who ? nameOf(who) : words().unknown;
  const alt = words().projectFace(name, filmOf(pair), best[3]);
  return {
    key: keyOf(pair),
    name,
    time: best[3],
    picture: <Shot film={best[0]} row={best[2]} px={PX} alt={alt} />,
    go: <Where place={best} name={name} />,
    more: rest.length ? (
      <ul class="find-places">
        {hit.places.map((place) => (
          <li key={`${place[0]} ${place[1]}`}>
            <Shot film={place[0]} row={place[2]} px={SMALL} />
            <Where place={place} name={name} />
          </li>
        ))}
      </ul>
    ) : null,
    ...(who
      ? {
          state: stateOf(pair),
          acts: { onConfirm: () => confirm(pair), onReject: () => reject(pair) },
        }
      : { state: "open" }),
  };
};

const Wide = () => (
  <label class="find-wide">
    <input
      type="checkbox"
      checked={isWide.value}
      onChange={(event) => {
        isWide.value = event.currentTarget.checked;
        void search.again();
      }}
    />{" "}
    {words().findUnknown} <span class="soft">{words().findUnknownWhy}</span>
  </label>
);

export const FindPanel = () => (
  <Find
    search={search}
    onFile={findPhotograph}
    shownOf={shownOf}
    names={namesGiven.value}
    options={<Wide />}
  />
);
