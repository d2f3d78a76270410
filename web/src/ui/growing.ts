// Long lists: a screenful is drawn at once, the others in the frames that follow.
import { useEffect, useState } from "preact/hooks";

const AT_ONCE = 60;
/** How many of a list to draw now. */
export const useGrowing = (count: number): number => {
  const [drawn, setDrawn] = useState(AT_ONCE);
  const now = Math.min(drawn, Math.max(count, AT_ONCE));
  useEffect(() => {
    if (now >= count) return setDrawn(now);
    const frame = requestAnimationFrame(() => setDrawn(now + AT_ONCE));
    return () => cancelAnimationFrame(frame);
  }, [now, count]);
  return now;
};
