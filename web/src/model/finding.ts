// Corrections that confirm or reject who is like a face. The face stands for whoever it belongs to.
import * as make from "./corrections";
import type { Edit } from "./data";
import { Group, ownerOf } from "./people";

/** A track alone or with the others of its person. */
const groupOf = ({ film, people }: make.Now, track: number): Group =>
  ownerOf(people, track) ?? new Group(film, [track]);

export const areOne = ({ people }: make.Now, a: number, b: number): boolean =>
  a === b || (ownerOf(people, a) !== null && ownerOf(people, a) === ownerOf(people, b));

/** Make two tracks one person where one or both are unknown; two people are merged elsewhere. */
export const joining = (now: make.Now, sought: number, hit: number, name: string): make.Made => {
  const [one, other] = [ownerOf(now.people, sought), ownerOf(now.people, hit)];
  if (one && other) return [];
  if (one) return make.moving(now, [hit], one);
  if (other) return make.moving(now, [sought], other);
  return make.makingPerson(now, [sought, hit], name);
};

/** The face of the film and the hit are different people; of one person, the face leaves. */
export const parting = (now: make.Now, sought: number, hit: number): make.Made => {
  if (areOne(now, sought, hit)) return make.removing(now, [sought]);
  const [who, others] = [groupOf(now, sought).keys(), groupOf(now, hit).keys()];
  return make.different(now, [sought, who], [hit, others]);
};

/** Whether a correction in force says so. */
export const areApart = (
  now: make.Now,
  edits: readonly Edit[],
  sought: number,
  hit: number,
): boolean => {
  const [mine, theirs] = [groupOf(now, sought), groupOf(now, hit)].map(
    ({ tracks }) => new Set(tracks.map((track) => now.film.data.tracks.key[track]!)),
  );
  const has = (keys: readonly string[] | undefined, all: ReadonlySet<string> | undefined) =>
    (keys ?? []).some((key) => all?.has(key));
  return edits.some(
    ({ action, who, others }) =>
      action === "different people" &&
      ((has(who, mine) && has(others, theirs)) || (has(who, theirs) && has(others, mine))),
  );
};
