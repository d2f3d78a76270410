// "Are these the same person?": which questions are left, put together where one look answers
// several, first those whose answers affect the most faces.
import { NOT_A_FACE, UNKNOWN, type Edit } from "./data";
import { called, different, which, type Made, type Now } from "./corrections";
import type { Film } from "./film";
import { Group, groupOf, Person, type People } from "./people";
import { sideOf } from "./split";

/** A question less likely than this to change anything is asked only on request. */
export const LIKELY = 0.1;
/** Confidence from which a track counts as confirmed where no words of confidence are known. */
export const SURE = 0.9;
/** Questions on one card. */
const MOST = 12;

export interface Question {
  key: string;
  a: number;
  b: number;
  /** Whether both are one person already, which is doubtful. */
  doubt: boolean;
  /** Faces that the answer may move. */
  affected: number;
  /** Chance that the answer changes something. */
  chance: number;
  score: number;
}

/** What is asked at once: one question, or several about one person. */
export interface Card {
  key: string;
  /** Whom all questions are about; null where two are compared. */
  who: Person | null;
  questions: Question[];
  score: number;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** People and unknown tracks, each as a number; pairs of them, which are many, as small ones. */
class Groups {
  readonly #alone: number;
  readonly #count: number;

  constructor(private readonly labels: ArrayLike<number>) {
    let top = -1;
    for (let i = 0; i < labels.length; i++) if (labels[i]! > top) top = labels[i]!;
    this.#alone = top + 1;
    this.#count = this.#alone + labels.length;
  }

  of(track: number): number {
    const label = this.labels[track]!;
    return label >= 0 ? label : this.#alone + track;
  }

  pair(a: number, b: number): number {
    return a < b ? a * this.#count + b : b * this.#count + a;
  }

  /** The pair of groups of two tracks. */
  pairOf(a: number, b: number): number {
    return this.pair(this.of(a), this.of(b));
  }
}

interface Known {
  groups: Groups;
  /** Pairs of groups known to be different people: on screen together, answered no. */
  apart: Set<number>;
  /** Tracks set by hand or answered about. */
  answered: Set<number>;
}
const knownFrom = ({ film, people }: Now, edits: readonly Edit[]): Known => {
  const { state } = people;
  const groups = new Groups(state.labels);
  const apart = new Set<number>();
  const join = (as: readonly number[], bs: readonly number[]) => {
    for (const a of as) for (const b of bs) apart.add(groups.pairOf(a, b));
  };
  for (const [a, b] of film.data.together) apart.add(groups.pairOf(a, b));
  const answered = new Set(state.byHand);
  for (const edit of edits) {
    const [who, others] = [state.find(edit.who), state.find(edit.others)];
    if (edit.action === "different people") join(who, others);
    else if (edit.action === "same person") others.forEach((track) => answered.add(track));
    else if (edit.source?.length) join(state.find(edit.tracks), state.find(edit.source));
  }
  return { groups, apart, answered };
};

const differentlyNamed = ({ byLabel }: People, a: number, b: number) => {
  const [one, other] = [byLabel.get(a), byLabel.get(b)];
  return !!one?.named && !!other?.named && one.given !== other.given;
};

/** All questions that are open, the best first, each pair of people once. */
export const questions = (
  now: Now,
  edits: readonly Edit[],
  skipped: ReadonlySet<string>,
  known = knownFrom(now, edits),
): Question[] => {
  const { film, people } = now;
  const { label: first, faces } = film.data.tracks;
  const { labels } = people.state;
  const best = new Map<number | string, Question>();
  for (const [a, b, evidence] of film.data.questions) {
    const key = `${a} ${b}`;
    const [mine, theirs] = [labels[a]!, labels[b]!];
    if (skipped.has(key) || mine === NOT_A_FACE || theirs === NOT_A_FACE) continue;
    if (people.byLabel.get(mine)?.background || people.byLabel.get(theirs)?.background) continue;
    const doubt = first[a] === first[b] && first[a] !== UNKNOWN;
    const together = mine === theirs && mine >= 0;
    if (doubt !== together || (doubt && known.answered.has(b))) continue;
    const groups = known.groups.pairOf(a, b);
    if (!doubt && (known.apart.has(groups) || differentlyNamed(people, mine, theirs))) continue;
    const size = (track: number) => people.byLabel.get(labels[track]!)?.faces ?? faces[track]!;
    const chance = doubt ? 1 - sigmoid(evidence) : sigmoid(evidence);
    const affected = doubt
      ? sideOf(film, labels, a, b).reduce((sum, track) => sum + faces[track]!, 0)
      : Math.min(size(a), size(b));
    const score = affected * chance;
    const of = doubt ? key : groups;
    const before = best.get(of);
    if (!before || before.score < score)
      best.set(of, { key, a, b, doubt, affected, score, chance });
  }
  return [...best.values()].sort((x, y) => y.score - x.score || x.a - y.a || x.b - y.b);
};

const rank = (group: Group) =>
  (group instanceof Person ? (group.named ? 1e9 : 0) + 1e6 : 0) + group.time_s;

export interface Sides {
  /** Who stays, and its track in the question. */
  first: Group;
  a: number;
  /** Who joins or leaves, and its track. */
  second: Group;
  b: number;
}
/** Both sides of a question: the first is whom the other would join. */
export const sidesOf = ({ film, people }: Now, { a, b, doubt }: Question): Sides => {
  const one = groupOf(film, people, a) ?? new Group(film, [a]);
  if (doubt) {
    const out = sideOf(film, people.state.labels, a, b);
    const leaving = new Set(out);
    const stay = one.tracks.filter((track) => !leaving.has(track));
    return { first: new Group(film, stay), a, second: new Group(film, out), b };
  }
  const other = groupOf(film, people, b) ?? new Group(film, [b]);
  return rank(other) > rank(one)
    ? { first: other, a: b, second: one, b: a }
    : { first: one, a, second: other, b };
};

/** Whether the answer is likely to be "yes, the same". */
export const isLikelyYes = ({ chance, doubt }: Question) => (doubt ? chance < 0.5 : chance >= 0.5);

/** A card about a person, while questions are put on it. */
class Open {
  readonly card: Card;
  /** Groups that would join. */
  readonly #groups: number[] = [];
  /** Tracks that no question on the card would take away. */
  readonly #left: Set<number>;

  constructor(
    who: Person,
    private readonly known: Known,
  ) {
    this.card = { key: "", who, questions: [], score: 0 };
    this.#left = new Set(who.tracks);
  }

  fits({ doubt }: Question, { a, second }: Sides, other: number): boolean {
    if (this.card.questions.length >= MOST) return false;
    if (doubt)
      return (
        this.#left.size > second.tracks.length &&
        second.tracks.every((track) => this.#left.has(track))
      );
    const { groups, apart } = this.known;
    return this.#left.has(a) && !this.#groups.some((group) => apart.has(groups.pair(group, other)));
  }

  put(question: Question, { second }: Sides, other: number): void {
    this.card.questions.push(question);
    this.card.score += question.score;
    if (question.doubt) for (const track of second.tracks) this.#left.delete(track);
    else this.#groups.push(other);
  }
}

/** Put questions together that one look at one person answers. */
export const cards = (
  now: Now,
  list: readonly Question[],
  edits: readonly Edit[],
  known = knownFrom(now, edits),
): Card[] => {
  const { labels } = now.people.state;
  const of = new Map<number, Open[]>();
  const made: Card[] = [];
  for (const question of list) {
    const sides = sidesOf(now, question);
    const who = now.people.byLabel.get(labels[sides.a]!);
    if (!who) {
      made.push({ key: "", who: null, questions: [question], score: question.score });
      continue;
    }
    let there = of.get(who.label);
    if (!there) of.set(who.label, (there = []));
    const other = known.groups.of(sides.b);
    let open = there.find((one) => one.fits(question, sides, other));
    if (!open) {
      open = new Open(who, known);
      there.push(open);
      made.push(open.card);
    }
    open.put(question, sides, other);
  }
  for (const card of made) {
    if (card.questions.length === 1) card.who = null;
    card.key = card.questions.map(({ key }) => key).join();
  }
  return made.sort((x, y) => y.score - x.score);
};

// ---- answers
const joined = (now: Now, a: number, b: number) => {
  const isUnknown = (track: number) => now.people.state.labels[track]! < 0;
  const { start_tc } = now.film.data.tracks;
  if (!isUnknown(b)) return `Merged ${called(now, b)} into ${called(now, a)}`;
  if (!isUnknown(a)) return `Added ${called(now, b)} to ${called(now, a)}`;
  return `Made one person of the unknown faces at ${start_tc[a]} and ${start_tc[b]}`;
};

/** The corrections that answer a question; `leaving` are tracks that other answers take away. */
export const answer = (
  now: Now,
  question: Question,
  yes: boolean,
  leaving: readonly number[] = [],
): Made => {
  const { key, start_tc } = now.film.data.tracks;
  const { first, a, second, b } = sidesOf(now, question);
  const who = first.keys(leaving);
  const others = second.keys();
  if (!question.doubt)
    return yes
      ? [[{ action: "same person", who, others }, joined(now, a, b)]]
      : different(now, [a, who], [b, others]);
  if (!yes)
    return [
      [
        {
          action: "new person",
          tracks: second.tracks.map((track) => key[track]!),
          source: who,
        },
        `Moved ${which(now, second.tracks)} from ${called(now, a)} to a new person`,
      ],
    ];
  // b comes first, so that it is not asked about again.
  const ordered = [key[b]!, ...second.keys([b])].slice(0, 5);
  return [
    [
      { action: "same person", who, others: ordered },
      `Confirmed the face at ${start_tc[b]} as ${called(now, a)}`,
    ],
  ];
};

/** The corrections that answer a card, some of whose questions are answered with no. */
export const answers = (now: Now, card: Card, no: ReadonlySet<string>): Made => {
  const out = card.questions
    .filter(({ key, doubt }) => doubt && no.has(key))
    .flatMap((question) => sidesOf(now, question).second.tracks);
  return card.questions.flatMap((question) => answer(now, question, !no.has(question.key), out));
};

// ---- how much is confirmed
/** Tracks that need no further look, 1 each: by hand, of a named person, or certain. */
const confirmedTracks = ({ film, people }: Now, { answered }: Known): Uint8Array => {
  const { sure, tracks } = film.data;
  const { labels } = people.state;
  const named = new Set(people.people.filter((who) => who.named).map((who) => who.label));
  const found = new Uint8Array(tracks.key.length);
  for (let track = 0; track < found.length; track++) {
    const label = labels[track]!;
    if (label < 0) continue;
    const certain = sure
      ? sure.tracks[track]?.[0] === "certain"
      : tracks.confidence[track]! >= SURE;
    if (certain || named.has(label)) found[track] = 1;
  }
  for (const track of answered) found[track] = 1;
  return found;
};
/** Ticks of all faces, and of those that are confirmed. */
const times = (film: Film, labels: ArrayLike<number>, confirmed: Uint8Array): [number, number] => {
  const { start_pts, end_pts } = film.data.tracks;
  let [all, of] = [0, 0];
  for (let track = 0; track < start_pts.length; track++) {
    if (labels[track] === NOT_A_FACE) continue;
    const time = end_pts[track]! - start_pts[track]!;
    all += time;
    if (confirmed[track]) of += time;
  }
  return [all, of];
};

export interface Plan {
  cards: Card[];
  /** Questions that are unlikely to change anything, not on the cards. */
  unlikely: number;
  /** Share of the time of all faces that is confirmed, now and after the cards, 0 to 1. */
  now: number;
  then: number;
}

/** What to ask, and what will be confirmed in the end. */
export const plan = (
  now: Now,
  edits: readonly Edit[],
  skipped: ReadonlySet<string>,
  least = LIKELY,
): Plan => {
  const known = knownFrom(now, edits);
  const all = questions(now, edits, skipped, known);
  const likely = all.filter(({ chance }) => chance >= least);
  const made = cards(now, likely, edits, known);
  const confirmed = confirmedTracks(now, known);
  const share = () => {
    const [total, of] = times(now.film, now.people.state.labels, confirmed);
    return of / (total || 1);
  };
  const before = share();
  for (const card of made)
    for (const question of card.questions)
      for (const track of sidesOf(now, question).second.tracks) confirmed[track] = 1;
  return { cards: made, unlikely: all.length - likely.length, now: before, then: share() };
};
