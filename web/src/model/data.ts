// What Python embeds in the page: clusterer/outputs/report/payload.py.

export const UNKNOWN = -1;
export const NOT_A_FACE = -2;

export type Action =
  | "same person"
  | "different people"
  | "move"
  | "new person"
  | "not this person"
  | "not a face"
  | "name"
  | "hide"
  | "show"
  | "main person"
  | "background"
  | "cover"
  | "group again"
  | "cut track"
  | "join tracks"
  | "add a face";
/** Corrections that change tracks: the server makes the page anew after them. */
export const OF_TRACKS: ReadonlySet<Action> = new Set(["cut track", "join tracks", "add a face"]);

/** One correction, as in edits.json; people and tracks are named by keys of tracks. */
export interface Edit {
  action: Action;
  who?: string[];
  others?: string[];
  tracks?: string[];
  source?: string[];
  name?: string;
  face?: string;
  note?: string;
  at?: string;
}

/** Columns, one entry per track. */
export interface Tracks {
  key: string[];
  shot: number[];
  start_pts: number[];
  end_pts: number[];
  start_tc: string[];
  end_tc: string[];
  faces: number[];
  quality: number[];
  confidence: number[];
  label: number[];
  reason: string[];
  /** Whether it stands in the foreground; absent in payloads of tests. */
  front?: boolean[];
}

/** Columns, one entry per kept picture of a face. */
export interface Chips {
  track: number[];
  row: number[];
  face: string[];
  pts: number[];
  tc: string[];
  frame: number[];
  quality: number[];
  score: number[];
  height: number[];
}

export interface Data {
  mode: "live" | "disk";
  title: string;
  frame_rate: number;
  /** Exact rate at which timecodes count, and the first frame's timecode if the file states one. */
  rate: [number, number];
  start_timecode: string | null;
  time_base: [number, number];
  zero_pts: number;
  start_pts: number;
  length_s: number;
  width: number;
  height: number;
  shots: number[];
  tracks: Tracks;
  chips: Chips;
  people: [label: number, number: number][];
  clothing: Record<string, [kind: string, badge: string, evidence: string]>;
  together: [number, number][];
  /** Absent unless corrections have changed tracks. */
  retracked?: Retracked;
  edits: Edit[];
  undone: Edit[];
  resolved: { tracks: Record<string, number>; faces: Record<string, number> };
  grouped_under: number;
  edit_notes: string[];
  questions: [a: number, b: number, evidence: number][];
  trees: Record<string, [number, number][]>;
  candidates: Record<string, [name: string, score: number][]>;
  reasons: [code: string, title: string, why: string, advice: string][];
  names: string[];
  /** Chips with a picture, on a page from disk. */
  shown: number[];
  /** Words of confidence; absent in payloads of tests. */
  sure?: {
    tracks: Sureness[];
  };
  /** What the header shows: facts of the film, warnings, settings and models. */
  about?: About;
}

/** Parts of tracks, which corrections cut and join; see clusterer/outputs/report/retracked.py. */
export interface Retracked {
  /** Of each part: its label before the corrections, and its track now. */
  labels: number[];
  track: number[];
  people: [label: number, number: number][];
  /** One before each correction of tracks and one after the last: key → first part of its track. */
  steps: { index: Record<string, number>; whole: number[][] }[];
}

/** Pictures inside of a page from disk: chip → base64 JPEG. */
export interface Kept {
  pictures: Record<string, string>;
  torsos: Record<string, string>;
  /** Whole frames, small: number of the frame → base64 JPEG. */
  frames: Record<string, string>;
  /** Where faces are in those frames: chip → box, px of the film as shown. */
  boxes: Record<string, Box>;
}
export type Box = readonly [left: number, top: number, right: number, bottom: number];
export const NOTHING_KEPT: Kept = { pictures: {}, torsos: {}, frames: {}, boxes: {} };

export interface About {
  facts: string[];
  warnings: string[];
  settings: [name: string, value: string][];
  models: [name: string, licence: string, sha256: string][];
  project: string;
  /** Tables beside a page on disk; absent in payloads of tests. */
  files?: string[];
}

/** A word, its reason, and whether a clear picture was judged. */
export type Sureness = [word: string, reason: string, clear?: boolean];

/** As Python writes it: a track's word is a position in `kinds`. */
interface Sure {
  kinds: Sureness[];
  tracks: number[];
}

/** The pictures follow the script; none are there where a server sends them. */
export const readKept = (): Kept => {
  const block = document.getElementById("kept");
  return block?.textContent ? (JSON.parse(block.textContent) as Kept) : NOTHING_KEPT;
};

export const read = (): Data => {
  const block = document.getElementById("data");
  if (!block?.textContent) throw new Error("The page has no data");
  const { sure, ...data } = JSON.parse(block.textContent) as Omit<Data, "sure"> & { sure?: Sure };
  if (!sure) return data;
  return { ...data, sure: { tracks: sure.tracks.map((kind) => sure.kinds[kind]!) } };
};
