// The best cut of a person in two, by the merge tree of the automatic grouping.
import type { Film } from "./film";
import type { Person } from "./people";

type Tree = readonly (readonly [number, number])[];

/** Tracks below each automatic person, in the order of the tree's leaves. */
const leavesOf = new WeakMap<Film, Map<number, number[]>>();
const membersOf = (film: Film, label: number): number[] => {
  let all = leavesOf.get(film);
  if (!all) {
    all = new Map();
    for (const [track, own] of film.data.tracks.label.entries()) {
      const list = all.get(own);
      if (list) list.push(track);
      else all.set(own, [track]);
    }
    leavesOf.set(film, all);
  }
  return all.get(label) ?? [];
};

const leaves = (tree: Tree, n: number, top: number): number[] => {
  const found: number[] = [];
  const open = [top];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node < n) found.push(node);
    else open.push(tree[node - n]![1], tree[node - n]![0]);
  }
  return found;
};

const cutTree = (film: Film, label: number, tracks: readonly number[]): number[] | null => {
  const tree = film.data.trees[label];
  if (!tree) return null;
  const own = membersOf(film, label);
  const wanted = new Set(tracks);
  let node = own.length + tree.length - 1;
  while (node >= own.length) {
    const children = tree[node - own.length]!;
    const [a, b] = children.map((child) =>
      leaves(tree, own.length, child)
        .map((i) => own[i]!)
        .filter((track) => wanted.has(track)),
    ) as [number[], number[]];
    if (a.length && b.length) return a.length < b.length ? a : b;
    node = children[a.length ? 0 : 1];
  }
  return null;
};

/** The part of a person that fits the rest worst; null if there is only one track. */
export const cut = (film: Film, who: Person): number[] | null => {
  const { label: labels } = film.data.tracks;
  const parts = new Map<number | string, number[]>();
  for (const track of who.tracks) {
    const key = labels[track]! < 0 ? `track ${track}` : labels[track]!;
    const list = parts.get(key);
    if (list) list.push(track);
    else parts.set(key, [track]);
  }
  const sorted = [...parts.values()].sort((a, b) => b.length - a.length);
  if (sorted.length > 1) return sorted.slice(1).flat();
  if (who.tracks.length < 2) return null;
  return (
    cutTree(film, labels[who.tracks[0]!]!, who.tracks) ??
    who.tracks.slice(Math.ceil(who.tracks.length / 2))
  );
};

/** The highest node above b that is not above a. */
const parting = (tree: Tree, own: readonly number[], a: number, b: number): number => {
  const parent = new Map<number, number>();
  tree.forEach((pair, k) => pair.forEach((child) => parent.set(child, own.length + k)));
  const above = new Set<number>();
  for (let at: number | undefined = own.indexOf(a); at !== undefined; at = parent.get(at))
    above.add(at);
  let node = own.indexOf(b);
  for (let up = parent.get(node); up !== undefined && !above.has(up); up = parent.get(node))
    node = up;
  return node;
};

const sides = new WeakMap<Film, Map<string, number[]>>(); // needed again at each correction
/** The tracks on b's side of the node that joins a and b, if they are still with b. */
export const sideOf = (film: Film, now: ArrayLike<number>, a: number, b: number): number[] => {
  const label = film.data.tracks.label[b]!;
  const tree = film.data.trees[label];
  if (!tree) return [b];
  let kept = sides.get(film);
  if (!kept) sides.set(film, (kept = new Map<string, number[]>()));
  const key = `${a} ${b}`;
  let side = kept.get(key);
  if (!side) {
    const own = membersOf(film, label);
    side = leaves(tree, own.length, parting(tree, own, a, b)).map((i) => own[i]!);
    kept.set(key, side);
  }
  return side.filter((track) => now[track] === now[b]);
};
