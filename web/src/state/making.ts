// A file that the server makes in the background: begun, watched, cancelled.
import { signal } from "@preact/signals";
import { sent } from "./exporting";
import { get, post, ServerError } from "./server";

export interface Job {
  state: "none" | "making" | "done" | "failed";
  /** Share, 0 to 1. */
  done: number;
  left_s: number | null;
  name: string;
  /** English, of the server. */
  error: string;
}
const ASK_AGAIN_MS = 500;

/** What the server makes at an endpoint. */
export const making = <T extends Job>(endpoint: string) => {
  /** null = not known yet. */
  const job = signal<T | null>(null);
  /** English, of the server. */
  const fault = signal("");
  /** Between a click and the server's answer. */
  const isAsking = signal(false);
  const wasCancelled = signal(false);
  let isWatching = false;
  /** Number of answers to what was asked for here. */
  let answers = 0;

  const say = (error: unknown) => {
    fault.value = error instanceof ServerError ? error.message : String(error);
  };
  const asking = async (question: () => Promise<T>): Promise<void> => {
    fault.value = "";
    isAsking.value = true;
    try {
      job.value = await question();
    } catch (error) {
      say(error);
    } finally {
      answers += 1;
      isAsking.value = false;
    }
  };
  /** Ask for the state until nothing is being made. */
  const watch = async (): Promise<void> => {
    if (isWatching) return;
    isWatching = true;
    try {
      for (;;) {
        const before = answers;
        const now = await get<T>(endpoint);
        if (answers === before) {
          job.value = now;
          if (now.state !== "making") break;
        } // else it is older than an answer that is known
        await new Promise((done) => setTimeout(done, ASK_AGAIN_MS));
      }
    } catch (error) {
      say(error);
    } finally {
      isWatching = false;
    }
  };
  /** Begin once every correction has been sent. */
  const begin = async (asked: () => object): Promise<void> => {
    wasCancelled.value = false;
    await asking(async () => {
      await sent();
      return post<T>(endpoint, asked());
    });
    await watch();
  };
  const cancel = async (): Promise<void> => {
    await asking(() => post<T>(`${endpoint}/cancel`, {}));
    wasCancelled.value = !fault.value;
  };
  return { job, fault, isAsking, wasCancelled, watch, begin, cancel, file: `${endpoint}/file` };
};
export type Making<T extends Job> = ReturnType<typeof making<T>>;

/** A number as typed, with a comma or a point; null = not one within these. */
export const within = (text: string, least: number, most: number): number | null => {
  const value = text.trim() === "" ? NaN : Number(text.replace(",", "."));
  return value >= least && value <= most ? value : null;
};
