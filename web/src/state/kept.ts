// What a browser remembers between visits, or of one tab until it is closed; it may forbid that,
// above all for pages from disk.
export const recall = (name: string): string | null => {
  try {
    return localStorage.getItem(`cluster-video-${name}`);
  } catch {
    return null;
  }
};
export const remember = (name: string, value: string): void => {
  try {
    localStorage.setItem(`cluster-video-${name}`, value);
  } catch {
    // The choice counts for this visit only.
  }
};

/** What this tab remembers when the page is loaded anew; it is forgotten once it is asked for. */
export const recallOnce = (name: string): string | null => {
  try {
    const value = sessionStorage.getItem(`cluster-video-${name}`);
    sessionStorage.removeItem(`cluster-video-${name}`);
    return value;
  } catch {
    return null;
  }
};
export const rememberOnce = (name: string, value: string): void => {
  try {
    sessionStorage.setItem(`cluster-video-${name}`, value);
  } catch {
    // The page loaded anew will do without.
  }
};
