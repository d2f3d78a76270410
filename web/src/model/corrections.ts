// Corrections and their notes, as they are kept in edits.json: English. Nothing is done here.
import type { Edit } from "./data";
import type { Film } from "./film";
import { Group, ownerOf, type People, type Person } from "./people";

export type Made = [edit: Edit, note: string][];
/** What corrections are made of: the film and everybody at present. */
export interface Now {
  film: Film;
  people: People;
}

const keysOf = ({ film }: Now, list: readonly number[]) =>
  list.map((track) => film.data.tracks.key[track]!);
const labelOf = ({ people }: Now, track: number) => people.state.labels[track]!;

/** Some tracks in a sentence: how many, and where they begin. */
export const which = ({ film }: Now, list: readonly number[]): string => {
  const { start_tc, start_pts } = film.data.tracks;
  const first = list.reduce((a, b) => (start_pts[b]! < start_pts[a]! ? b : a));
  return list.length === 1
    ? `the track at ${start_tc[first]}`
    : `${list.length.toLocaleString("en")} tracks starting at ${start_tc[first]}`;
};

/** The people that some tracks belong to. */
export const owners = (now: Now, list: readonly number[]): Person[] =>
  [...new Set(list.map((track) => labelOf(now, track)))]
    .map((label) => now.people.byLabel.get(label))
    .filter((who) => who !== undefined);
/** The tracks that stand for their people without them. */
const left = (now: Now, list: readonly number[]) =>
  owners(now, list).flatMap((who) => who.keys(list));
const from = (now: Now, list: readonly number[]) =>
  owners(now, list)
    .map((who) => who.name)
    .join(", ") || "Unknown";

/** Whose a track is, in a sentence. */
export const called = ({ film, people }: Now, track: number): string =>
  ownerOf(people, track)?.name ?? `the unknown face at ${film.data.tracks.start_tc[track]}`;

type Sides = [track: number, keys: string[]];
/** Of each side a track, by which it is called, and the keys that stand for it. */
export const different = (now: Now, [a, who]: Sides, [b, others]: Sides): Made => [
  [
    { action: "different people", who, others },
    `Marked ${called(now, a)} and ${called(now, b)} as different people`,
  ],
];

/** Of two that are joined, the higher stays. */
export const rank = (who: Person): number => (who.named ? 1e9 : 0) + who.time_s;

export const naming = (who: Person, name: string): Made => [
  [
    { action: "name", who: who.keys(), name },
    name ? `Renamed ${who.name} to ${name}` : `Removed the name ${who.name}`,
  ],
];

/** Somebody else who has the name already. */
export const namesake = (now: Now, who: Person, name: string): Person | undefined =>
  name ? now.people.people.find((other) => other !== who && other.given === name) : undefined;

/** The track that begins last of the first pair seen in one frame; undefined if there is none. */
export const seenTogether = ({ film }: Now, a: Person, b: Person): number | undefined => {
  const [mine, theirs] = [new Set(a.tracks), new Set(b.tracks)];
  const pair = film.data.together.find(
    ([s, t]) => (mine.has(s) && theirs.has(t)) || (mine.has(t) && theirs.has(s)),
  );
  if (!pair) return undefined;
  const { start_pts } = film.data.tracks;
  return start_pts[pair[0]]! > start_pts[pair[1]]! ? pair[0] : pair[1];
};
/** The same among some people: the first that is found. */
export const firstClash = (now: Now, people: readonly Person[]): number | undefined => {
  for (const [i, a] of people.entries())
    for (const b of people.slice(i + 1)) {
      const clash = seenTogether(now, a, b);
      if (clash !== undefined) return clash;
    }
  return undefined;
};

/** Merge the others into the first. */
export const merging = ([first, ...others]: readonly Person[]): Made =>
  first
    ? others.map((who) => [
        { action: "same person", who: first.keys(), others: who.keys() },
        `Merged ${who.name} into ${first.name}`,
      ])
    : [];

export const moving = (now: Now, list: readonly number[], who: Person): Made => {
  const going = list.filter((track) => labelOf(now, track) !== who.label);
  if (!going.length) return [];
  return [
    [
      {
        action: "move",
        who: who.keys(),
        tracks: keysOf(now, going),
        source: left(now, going),
      },
      `Moved ${which(now, going)} from ${from(now, going)} to ${who.name}`,
    ],
  ];
};

/** A person of some tracks, with a name if it is known. */
export const makingPerson = (
  now: Now,
  list: readonly number[],
  name = "",
  note = list.length ? `Moved ${which(now, list)} from ${from(now, list)} to a new person` : "",
): Made => {
  if (!list.length) return [];
  const made: Made = [
    [{ action: "new person", tracks: keysOf(now, list), source: left(now, list) }, note],
  ];
  if (name)
    made.push([
      { action: "name", who: new Group(now.film, list).keys(), name },
      `Named the new person ${name}`,
    ]);
  return made;
};

export const removing = (now: Now, list: readonly number[]): Made => {
  const picks = new Set(list);
  const known = list.filter((track) => labelOf(now, track) >= 0);
  // A person whose every track is removed has none left to stand for it, so these go without a
  // source: with the source of others they would stay where they are.
  const leaving = new Set(
    owners(now, known)
      .filter((who) => who.tracks.every((track) => picks.has(track)))
      .map((who) => who.label),
  );
  const isLeaving = (track: number) => leaving.has(labelOf(now, track));
  return [known.filter(isLeaving), known.filter((track) => !isLeaving(track))]
    .filter((part) => part.length)
    .map((part) => [
      { action: "not this person", tracks: keysOf(now, part), source: left(now, part) },
      `Removed ${which(now, part)} from ${from(now, part)}`,
    ]);
};

export const notFaces = (now: Now, list: readonly number[]): Made =>
  list.length
    ? [
        [
          { action: "not a face", tracks: keysOf(now, list) },
          `Marked ${which(now, list)} as not a face`,
        ],
      ]
    : [];

export const cutting = (key: string, tc: string): Made => [
  [{ action: "cut track", tracks: [key] }, `Cut the track at ${tc}`],
];
export const joining = (now: Now, list: readonly number[]): Made => [
  [
    { action: "join tracks", tracks: keysOf(now, list) },
    `Joined ${which(now, list)} into one track`,
  ],
];

export const hiding = (people: readonly Person[]): Made =>
  people.map((who) => [{ action: "hide", who: who.keys() }, `Hid ${who.name}`]);
export const showing = (who: Person): Made => [
  [{ action: "show", who: who.keys() }, `Unhid ${who.name}`],
];

/** Put people in the background, or take them out of it. */
export const placing = (people: readonly Person[], background: boolean): Made =>
  people.map((who) => [
    { action: background ? "background" : "main person", who: who.keys() },
    background ? `Put ${who.name} in the background` : `Made ${who.name} a main person`,
  ]);

export const covering = (now: Now, chip: number): Made => {
  const { chips } = now.film.data;
  const who = ownerOf(now.people, chips.track[chip]!);
  if (!who) return [];
  return [
    [
      { action: "cover", who: who.keys(), face: chips.face[chip]! },
      `Changed the cover of ${who.name}`,
    ],
  ];
};

export const splitting = (now: Now, who: Person, out: readonly number[]): Made =>
  makingPerson(now, out, "", `Split ${which(now, out)} off ${who.name}`);
