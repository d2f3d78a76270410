// What is to be exported, and asking the server for it.
import { computed, signal } from "@preact/signals";
import { download, get, ServerError } from "./server";
import { confirmedCount, film, isIdle, isLive, saving, visible } from "./store";
import { inPoint, outPoint, pickedPeople } from "./view";

export interface Format {
  name: string;
  title: string;
  suffix: string;
}
const ASK_AGAIN_MS = 100;

/** null = not known yet; empty = this server cannot export. */
export const formats = signal<readonly Format[] | null>(null);
/** English, of the server. */
export const fault = signal("");

/** Labels of those to export; null = everybody. */
export const whom = signal<ReadonlySet<number> | null>(null);
/** Whether only the part between the in and out points is wanted. */
export const isPart = signal(false);
export const isTogether = signal(false);

export const chosen = computed(() => {
  const labels = whom.value;
  return labels ? visible.value.filter((who) => labels.has(who.label)) : visible.value;
});
export const hasMarks = computed(() => inPoint.value !== null || outPoint.value !== null);

/** Whom and which part of the film the panel asks for, as the server takes it. */
export const wanted = () => {
  const together = isTogether.value && chosen.value.length > 1;
  const part = isPart.value && hasMarks.value;
  const seconds = (pts: number | null) => (part && pts !== null ? film.seconds(pts) : null);
  return {
    count: confirmedCount(),
    people: whom.value || together ? chosen.value.map((who) => who.keys()) : null,
    from_s: seconds(inPoint.value),
    to_s: seconds(outPoint.value),
    together,
  };
};

const noting = async <T>(what: Promise<T>): Promise<T | null> => {
  fault.value = "";
  try {
    return await what;
  } catch (error) {
    fault.value = error instanceof ServerError ? error.message : String(error);
    return null;
  }
};
const none =
  <T>(instead: T) =>
  (error: unknown): T => {
    if (error instanceof ServerError && [404, 405].includes(error.status)) return instead;
    throw error;
  };

/** Choose the selected people, as the panel is opened. */
export const begin = async (): Promise<void> => {
  const picked = [...pickedPeople.value];
  if (picked.length) whom.value = new Set(picked);
  if (!isLive) return;
  formats.value ??= await noting(get<Format[]>("formats").catch(none<Format[]>([])));
};

/** The server exports what it has: wait until it has every correction, or none can be sent. */
export const sent = async (): Promise<void> => {
  while (!isIdle() && saving.value !== "stopped")
    await new Promise((done) => setTimeout(done, ASK_AGAIN_MS));
};

export const exportAs = (format: Format): Promise<{ name: string; file: Blob } | null> =>
  noting(sent().then(() => download("export", { ...wanted(), format: format.name })));
