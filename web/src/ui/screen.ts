// The film itself: where it comes from, and moving in it to the frame.
import { computed, signal } from "@preact/signals";
import { Clock } from "../model/timecode";
import { get, ServerError } from "../state/server";
import { data, film, isFilmMissing, isLive } from "../state/store";
import { inPoint, isPlaying, now_pts, outPoint, player, type Player } from "../state/view";

const POLL_MS = 2000;
const BACKWARDS_MS = 100;
const FIRST_FRAME_MS = 2000;
/** Two times of a video that differ by less are one: browsers count microseconds. */
const SAME_S = 1e-5;
const FASTEST = 8;

/** `GET film`. */
interface Footage {
  state: "playable" | "proxy" | "making" | "unplayable" | "missing";
  done: number;
  left_s: number | null;
  reason: string;
  url: string | null;
  /** Whether there are single frames. */
  stills: boolean;
}

export const clock = new Clock(data);
export const end_pts = Math.max(data.start_pts, Math.round(film.pts(data.length_s)));

/** What the server says of the film; null until it has, and on a page from disk. */
export const footage = signal<Footage | null>(null);
/** A file that the reader opened. */
export const opened = signal("");
/** Addresses that this browser cannot show. */
const broken = signal<ReadonlySet<string>>(new Set());
/** Address of the film; empty if there is none to play. */
export const source = computed(() => {
  const url = opened.value || (footage.value?.url ?? "");
  return broken.value.has(url) ? "" : url;
});
export const isBroken = computed(() => broken.value.size > 0 && !source.value);
/** 1 = as filmed; below 0 = backwards. */
export const speed = signal(1);

/** Number of times that the server was asked for the film. */
let asks = 0;
export const askForFilm = async (): Promise<void> => {
  if (!isLive) return;
  const mine = ++asks;
  let next: Footage;
  try {
    // The server makes a copy of a film that this browser could not play after all.
    next = await get<Footage>(broken.value.has("video") ? "film?failed=1" : "film");
  } catch (error) {
    if (error instanceof ServerError && error.isAway) {
      setTimeout(() => void askForFilm(), POLL_MS);
      return;
    }
    next = { state: "playable", done: 1, left_s: null, reason: "", url: "video", stills: true };
  }
  if (mine !== asks) return; // an older answer
  footage.value = next;
  isFilmMissing.value = !next.stills;
  if (next.state === "making") setTimeout(() => void askForFilm(), POLL_MS);
};

/** Wait until the server answers; whether it was away. */
const waitForServer = async (): Promise<boolean> => {
  for (let wasAway = false; ; wasAway = true) {
    try {
      await get("state");
      return wasAway;
    } catch (error) {
      if (!(error instanceof ServerError) || !error.isAway) return wasAway;
      await new Promise((done) => setTimeout(done, POLL_MS));
    }
  }
};

const clamp = (pts: number) => Math.min(end_pts, Math.max(data.start_pts, Math.round(pts)));

class Screen implements Player {
  #video: HTMLVideoElement | null = null;
  /** `currentTime` at the film's zero; null until it is known. */
  #origin_s: number | null = null;
  #next: number | null = null;
  /** Where the last seek went: what was asked for, and the video's `currentTime`. */
  #sought = { pts: 0, s: -1 };
  #shown_s: number | null = null;
  #rewind: ReturnType<typeof setInterval> | undefined;

  /** Take a video element; the answer lets it go. */
  attach(video: HTMLVideoElement): () => void {
    this.#video = video;
    this.#origin_s = null;
    this.#next = now_pts.value;
    this.#shown_s = null;
    const listeners: [string, () => void][] = [
      ["loadeddata", () => void this.#begin(video)],
      ["seeked", () => this.#arrived()],
      ["error", () => void this.#fail(video)],
      ["play", () => (isPlaying.value = true)],
      ["pause", () => (isPlaying.value = this.#rewind !== undefined)],
      ["loadedmetadata", () => video.videoWidth === 0 && void this.#fail(video)],
    ];
    for (const [name, run] of listeners) video.addEventListener(name, run);
    this.#watch(video);
    return () => {
      for (const [name, run] of listeners) video.removeEventListener(name, run);
      this.pause();
      video.removeAttribute("src");
      video.load(); // no sound of what is not shown
      if (this.#video === video) this.#video = null;
      isPlaying.value = false;
    };
  }

  get isReady(): boolean {
    return this.#video !== null && this.#origin_s !== null;
  }

  seek(pts: number): void {
    now_pts.value = clamp(pts);
    this.#next = now_pts.value;
    this.#move();
  }

  play(): void {
    this.#stopRewind();
    if (speed.value < 0) speed.value = 1;
    this.#start();
  }

  pause(): void {
    this.#stopRewind();
    this.#video?.pause();
    isPlaying.value = false;
  }

  toggle(): void {
    if (isPlaying.value) this.pause();
    else this.play();
  }

  setSpeed(rate: number): void {
    speed.value = rate;
    if (this.#video && rate > 0) this.#video.playbackRate = rate;
  }

  /** L and J: play that way; again, twice as fast. */
  shuttle(direction: 1 | -1): void {
    const isSame = isPlaying.value && Math.sign(speed.value) === direction;
    const rate = isSame ? Math.min(FASTEST, Math.abs(speed.value) * 2) : 1;
    this.setSpeed(direction * rate);
    if (direction > 0) {
      this.#stopRewind();
      this.#start();
    } else if (!this.#rewind) this.#goBack();
  }

  step(frames: number): void {
    this.pause();
    this.seek(clock.step(now_pts.value, frames));
  }

  #start(): void {
    if (!this.#video) return;
    this.#video.playbackRate = speed.value;
    this.#video.play().catch(() => undefined); // a browser may require a click first
  }

  /** Browsers do not play backwards: seek often. */
  #goBack(): void {
    this.#video?.pause();
    let last = performance.now();
    this.#rewind = setInterval(() => {
      const now = performance.now();
      this.seek(now_pts.value + (speed.value * (now - last)) / 1000 / film.tick_s);
      last = now;
      if (now_pts.value <= data.start_pts) this.pause();
    }, BACKWARDS_MS);
    isPlaying.value = true;
  }

  #stopRewind(): void {
    clearInterval(this.#rewind);
    if (this.#rewind !== undefined) speed.value = 1;
    this.#rewind = undefined;
  }

  /** Wait while the server is away; if it is there, this browser cannot show the film. */
  async #fail(video: HTMLVideoElement): Promise<void> {
    const url = source.value;
    if (!url || this.#video !== video) return;
    video.pause();
    isPlaying.value = false;
    const isServed = isLive && !opened.value;
    const wasAway = isServed && (await waitForServer());
    if (this.#video !== video) return;
    if (wasAway || (isServed && video.error?.code === MediaError.MEDIA_ERR_NETWORK)) {
      this.#origin_s = null;
      this.#next = now_pts.value;
      video.load();
      return;
    }
    video.muted = true;
    broken.value = new Set([...broken.value, url]);
    if (url === "video") void askForFilm();
  }

  /**
   * Where a film does not begin at 0 on its own clock, Chromium's `currentTime` is on that clock and
   * Firefox's is a player's. So see when the first frame is shown.
   */
  async #begin(video: HTMLVideoElement): Promise<void> {
    if (this.#origin_s !== null) return;
    let origin_s = 0;
    if (data.zero_pts !== 0 && "requestVideoFrameCallback" in video) {
      const first = new Promise<number | null>((done) => {
        video.requestVideoFrameCallback((_, frame) => done(frame.mediaTime));
        setTimeout(() => done(null), FIRST_FRAME_MS);
      });
      video.currentTime = 0;
      const first_s = await first;
      if (first_s !== null) origin_s = first_s - film.seconds(data.start_pts);
    }
    if (this.#video !== video) return;
    this.#origin_s = origin_s;
    video.playbackRate = Math.max(speed.value, 0.25);
    this.#move();
  }

  #move(): void {
    if (!this.#video || this.#origin_s === null || this.#next === null || this.#video.seeking)
      return;
    const target = this.#next;
    this.#next = null;
    this.#sought = { pts: target, s: this.#origin_s + clock.middle_s(target) };
    this.#video.currentTime = this.#sought.s;
  }

  #arrived(): void {
    if (this.#next !== null) this.#move();
    else if (this.#shown_s !== null && this.#video) {
      const since = this.#video.currentTime - this.#shown_s;
      if (since >= 0 && since < clock.frame_ticks * film.tick_s) this.#tell();
    }
  }

  /** State the time of the frame that is on screen, not that of the clock. */
  #tell(): void {
    if (this.#shown_s === null || this.#origin_s === null || this.#next !== null) return;
    const { pts, s } = this.#sought;
    // After a seek, Firefox states the time that was sought, not that of the frame.
    if (Math.abs(this.#shown_s - s) < SAME_S)
      now_pts.value = clock.isSteady ? clock.pts(clock.frame(pts)) : pts;
    else now_pts.value = Math.round(film.pts(this.#shown_s - this.#origin_s));
  }

  #watch(video: HTMLVideoElement): void {
    if (!("requestVideoFrameCallback" in video)) return;
    const seen: VideoFrameRequestCallback = (_, frame) => {
      if (this.#video !== video) return;
      this.#shown_s = frame.mediaTime;
      if (!video.seeking) this.#tell();
      video.requestVideoFrameCallback(seen);
    };
    video.requestVideoFrameCallback(seen);
  }
}

export const screen = new Screen();
player.current = screen;

// ---- in and out points
export const markIn = (): void => {
  inPoint.value = now_pts.value;
  if (outPoint.value !== null && outPoint.value <= inPoint.value) outPoint.value = null;
};
/** The frame on screen is the last of the span. */
export const markOut = (): void => {
  outPoint.value = clock.step(now_pts.value, 1);
  if (inPoint.value !== null && outPoint.value <= inPoint.value) inPoint.value = null;
};
export const clearMarks = (): void => {
  inPoint.value = null;
  outPoint.value = null;
};
