// Finding a face, for the page of a film and of a project: what is looked for, and who it may be.
import type { ComponentChildren, VNode } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Fault, Hit, Search } from "../state/find";
import { words } from "../words";
import { inChance, isNearMiss } from "../words/chance";
import "./find.css";
import { Button, Picture } from "./kit";

const PX = 72;
const FILES = ".jpg,.jpeg,.png,.bmp,.tif,.tiff,.webp,image/*";

/** While a file is dragged over the page, the whole page takes it. */
export const PhotographDrop = ({ onFile }: { onFile: (file: File) => void }) => {
  const [isOver, setOver] = useState(false);
  useLayoutEffect(() => {
    const hasFile = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const over = (event: DragEvent) => {
      if (!hasFile(event) || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!event.relatedTarget) setOver(false);
    };
    const drop = (event: DragEvent) => {
      setOver(false);
      const file = event.dataTransfer?.files[0];
      if (!file || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      onFile(file);
    };
    document.addEventListener("dragover", over);
    document.addEventListener("dragleave", leave);
    document.addEventListener("drop", drop);
    return () => {
      document.removeEventListener("dragover", over);
      document.removeEventListener("dragleave", leave);
      document.removeEventListener("drop", drop);
    };
  }, []);
  if (!isOver) return null;
  return (
    <div class="find-drop" aria-hidden="true">
      {words().findDrop}
    </div>
  );
};

const Ask = ({ onFile }: { onFile: (file: File) => void }) => {
  const t = words();
  const field = useRef<HTMLInputElement>(null);
  return (
    <div class="find-ask">
      <p class="soft">{t.findWhat}</p>
      <Button onClick={() => field.current!.click()}>{t.findFile}</Button>
      <input
        ref={field}
        type="file"
        accept={FILES}
        hidden
        aria-label={t.findFile}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = ""; // the same file again is another question
          if (file) onFile(file);
        }}
      />
    </div>
  );
};

const inWords = ({ kind, said }: Fault): string => {
  const t = words();
  if (kind === "no face") return t.findNoFace(said);
  if (kind === "no picture") return t.findNoPicture(said);
  return kind === "too large" ? t.findTooLarge(said) : said;
};

/** The faces of a photograph, to choose from. */
const Which = <P, F>({ search }: { search: Search<P, F> }) => {
  const t = words();
  const { length } = search.faces.value;
  if (length < 2) return null;
  return (
    <div class="find-which" role="group" aria-labelledby="find-which">
      <h3 id="find-which">{t.findWhich}</h3>
      {search.faces.value.map(({ picture }, i) => (
        <button
          key={i}
          type="button"
          aria-pressed={search.chosen.value === i}
          aria-label={t.findFaceNumber(i + 1, length)}
          onClick={() => search.choose(i)}
        >
          <Picture source={picture} alt="" px={PX} />
        </button>
      ))}
    </div>
  );
};

export interface Shown {
  /** What stands for the hit, for the list. */
  key: string;
  name: string;
  time: string;
  picture: VNode;
  go: ComponentChildren;
  /** The other places; null = there are none. */
  more: ComponentChildren;
  /** "sought": nothing but this person stands for the photograph. */
  state: "own" | "sought" | "confirmed" | "rejected" | "open";
  /** What to do; without, nothing can be done here. */
  acts?: { onConfirm: () => void; onReject: () => void };
}

const Card = ({ hit, shown }: { hit: Hit<unknown>; shown: Shown }) => {
  const t = words();
  const { name, time, state, acts } = shown;
  const root = useRef<HTMLLIElement>(null);
  const hasActed = useRef(false);
  const acting = (run: () => void) => () => {
    hasActed.current = true;
    run();
  };
  // The button that was pressed may be there no more.
  useLayoutEffect(() => {
    if (hasActed.current && document.activeElement === document.body)
      root.current!.querySelector<HTMLElement>(".find-acts button")?.focus();
    hasActed.current = false;
  }, [state]);
  const said = {
    own: t.findWhose,
    sought: t.findIsSought,
    confirmed: t.findConfirmed,
    rejected: t.findRejected,
    open: "",
  };
  return (
    <li ref={root} class={`find-hit ${state}`} data-who={hit.who}>
      {shown.picture}
      <div class="find-about">
        <p>
          <b>{name}</b> <span class="find-chance">{inChance(hit.probability)}</span>{" "}
          {said[state] && <span class="find-state">{said[state]}</span>}
        </p>
        <p>{shown.go}</p>
        {shown.more && (
          <details>
            <summary>{t.findPlaces(hit.places.length, hit.n)}</summary>
            {shown.more}
          </details>
        )}
      </div>
      {acts && (
        <div class="find-acts">
          {(state === "open" || state === "rejected") && (
            <Button aria-label={t.findConfirmOf(name, time)} onClick={acting(acts.onConfirm)}>
              {t.findConfirm}
            </Button>
          )}
          {state !== "rejected" && (
            <Button aria-label={t.findRejectOf(name, time)} onClick={acting(acts.onReject)}>
              {t.findReject}
            </Button>
          )}
        </div>
      )}
    </li>
  );
};

interface HitsProps<P> {
  hits: readonly Hit<P>[];
  shownOf: (hit: Hit<P>) => Shown | null;
}
const Hits = <P,>({ hits, shownOf }: HitsProps<P>) => {
  const t = words();
  const all = hits.flatMap((hit) => {
    const shown = shownOf(hit);
    return shown ? [{ hit, shown }] : [];
  });
  const near = all.filter(({ hit }) => isNearMiss(hit.probability));
  const good = all.filter(({ hit }) => !isNearMiss(hit.probability));
  const list = (some: typeof all) => (
    <ol class="find-hits">
      {some.map(({ hit, shown }) => (
        <Card key={shown.key} hit={hit} shown={shown} />
      ))}
    </ol>
  );
  if (!all.length) return <p>{t.findNothing}</p>;
  return (
    <>
      <p class="away" role="status">
        {t.findCount(good.length, near.length)}
      </p>
      {good.length > 0 && <h3>{t.findHits}</h3>}
      {list(good)}
      {near.length > 0 && <h3>{good.length ? t.findNear : t.findNobody}</h3>}
      {list(near)}
    </>
  );
};

interface FindProps<P, F> {
  search: Search<P, F>;
  onFile: (file: File) => void;
  shownOf: HitsProps<P>["shownOf"];
  /** Names that are known, to suggest. */
  names: readonly string[];
  /** Where else to look for the face. */
  elsewhere?: ComponentChildren;
  /** What to search. */
  options?: ComponentChildren;
}
export const Find = <P, F>(props: FindProps<P, F>) => {
  const { search, onFile, shownOf, names, elsewhere, options } = props;
  const t = words();
  const root = useRef<HTMLElement>(null);
  const face = search.face.value;
  const title = search.title.value;
  // Whoever asked from elsewhere is taken here; the answer is read out.
  useLayoutEffect(() => {
    if (title) root.current?.focus();
  }, [title]);
  return (
    <section ref={root} class="find" aria-label={t.findTitle} tabIndex={-1}>
      <h2>{t.findTitle}</h2>
      <Ask onFile={onFile} />
      {options}
      <p role="status">{search.isBusy.value ? t.findBusy : ""}</p>
      {search.fault.value && <p role="alert">{inWords(search.fault.value)}</p>}
      <Which search={search} />
      {face && (
        <>
          <div class="find-sought">
            <Picture
              source={face.picture}
              alt={search.isPhotograph.value ? t.findOn(title) : title}
              px={PX}
            />
            <div>
              <p>{search.isPhotograph.value ? t.findOn(title) : title}</p>
              {elsewhere}
              {!face.readable && <p class="find-poor">{t.findPoor}</p>}
              {search.isPhotograph.value && (
                <label>
                  {t.findName}
                  <input
                    type="text"
                    list="find-names"
                    value={search.name.value}
                    onInput={(event) => (search.name.value = event.currentTarget.value)}
                  />
                </label>
              )}
            </div>
            <Button onClick={() => search.clear()}>{t.findClear}</Button>
          </div>
          <datalist id="find-names">
            {names.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
          {search.leftOut.value.length > 0 && (
            <p class="find-poor">{t.findLeftOut(search.leftOut.value.join(", "))}</p>
          )}
          <Hits hits={face.hits} shownOf={shownOf} />
        </>
      )}
    </section>
  );
};
