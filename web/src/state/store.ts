// Making, undoing and saving corrections. A live page sends each to the server, in order, and tries
// again while the server is away; a page from disk collects them for edits.json.
import { computed, signal } from "@preact/signals";
import { NOTHING_KEPT, OF_TRACKS, read, readKept, type Edit, type Kept } from "../model/data";
import { Film } from "../model/film";
import { derive, ownerOf, type People, type Person } from "../model/people";
import { replay, type Base } from "../model/replay";
import { recallOnce, rememberOnce } from "./kept";
import { pictures } from "./pictures";
import { get, post, ServerError } from "./server";

const LONGEST_NOTE = 500; // these two as in clusterer/edits/log.py
const MOST_SOURCES = 500;
const BY_PROJECT = ", by the project: "; // as in clusterer/people/names.py
const RETRY_MS = 2000;

export const data = read();
/** Pictures inside of a page from disk; they are read after the page is shown. */
const kept = signal<Kept>(NOTHING_KEPT);
/** As the server says. */
export const isFilmMissing = signal(false);
const lost = signal<ReadonlySet<string>>(new Set());
/** Remember that the server has no frame at an address, as where the film is damaged. */
export const lose = (address: string): void => {
  lost.value = new Set([...lost.value, address]);
};
export const film = new Film(
  data,
  () => kept.value,
  (address) => isFilmMissing.value || lost.value.has(address),
);
export const isLive = data.mode === "live";
pictures.of = (chip) => film.picture(chip);
const readPictures = () => (kept.value = readKept());
if (document.readyState === "loading")
  addEventListener("DOMContentLoaded", readPictures, { once: true });
else readPictures();

const base: Base = {
  labels: data.tracks.label,
  people: data.people,
  index: new Map([
    ...Object.entries(data.resolved.tracks),
    ...data.tracks.key.map((key, track) => [key, track] as const),
  ]),
  faces: new Set([
    ...Object.keys(data.resolved.faces),
    ...data.chips.face.filter((_, chip) => data.chips.track[chip]! >= 0),
  ]),
  retracked: data.retracked,
};

/** Corrections in force, and undone ones, the next to redo last. */
export const edits = signal<readonly Edit[]>(data.edits);
export const undone = signal<readonly Edit[]>(data.undone);
/** Everybody under the corrections in force. */
export const people = signal<People>(derive(film, replay(base, data.edits)));
/** The person of a track; null if it is unknown or not a face. */
export const whoOf = (track: number): Person | null => ownerOf(people.value, track);
/** Those who are shown, longest on screen first. */
export const visible = computed(() => people.value.people.filter((who) => !who.hidden));

/** What the last change was: for the toast. `note` is English, as kept in edits.json. */
export interface Change {
  kind: "done" | "undone" | "redone";
  edits: Edit[];
}
interface Retold {
  kind: Change["kind"];
  edit: Edit;
  text: string | undefined;
}
export const lastChange = signal<Change | null>(null);
/** What a correction did, in the words in which it was said. */
export const said = new WeakMap<Edit, string>();

export type Saving = "saved" | "unsaved" | "sending" | "tables" | "away" | "stopped" | "regrouping";
/** Where the corrections are: on their way, in edits.json, in the tables. */
export const saving = signal<Saving>("saved");
/** Why nothing can be saved any more, or why tables could not be written. */
export interface Problem {
  kind: "elsewhere" | "moved" | "refused" | "tables";
  /** The server's own words, in English. */
  said: string;
}
export const problem = signal<Problem | null>(null);
/** Number of changes that are not saved yet. */
export const unsent = signal(0);

/** Numbers of corrections of the last actions, each of which is undone as one. */
interface Steps {
  done: number[];
  undone: number[];
}
const isSteps = (value: unknown): value is Steps & { edits: number } =>
  typeof value === "object" && value !== null && "edits" in value;
const recallSteps = (): Steps => {
  const kept: unknown = JSON.parse(recallOnce("steps") ?? "null");
  return isSteps(kept) && kept.edits === data.edits.length ? kept : { done: [], undone: [] };
};
const { done: steps, undone: undoneSteps } = isLive ? recallSteps() : { done: [], undone: [] };
const keepSteps = () =>
  rememberOnce("steps", JSON.stringify({ edits: confirmed, done: steps, undone: undoneSteps }));

const lastOwn = (list: readonly Edit[]) =>
  list.findLastIndex((edit) => !edit.note?.includes(BY_PROJECT));
const isOfTracks = (edit: Edit | undefined) => edit !== undefined && OF_TRACKS.has(edit.action);
const needsServer = () =>
  lastOwn(edits.value) < data.grouped_under || isOfTracks(edits.value[lastOwn(edits.value)]);

export const canUndo = computed(
  () => saving.value !== "stopped" && lastOwn(edits.value) >= 0 && (isLive || !needsServer()),
);
export const canRedo = computed(
  () =>
    saving.value !== "stopped" &&
    undone.value.length > 0 &&
    (isLive || !isOfTracks(undone.value.at(-1))),
);
export const toUndo = computed(() => edits.value[lastOwn(edits.value)]);
export const sinceGrouping = computed(() => edits.value.length - data.grouped_under);

const show = () => {
  people.value = derive(film, replay(base, edits.value), people.value);
};

// ---- the server: one request at a time, each with the number of corrections before it
interface Request {
  path: string;
  body: Record<string, unknown>;
  /** Whether it changes tracks, so that the page must be loaded anew. */
  isOfTracks: boolean;
}
/** What has become of people, after grouping again. */
export interface Regrouped {
  joined: number;
  split: number;
  new: number;
  gone: number;
}
interface Answer {
  count: number;
  reload?: boolean;
  people?: Regrouped | null;
}
interface Stated {
  count: number;
  newest: boolean;
  error: string;
  /** Tells one grouping from another. */
  grouping: string;
}
const queue: Request[] = [];
/** Number of requests so far. */
let requests = 0;
let confirmed = data.edits.length;
let grouping: string | undefined;
let isSending = false;
let isLeaving = false;
/** Whether the page must be loaded anew, once all is sent. */
let isStale = false;

/** What is done before the page is loaded anew. */
export const onLeave = new Set<() => void>();

/** Load the page anew. */
const leave = (): void => {
  isLeaving = true;
  keepSteps();
  for (const run of onLeave) run();
  const change = lastChange.value;
  const first = change?.edits[0];
  if (change && first && isOfTracks(first)) {
    const retold: Retold = { kind: change.kind, edit: first, text: said.get(first) };
    rememberOnce("changed", JSON.stringify(retold));
  }
  location.reload();
};
const stop = (kind: Problem["kind"], said = ""): void => {
  problem.value = { kind, said };
  saving.value = "stopped";
};

/** The first request is done. */
const taken = (count: number): void => {
  confirmed = count;
  queue.shift();
  unsent.value = queue.length;
};

const pump = async (): Promise<void> => {
  if (isSending) return;
  isSending = true;
  try {
    for (let next = queue[0]; next && saving.value !== "stopped"; next = queue[0]) {
      try {
        const answer = await post<Answer>(next.path, { ...next.body, count: confirmed });
        taken(answer.count);
        isStale ||= answer.reload ?? false;
        if (answer.people) rememberOnce("regrouped", JSON.stringify(answer.people));
        if (queue.length) saving.value = "sending";
        else if (!isStale) saving.value = "tables";
      } catch (error) {
        await failed(error);
      }
    }
  } finally {
    isSending = false;
  }
  if (saving.value === "stopped") return;
  if (isStale) leave();
  else if (saving.value === "tables") waitForTables();
};

/** Wait and try again while the server is away; after any other failure stop. */
const failed = async (error: unknown): Promise<void> => {
  const fault = error instanceof ServerError ? error : new ServerError(String(error), 500);
  if (fault.isAway) {
    saving.value = "away";
    await new Promise((done) => setTimeout(done, RETRY_MS));
    await agree();
  } else if (fault.status === 409) stop("elsewhere");
  else if (fault.status === 404) stop("moved");
  else stop("refused", fault.message);
};

/** After the server was away: has it taken the request whose answer was lost? */
const agree = async (): Promise<void> => {
  try {
    const stated = await get<Stated>("state");
    const next = queue[0];
    const isTaken =
      next !== undefined && stated.count === confirmed + (next.path === "undo" ? -1 : 1);
    if (isTaken) taken(stated.count);
    isStale ||= isTaken && (next.isOfTracks || ["regroup", "apply"].includes(next.path));
    if (grouping !== undefined && stated.grouping !== grouping) {
      // Made by the request whose answer was lost, or by somebody else.
      if (!isTaken || next.path === "edit") return stop("elsewhere");
      isStale = true;
    }
    saving.value = queue.length ? "sending" : "tables";
  } catch (error) {
    if (!(error instanceof ServerError) || !error.isAway) await failed(error);
  }
};
if (isLive)
  get<Stated>("state").then(
    (stated) => (grouping = stated.grouping),
    () => undefined, // it is asked again when there is something to save
  );

const send = (path: string, body: Record<string, unknown> = {}, isOfTracks = false): void => {
  if (!isLive) {
    unsent.value += 1;
    saving.value = "unsaved";
    return;
  }
  requests += 1;
  queue.push({ path, body, isOfTracks });
  unsent.value = queue.length;
  if (saving.value !== "away") saving.value = "sending";
  void pump();
};

let asking: ReturnType<typeof setTimeout> | undefined;
const waitForTables = (): void => {
  clearTimeout(asking);
  asking = setTimeout(look, 250);
};
const look = async (): Promise<void> => {
  if (queue.length || (saving.value !== "tables" && saving.value !== "away")) return;
  const before = requests;
  try {
    const { newest, error, grouping: stated } = await get<Stated>("state");
    if (requests !== before) return; // older than a correction; `pump` asks again
    if (grouping !== undefined && stated !== grouping) return stop("elsewhere");
    problem.value = error ? { kind: "tables", said: error } : null;
    if (error || newest) saving.value = "saved";
    else {
      saving.value = "tables";
      waitForTables();
    }
  } catch (error) {
    if (requests !== before) return;
    if (error instanceof ServerError && !error.isAway) {
      await failed(error);
      return;
    }
    saving.value = "away";
    setTimeout(() => void look(), RETRY_MS);
  }
};

// ---- changes
const cut = (text: string) => Array.from(text).slice(0, LONGEST_NOTE).join("");

/**
 * Make corrections that are undone together; the first of each pair is kept, the second its note.
 * `text` says what they do.
 */
export const act = (
  made: readonly (readonly [edit: Edit, note: string])[],
  text?: string,
): void => {
  if (!made.length || saving.value === "stopped") return;
  const at = new Date().toISOString().slice(0, 19) + "Z";
  const whole = made.map(([edit, note]) => ({
    ...edit,
    ...(edit.source ? { source: edit.source.slice(0, MOST_SOURCES) } : {}),
    note: cut(note),
    at,
  }));
  if (text) for (const edit of whole) said.set(edit, text);
  edits.value = [...edits.value, ...whole];
  undone.value = [];
  steps.push(whole.length);
  undoneSteps.length = 0;
  show();
  lastChange.value = { kind: "done", edits: whole };
  for (const edit of whole) send("edit", { edit }, isOfTracks(edit));
};

/** Say that the server groups again, unless it is away. */
const wait = (): void => {
  if (saving.value !== "away") saving.value = "regrouping";
};

export const undo = (): void => {
  if (!canUndo.value) return;
  const count = steps.pop() ?? 1;
  const out: Edit[] = [];
  const list = [...edits.value];
  let apart = false;
  for (let i = 0; i < count && lastOwn(list) >= 0; i++) {
    apart ||= lastOwn(list) < data.grouped_under;
    out.push(...list.splice(lastOwn(list), 1));
  }
  edits.value = list;
  undone.value = [...undone.value, ...out];
  undoneSteps.push(out.length);
  if (!apart) {
    if (!out.some(isOfTracks)) show();
    lastChange.value = { kind: "undone", edits: out };
  }
  for (const edit of out) send("undo", {}, isOfTracks(edit));
  if (apart) wait();
};

export const redo = (): void => {
  if (!canRedo.value) return;
  const count = undoneSteps.pop() ?? 1;
  const list = [...undone.value];
  const back = list.splice(-count).reverse();
  undone.value = list;
  edits.value = [...edits.value, ...back];
  steps.push(back.length);
  const apart = back.some((edit) => edit.action === "group again");
  if (!apart) {
    if (!back.some(isOfTracks)) show();
    lastChange.value = { kind: "redone", edits: back };
  }
  for (const edit of back) send("redo", {}, isOfTracks(edit));
  if (apart) wait();
};

/**
 * Have a face followed through its shot from a box, px of the picture; the page is loaded anew.
 * Fails with the server's words.
 */
export const addFace = async (pts: number, box: readonly number[], text: string): Promise<void> => {
  const body = { count: confirmed, pts: Math.round(pts), box };
  const answer = await post<Answer & { key: string }>("missed", body);
  confirmed = answer.count;
  steps.push(1);
  undoneSteps.length = 0;
  const edit: Edit = { action: "add a face" };
  said.set(edit, text);
  lastChange.value = { kind: "done", edits: [edit] };
  rememberOnce("added", answer.key);
  leave();
};
/** The track that was added, if that is why the page was loaded. */
export const added = (): number => data.tracks.key.indexOf(recallOnce("added") ?? "");

/** Group again under the corrections; the page is loaded anew. */
export const regroup = (): void => {
  if (!isLive || saving.value === "stopped") return;
  steps.push(1);
  send("regroup");
  wait();
};

/** Group again with another threshold; the page is loaded anew. */
export const applyThreshold = (threshold: number): void => {
  if (!isLive || saving.value === "stopped") return;
  steps.push(1);
  send("apply", { threshold });
  wait();
};

/** What grouping again has changed, if that is why the page was loaded. */
export const regrouped = (): Regrouped | null =>
  JSON.parse(recallOnce("regrouped") ?? "null") as Regrouped | null;

/** What was done to tracks, if that is why the page was loaded. */
export const retracked = (): Retold | null =>
  JSON.parse(recallOnce("changed") ?? "null") as Retold | null;

/** Number of corrections that the server has: for requests that state it. */
export const confirmedCount = (): number => confirmed;
export const isIdle = (): boolean => queue.length === 0;

/** edits.json, to be downloaded from a page on disk. */
export const fileOfEdits = (): string =>
  JSON.stringify(
    { schema: 1, video: data.title, edits: edits.value, undone: undone.value },
    null,
    1,
  ) + "\n";
export const downloaded = (): void => {
  unsent.value = 0;
  saving.value = "saved";
};

addEventListener("pagehide", () => {
  if (isLive && !queue.length) keepSteps();
});
addEventListener("beforeunload", (event) => {
  if (unsent.value && saving.value !== "stopped" && !isLeaving) event.preventDefault();
});
