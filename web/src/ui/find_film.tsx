// Finding a face in this film: the hits are its people and unknown faces.
import { computed, signal } from "@preact/signals";
import * as finding from "../model/finding";
import { tidy } from "../model/likeness";
import { Search, type Hit } from "../state/find";
import { data, edits, film, people, whoOf } from "../state/store";
import { goTo, tab } from "../state/view";
import { words } from "../words";
import { nameOf } from "../words/person";
import { join, newPerson, notThisPerson, perform, rename } from "./actions";
import { Find, type Shown } from "./find";
import { Face } from "./kit";

type Place = [track: number, chip: number, pts: number, tc: string];

const PX = 72;
const SMALL = 48;
const search = new Search<Place, number>();
/** Tracks of the person of the face, when it was asked for. */
const own = signal<ReadonlySet<number>>(new Set());

export const findPhotograph = (file: File): void => {
  tab.value = "find";
  own.value = new Set();
  void search.ofPhotograph(file);
};

/** Who else is like the face of a track. */
export const findFace = (track: number, chip = film.chipsOf[track]?.[0] ?? -1): void => {
  tab.value = "find";
  const who = whoOf(track);
  const name = nameOf(who);
  own.value = new Set(who?.tracks);
  const tc = chip >= 0 ? data.chips.tc[chip]! : data.tracks.start_tc[track]!;
  const title = words().findAt(name, tc);
  void search.ofFace(`find?track=${track}`, film.picture(chip), title, track);
};

const now = () => ({ film, people: people.value });

const confirm = (hit: number): void => {
  const name = tidy(search.name.value);
  const sought = search.sought.value;
  const other = whoOf(hit);
  if (sought === null) {
    search.sought.value = hit;
    if (other && name) rename(other, name);
    else if (!other) newPerson([hit], name);
    return;
  }
  const one = whoOf(sought);
  if (one && other) return join([one, other]);
  const said = words().actToMoved(words().tracks(1), nameOf(one ?? other));
  perform(
    finding.joining(now(), sought, hit, name),
    one || other ? said : words().actToNewPerson(words().tracks(2)),
  );
};

const reject = (hit: number): void => {
  const sought = search.sought.value;
  if (sought === null || (sought === hit && search.isPhotograph.value)) {
    search.sought.value = null;
    search.dismiss(String(hit));
  } else if (finding.areOne(now(), sought, hit))
    notThisPerson([search.isPhotograph.value ? hit : sought]);
  else {
    const [one, other] = [sought, hit].map((track) => nameOf(whoOf(track)));
    perform(finding.parting(now(), sought, hit), words().findDiffer(one!, other!));
  }
};

const stateOf = (hit: number): Shown["state"] => {
  const sought = search.sought.value;
  if (sought === hit && search.isPhotograph.value) return "sought";
  if (sought === null) return search.dismissed.value.has(String(hit)) ? "rejected" : "open";
  if (finding.areOne(now(), sought, hit)) return own.value.has(hit) ? "own" : "confirmed";
  return finding.areApart(now(), edits.value, sought, hit) ||
    search.dismissed.value.has(String(hit))
    ? "rejected"
    : "open";
};

const Look = ({
  place: [, chip, pts, tc],
  name,
  px,
}: {
  place: Place;
  name: string;
  px: number;
}) => (
  <button
    type="button"
    class="find-look"
    aria-label={words().findGoTo(name, tc)}
    title={tc}
    onClick={() => goTo(pts)}
  >
    <Face chip={chip} alt="" px={px} />
  </button>
);

const shownOf = (hit: Hit<Place>): Shown | null => {
  const [best, ...rest] = hit.places;
  if (!best) return null;
  const [track, , pts, tc] = best;
  const name = nameOf(whoOf(track));
  return {
    key: String(track),
    name,
    time: tc,
    picture: <Look place={best} name={name} px={PX} />,
    go: (
      <button
        type="button"
        class="find-tc"
        aria-label={words().findGoTo(name, tc)}
        onClick={() => goTo(pts)}
      >
        {tc}
      </button>
    ),
    more: rest.length ? (
      <ul class="find-places">
        {hit.places.map((place) => (
          <li key={place[0]}>
            <Look place={place} name={name} px={SMALL} />
            <span class="soft">{place[3]}</span>
          </li>
        ))}
      </ul>
    ) : null,
    state: stateOf(track),
    acts: { onConfirm: () => confirm(track), onReject: () => reject(track) },
  };
};

const names = computed(() => [
  ...new Set([...people.value.people.flatMap((who) => who.given ?? []), ...data.names]),
]);

/** Into the project that the film is part of, where the face is looked for in all its films. */
const InAllFilms = () => {
  const project = data.about?.project;
  const sought = search.sought.value;
  const who = sought === null ? null : whoOf(sought);
  const chip = film.chipsOf[sought ?? -1]?.[0];
  const number = /\/film\/(\d+)\/$/.exec(location.pathname)?.[1];
  if (!project || !who || chip === undefined || number === undefined || search.isPhotograph.value)
    return null;
  return (
    <a href={`../../#find/${number}/${who.id}/${data.chips.row[chip]!}`}>
      {words().findInProject(project)}
    </a>
  );
};

export const FindPanel = () => (
  <Find
    search={search}
    onFile={findPhotograph}
    shownOf={shownOf}
    names={names.value}
    elsewhere={<InAllFilms />}
  />
);
