// At most three hints at the first visit.
import { signal } from "@preact/signals";
import { recall, remember } from "../state/kept";
import { words } from "../words";
import { Button } from "./kit";

const at = signal(recall("hints") ? -1 : 0);
const finish = () => {
  at.value = -1;
  remember("hints", "seen");
};

export const Hints = () => {
  const w = words();
  const hints = w.hints();
  const hint = hints[at.value];
  if (!hint) return null;
  const isLast = at.value === hints.length - 1;
  return (
    <aside class="shell-hint" aria-label={w.hint}>
      <p>{hint}</p>
      <p class="shell-hint-acts">
        <span class="soft">{`${at.value + 1} / ${hints.length}`}</span>
        <span class="shell-gap" />
        {!isLast && <Button onClick={finish}>{w.skipHints}</Button>}
        <Button kind="lead" onClick={() => (isLast ? finish() : (at.value += 1))}>
          {isLast ? w.gotIt : w.nextHint}
        </Button>
      </p>
    </aside>
  );
};
