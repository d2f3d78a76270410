// What another grouping would change, person by person.

export interface Difference {
  people: number;
  unknown: number;
  /** People of now who join another one. */
  joined: number;
  /** Parts that leave a person of now and become one of their own. */
  split: number;
  /** People made of faces that are unknown now. */
  fresh: number;
  /** People of now who become unknown. */
  gone: number;
}

/** From → to with most faces, the smallest on a tie; `from` and `to` are labels of the same tracks. */
const heirs = (
  from: ArrayLike<number>,
  to: ArrayLike<number>,
  faces: readonly number[],
): Map<number, number> => {
  const counts = new Map<number, Map<number, number>>();
  for (let track = 0; track < from.length; track++) {
    const [a, b] = [from[track]!, to[track]!];
    if (a < 0 || b < 0) continue;
    const row = counts.get(a) ?? new Map<number, number>();
    row.set(b, (row.get(b) ?? 0) + faces[track]!);
    counts.set(a, row);
  }
  const best = new Map<number, number>();
  for (const [a, row] of counts) {
    const [first] = [...row].sort(([s, n], [t, m]) => m - n || s - t);
    best.set(a, first![0]);
  }
  return best;
};

const labelsOf = (labels: ArrayLike<number>) =>
  new Set(Array.from(labels).filter((label) => label >= 0));

export const difference = (
  now: ArrayLike<number>,
  then: ArrayLike<number>,
  faces: readonly number[],
): Difference => {
  const [heirOf, originOf] = [heirs(now, then, faces), heirs(then, now, faces)];
  const [before, after] = [labelsOf(now), labelsOf(then)];
  const found = { joined: 0, split: 0, fresh: 0, gone: 0 };
  for (const label of before) {
    const heir = heirOf.get(label);
    if (heir === undefined) found.gone += 1;
    else if (originOf.get(heir) !== label) found.joined += 1;
  }
  for (const label of after) {
    const origin = originOf.get(label);
    if (origin === undefined) found.fresh += 1;
    else if (heirOf.get(origin) !== label) found.split += 1;
  }
  const unknown = Array.from(then).filter((label) => label === -1).length;
  return { people: after.size, unknown, ...found };
};
