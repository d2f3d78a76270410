// What the page knows of the project. The server has the truth: each correction is answered with the
// whole project as it is then; while the server is away, corrections wait.
import { computed, signal } from "@preact/signals";
import { get, post, ServerError } from "../state/server";
import { say } from "../state/toast";
import { words } from "../words";
import { Project, type Action, type Change, type Pair, type Seen } from "./model";
import { inWords } from "./said";

const POLL_MS = 3000; // how often the page asks whether the project has changed
const RETRY_MS = 2000;

/** null = not loaded yet. */
export const project = signal<Project | null>(null);
export type Saving = "loading" | "saved" | "sending" | "away" | "stopped";
export const saving = signal<Saving>("loading");
/** Why the last correction was not saved, or why the page is of no use; English, of the server. */
export const problem = signal("");
/** Corrections that are not saved yet. */
export const waiting = signal(0);
/** Counts the times that the whole project was read, or that something was undone: sort anew. */
export const fresh = signal(0);

export const canUndo = computed(() => saving.value !== "stopped" && !!project.value?.seen.undo);
export const canRedo = computed(() => saving.value !== "stopped" && !!project.value?.seen.redo);

interface Request {
  path: "edit" | "undo" | "redo";
  body: Record<string, unknown>;
  /** Said once it is saved. */
  said: string;
}
const queue: Request[] = [];
let isSending = false;

const take = (seen: Seen): void => {
  project.value = new Project(seen, project.value ?? undefined);
};
const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));
const faultOf = (error: unknown): ServerError =>
  error instanceof ServerError ? error : new ServerError(String(error), 500);
const contentOf = (seen: Seen | undefined) => JSON.stringify({ ...seen, count: 0 });

const stop = (why: string): void => {
  saving.value = "stopped";
  problem.value = why;
};

/** Read the project; says so if somebody else has changed it. */
export const load = async (): Promise<void> => {
  const before = project.value?.seen;
  const seen = await get<Seen>("cast");
  if (project.value?.seen !== before) return; // older than the answer to a correction
  take(seen);
  if (!before) fresh.value += 1;
  else if (contentOf(before) !== contentOf(seen)) say(words().projectElsewhere);
};

/** Ask until the server answers again. */
const untilBack = async (): Promise<void> => {
  saving.value = "away";
  for (;;) {
    await wait(RETRY_MS);
    try {
      await load();
      saving.value = queue.length ? "sending" : "saved";
      return;
    } catch (error) {
      const fault = faultOf(error);
      if (!fault.isAway) return stop(fault.message);
    }
  }
};

const refused = (why: string): void => {
  problem.value = words().projectNotSaved(why);
  say(problem.value);
};

/** The first request is done. */
const done = ({ path, said }: Request): void => {
  queue.shift();
  problem.value = "";
  if (path !== "edit") fresh.value += 1;
  if (path === "undo") say(said);
  else say(said, { name: words().undo, run: undo });
};
/** Whether a change whose answer was lost was made: the newest change is what was asked. */
const isMade = ({ path, body }: Request, before: Seen, now: Seen): boolean => {
  const asked = path === "edit" ? (body["edit"] as Change) : before[path];
  const newest = path === "undo" ? now.redo : now.undo;
  return (
    now.count === before.count + 1 &&
    newest?.action === asked?.action &&
    newest?.name === asked?.name
  );
};

const failed = async (error: unknown): Promise<void> => {
  const fault = faultOf(error);
  if (fault.isAway) {
    const [next, before] = [queue[0]!, project.value!.seen];
    await untilBack();
    const now = project.value!.seen;
    if (saving.value === "stopped" || now.count === before.count) return; // send it again
    if (isMade(next, before, now)) return done(next);
    queue.shift();
    refused(words().projectChanged);
    return;
  }
  queue.shift();
  refused(fault.message);
  if (fault.status === 409) await load().catch(() => undefined);
};

const pump = async (): Promise<void> => {
  if (isSending) return;
  isSending = true;
  for (let next = queue[0]; next && saving.value !== "stopped"; next = queue[0]) {
    saving.value = "sending";
    try {
      take(await post<Seen>(next.path, { ...next.body, count: project.value?.seen.count }));
      done(next);
    } catch (error) {
      await failed(error);
    }
    waiting.value = queue.length;
  }
  isSending = false;
  if (saving.value === "sending") saving.value = "saved";
};

const send = (path: Request["path"], body: Request["body"], said: string): void => {
  if (saving.value === "stopped" || !project.value) return;
  queue.push({ path, body, said });
  waiting.value = queue.length;
  void pump();
};

/** Make a correction; `said` is shown once it is saved. */
export const edit = (
  action: Action,
  who: readonly Pair[],
  others: readonly Pair[],
  said: string,
  name = "",
): void => send("edit", { edit: { action, who, others, name } }, said);

export const undo = (): void => {
  const now = project.value;
  if (now?.seen.undo) send("undo", {}, `${words().undoneWord}: ${inWords(now.seen.undo, now)}`);
};
export const redo = (): void => {
  const now = project.value;
  if (now?.seen.redo) send("redo", {}, `${words().redoneWord}: ${inWords(now.seen.redo, now)}`);
};

// ---- changes made elsewhere: in a film's page, by another program
const isIdle = () => !queue.length && saving.value === "saved";
const look = async (): Promise<void> => {
  if (document.hidden || !isIdle()) return;
  try {
    const { count } = await get<{ count: number }>("state");
    if (count !== project.value?.seen.count && isIdle()) await load();
  } catch (error) {
    if (faultOf(error).isAway && isIdle()) await untilBack();
  }
};

/** Read the project and follow it. */
export const begin = async (): Promise<void> => {
  try {
    await load();
    saving.value = "saved";
  } catch (error) {
    stop(faultOf(error).message);
  }
  setInterval(() => void look(), POLL_MS);
  addEventListener("pageshow", (event) => {
    if (event.persisted) void look();
  });
  document.addEventListener("visibilitychange", () => void look());
  addEventListener("beforeunload", (event) => {
    if (queue.length && saving.value !== "stopped") event.preventDefault();
  });
};

// ---- faces of a person of a film: row and timecode, the best first
export type Look = [row: number, timecode: string];
const looks = new Map<string, Promise<Look[]>>();
let looksOf = -1;
export const looksAt = ([film, person]: Pair): Promise<Look[]> => {
  const count = project.value?.seen.count ?? 0;
  if (count !== looksOf) looks.clear();
  looksOf = count;
  const path = `looks/${film}/${person}`;
  const known = looks.get(path);
  if (known) return known;
  const asked = get<Look[]>(path).catch((): Look[] => []);
  looks.set(path, asked);
  return asked;
};
