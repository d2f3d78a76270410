// Asking the review's server. Every failure says whether another try can help.

export class ServerError extends Error {
  /** HTTP status; 0 = the server did not answer. */
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }

  /** Whether the server is gone, so that the same request may succeed later. */
  get isAway(): boolean {
    return this.status === 0;
  }
}

const ask = async (path: string, options: RequestInit): Promise<Response> => {
  let reply: Response;
  try {
    reply = await fetch(path, options);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ServerError("The review server does not answer", 0);
  }
  if (reply.ok) return reply;
  const content = (await reply.json().catch(() => ({}))) as { error?: string };
  throw new ServerError(content.error ?? reply.statusText, reply.status);
};

export const get = async <T>(path: string, signal?: AbortSignal): Promise<T> =>
  (await (await ask(path, signal ? { signal } : {})).json()) as T;

const posting = (body: unknown): RequestInit => ({
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

export const post = async <T>(path: string, body: unknown): Promise<T> =>
  (await (await ask(path, posting(body))).json()) as T;

/** Send a file as it is. */
export const send = async <T>(path: string, file: Blob, signal: AbortSignal): Promise<T> => {
  const headers = { "Content-Type": "application/octet-stream" };
  return (await (await ask(path, { method: "POST", headers, body: file, signal })).json()) as T;
};

/** Ask for a file to save; its name is the server's. */
export const download = async (
  path: string,
  body: unknown,
): Promise<{ name: string; file: Blob }> => {
  const reply = await ask(path, posting(body));
  const stated = reply.headers.get("Content-Disposition") ?? "";
  const coded = /filename\*=utf-8''([^;]+)/i.exec(stated)?.[1];
  const name = coded ? decodeURIComponent(coded) : (/filename="([^"]+)"/.exec(stated)?.[1] ?? "");
  return { name: name || "export", file: await reply.blob() };
};
