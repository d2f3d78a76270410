// One face enlarged, with its whole frame, its facts, and what can be done with it.
import { useSignal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { closeDialog } from "../state/dialog";
import { data, film, isLive, people, whoOf } from "../state/store";
import { goTo, player } from "../state/view";
import { words } from "../words";
import { number, spoken } from "../words/format";
import { chooseMove, notAFace, notThisPerson, setCover } from "./actions";
import { findFace } from "./find_film";
import { nameOf } from "../words/person";
import { Button, Dialog, Face } from "./kit";
import { chooseJoin, cutTrack } from "./tracks";
import "./person.css";
import { WholeFrame } from "./whole";

/** The clothing below a face; nothing where no picture of it is kept. */
const Torso = ({ chip, alt }: { chip: number; alt: string }) => {
  const isGone = useSignal(false);
  const source = film.torso(chip);
  if (!source || isGone.value) return null;
  return (
    <img
      class="face-torso"
      src={source}
      alt={alt}
      width={72}
      height={96}
      onError={() => (isGone.value = true)}
    />
  );
};

/** Why a track is where it is, in a sentence; empty where nothing is known. */
export const evidenceOf = (track: number): string => {
  if (people.value.state.byHand.has(track)) return words().castByYou;
  return data.clothing[track]?.[2] ?? words().because(data.sure?.tracks[track]?.[1] ?? "");
};

export const FaceDialog = ({ chips, start }: { chips: number[]; start: number }) => {
  const at = useSignal(start);
  const t = words();
  const chip = chips[at.value]!;
  const track = data.chips.track[chip]!;
  const who = whoOf(track);
  const name = nameOf(who);
  const tc = data.chips.tc[chip]!;
  const pts = data.chips.pts[chip]!;
  const step = (by: number) => {
    if (chips[at.value + by] !== undefined) at.value += by;
  };
  useLayoutEffect(() => {
    const arrows = (event: KeyboardEvent) => {
      if (event.key === "ArrowLeft") step(-1);
      if (event.key === "ArrowRight") step(1);
    };
    addEventListener("keydown", arrows);
    return () => removeEventListener("keydown", arrows);
  }, []);
  const then = (run: () => void) => () => {
    closeDialog();
    run();
  };
  const move = () => {
    const anchor =
      document.querySelector(`.face-cell[data-tracks~="${track}"] .face-open`) ??
      document.querySelector(`.cast-tile[data-label="${who?.label ?? -1}"]`) ??
      document.querySelector(".side");
    closeDialog();
    if (anchor) setTimeout(() => chooseMove([track], anchor));
  };
  const facts: [string, string][] = [
    [t.personFaceTime, spoken(film.seconds(pts))],
    [t.personFaceFrame, number(data.chips.frame[chip]!)],
    [t.personColumnShot, number(data.tracks.shot[track]! + 1)],
    [t.personFaceHeight, `${number(data.chips.height[chip]!)} px`],
    [t.personFaceQuality, number(data.chips.quality[chip]!, 2)],
    [t.personFaceScore, number(data.chips.score[chip]!, 2)],
  ];
  const whole = film.whole(chip);
  return (
    <Dialog
      title={t.personFaceAt(name, tc)}
      onClose={closeDialog}
      closeWords={t.close}
      class="face-dialog"
    >
      <div class="face-look">
        <div class="face-pictures">
          <Face chip={chip} alt={t.personFaceAt(name, tc)} px={224} />
          <Torso key={`torso ${chip}`} chip={chip} alt={t.personClothingOf(name, tc)} />
          {whole && (
            <figure class="face-still">
              <WholeFrame chip={chip} alt={t.personWholeFrame} />
              {whole.chip !== chip && (
                <figcaption class="soft">{data.chips.tc[whole.chip]}</figcaption>
              )}
            </figure>
          )}
        </div>
        <dl class="face-facts">
          {facts.map(([term, value]) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        {evidenceOf(track) && <p class="soft">{evidenceOf(track)}</p>}
        <p class="face-acts">
          <Button
            kind="lead"
            onClick={then(() => {
              goTo(pts);
              player.current?.play();
            })}
          >
            {t.personPlayHere}
          </Button>
          {who && <Button onClick={then(() => setCover(chip))}>{t.personUseAsCover}</Button>}
          <Button onClick={move}>{t.personMoveTo}</Button>
          {who && (
            <Button onClick={then(() => notThisPerson([track]))}>{t.personNotThisPerson}</Button>
          )}
          <Button onClick={then(() => notAFace([track]))}>{t.personNotAFace}</Button>
          {isLive && <Button onClick={then(() => findFace(track, chip))}>{t.findFace}</Button>}
          {isLive && film.chipsOf[track]![0] !== chip && (
            <Button onClick={then(() => cutTrack(data.chips.face[chip]!, tc))}>
              {t.cutBefore}
            </Button>
          )}
          {isLive && <Button onClick={then(() => chooseJoin(track))}>{t.joinWith}</Button>}
        </p>
        <p class="face-steps">
          <Button aria-label={t.personPrevious} disabled={!at.value} onClick={() => step(-1)}>
            ←
          </Button>
          <span role="status">{t.personFaceOf(at.value + 1, chips.length)}</span>
          <Button
            aria-label={t.personNext}
            disabled={at.value === chips.length - 1}
            onClick={() => step(1)}
          >
            →
          </Button>
        </p>
      </div>
    </Dialog>
  );
};
