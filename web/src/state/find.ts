// A search for a face: on a photograph that is sent and not kept, or a face of a film.
import { computed, signal } from "@preact/signals";
import { get, send, ServerError } from "./server";

/** Who may be the one that is looked for; places are those of the page, the most similar first. */
export interface Hit<Place> {
  who: string;
  /** 0 to 1. */
  probability: number;
  places: Place[];
  /** Number of places, of which `places` may be some. */
  n: number;
}
export interface FoundFace<Place> {
  /** Address of its picture. */
  picture: string;
  /** Whether it is large and clear enough to say much. */
  readable: boolean;
  hits: Hit<Place>[];
}
export interface Fault {
  kind: "no face" | "no picture" | "too large" | "other";
  /** Name of the file, or the server's own words. */
  said: string;
}

interface LeftOut {
  /** Of a project. */
  left_out?: string[];
}
interface Photograph<Place> extends LeftOut {
  faces: FoundFace<Place>[];
}
interface Hits<Place> extends LeftOut {
  hits: Hit<Place>[];
}

/** As MOST_PHOTOGRAPH_BYTES in clusterer/review/guard.py. */
export const MOST_BYTES = 48_000_000;

export class Search<Place, Face> {
  /** Those of the photograph, the largest first; or the one face of the film. */
  readonly faces = signal<readonly FoundFace<Place>[]>([]);
  /** Which of them is looked for; -1 = not said yet. */
  readonly chosen = signal(-1);
  /** What the face is called: the file, or where it is in the film. */
  readonly title = signal("");
  readonly isBusy = signal(false);
  readonly fault = signal<Fault | null>(null);
  /** Who is looked for, as a face of a film that is certainly theirs; null = only a photograph. */
  readonly sought = signal<Face | null>(null);
  /** To whom the photograph belongs, as typed. */
  readonly name = signal("");
  /** Keys of hits that are somebody else, while nothing of a film stands for the photograph. */
  readonly dismissed = signal<ReadonlySet<string>>(new Set());
  readonly isPhotograph = signal(false);
  /** Names of films that could not be searched. */
  readonly leftOut = signal<readonly string[]>([]);
  readonly face = computed(() => this.faces.value[this.chosen.value] ?? null);
  private asked: AbortController | null = null;
  private question: ((signal: AbortSignal) => Promise<void>) | null = null;

  /** `query` is added to what the server is asked: a part of an address, or "". */
  constructor(private readonly query: () => string = () => "") {}

  clear(): void {
    this.asked?.abort();
    this.question = null;
    this.faces.value = [];
    this.leftOut.value = [];
    this.choose(-1);
    this.title.value = this.name.value = "";
    this.isBusy.value = this.isPhotograph.value = false;
    this.fault.value = null;
  }

  /** Look for another face of the same photograph. */
  choose(face: number): void {
    this.chosen.value = face;
    this.sought.value = null;
    this.name.value = "";
    this.dismissed.value = new Set();
  }

  dismiss(key: string): void {
    this.dismissed.value = new Set([...this.dismissed.value, key]);
  }

  async ofPhotograph(file: File): Promise<void> {
    this.clear();
    this.title.value = file.name;
    this.isPhotograph.value = true;
    if (file.size > MOST_BYTES) {
      this.fault.value = { kind: "too large", said: file.name };
      return;
    }
    await this.ask(async (signal) => {
      const path = this.address("find/photograph");
      const { faces, left_out = [] } = await send<Photograph<Place>>(path, file, signal);
      this.faces.value = faces;
      this.leftOut.value = left_out;
      if (faces.length === 1 && this.chosen.value < 0) this.choose(0);
      if (!faces.length) this.fault.value = { kind: "no face", said: file.name };
    });
  }

  /** Look for a face of a film, at an address of the server. */
  async ofFace(path: string, picture: string, title: string, face: Face): Promise<void> {
    this.clear();
    this.title.value = title;
    await this.ask(async (signal) => {
      const { hits, left_out = [] } = await get<Hits<Place>>(this.address(path), signal);
      this.leftOut.value = left_out;
      this.faces.value = [{ picture, readable: true, hits }];
      if (this.chosen.value >= 0) return;
      this.choose(0);
      this.sought.value = face;
    });
  }

  /** Ask again, as the query is another; what was chosen and said stays. */
  async again(): Promise<void> {
    if (this.question) await this.ask(this.question);
  }

  private address(path: string): string {
    const query = this.query();
    return query ? `${path}${path.includes("?") ? "&" : "?"}${query}` : path;
  }

  private async ask(question: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.question = question;
    this.asked?.abort();
    const mine = (this.asked = new AbortController());
    this.fault.value = null;
    this.isBusy.value = true;
    try {
      await question(mine.signal);
    } catch (error) {
      if (mine.signal.aborted) return;
      const status = error instanceof ServerError ? error.status : 0;
      if (status === 415) this.fault.value = { kind: "no picture", said: this.title.value };
      else if (status === 413) this.fault.value = { kind: "too large", said: this.title.value };
      else {
        const said = error instanceof Error ? error.message : String(error);
        this.fault.value = { kind: "other", said };
      }
    } finally {
      if (this.asked === mine) this.isBusy.value = false;
    }
  }
}
