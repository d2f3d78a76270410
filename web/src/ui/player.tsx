// The player: picture, boxes, transport, in and out points.
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { onKeys } from "../state/keys";
import { data, film, isLive, lose } from "../state/store";
import { say } from "../state/toast";
import { inPoint, isPlaying, now_pts, outPoint } from "../state/view";
import { words } from "../words";
import { percent, spoken } from "../words/format";
import { askForFaces } from "../state/boxes";
import { AddButton, askWho, DrawnBox, DrawTools, toggleDrawing } from "./draw";
import { FaceBoxes, OnScreen } from "./on_screen";
import { Button, Face } from "./kit";
import { WholeFrame } from "./whole";
import "./player.css";
import {
  askForFilm,
  clearMarks,
  clock,
  end_pts,
  footage,
  isBroken,
  markIn,
  markOut,
  opened,
  screen,
  source,
  speed,
} from "./screen";

const SPEEDS = [0.25, 0.5, 1, 1.5, 2, 4, 8];

const Video = () => {
  const video = useRef<HTMLVideoElement>(null);
  const url = source.value;
  // Before it has loaded anything: an effect that waits for a frame may miss that.
  useLayoutEffect(() => (video.current ? screen.attach(video.current) : undefined), [url]);
  return (
    <video
      key={url}
      ref={video}
      class="player-video"
      src={url}
      preload="auto"
      playsInline
      tabIndex={-1}
      aria-label={data.title}
      onClick={() => screen.toggle()}
    />
  );
};

/** The kept picture that is nearest in time. */
const nearest = (pts: number): number => {
  const times = data.chips.pts;
  let best = -1;
  times.forEach((time, chip) => {
    if (!film.isShown(chip) || data.chips.track[chip]! < 0) return;
    if (best < 0 || Math.abs(time - pts) < Math.abs(times[best]! - pts)) best = chip;
  });
  return best;
};
const Still = () => {
  const still = film.still(now_pts.value);
  const timecode = clock.timecode(now_pts.value);
  if (still)
    return (
      <img
        class="player-video"
        src={still}
        alt={words().frameAt(timecode)}
        draggable={false}
        onError={() => lose(still)}
      />
    );
  const chip = nearest(now_pts.value);
  return (
    <figure class="player-face">
      {film.whole(chip) ? <WholeFrame chip={chip} alt="" /> : <Face chip={chip} alt="" px={160} />}
      {chip >= 0 && <figcaption>{words().nearestFace(data.chips.tc[chip]!)}</figcaption>}
    </figure>
  );
};

const OpenFile = () => (
  <label class="button player-open">
    {words().openVideo}
    <input
      class="away"
      type="file"
      accept="video/*,.mkv,.mxf,.mov"
      onChange={(event) => {
        const file = event.currentTarget.files?.[0];
        if (file) opened.value = URL.createObjectURL(file);
      }}
    />
  </label>
);

/** Why there is no moving picture, and when there will be. */
const Notice = () => {
  const w = words();
  const stated = footage.value;
  if (source.value || (isLive && !stated)) return null;
  const isMaking = stated?.state === "making";
  const why = isBroken.value ? w.cannotPlay : isLive ? (stated?.reason ?? "") : w.noVideoYet;
  return (
    <div class="player-notice" role="status">
      {why && <span>{why}</span>}
      {isMaking && (
        <>
          <progress value={stated.done} max={1} aria-label={w.makingCopy} />
          <span>
            {w.makingCopy}: {percent(stated.done)}
            {stated.left_s !== null && `, ${w.timeLeft(spoken(stated.left_s))}`}
          </span>
        </>
      )}
      {(!isLive || stated?.state === "missing" || (isBroken.value && !isMaking)) && <OpenFile />}
    </div>
  );
};

const Scrub = () => (
  <input
    class="player-scrub"
    type="range"
    min={data.start_pts}
    max={end_pts}
    step={1}
    value={now_pts.value}
    aria-label={words().position}
    aria-valuetext={clock.timecode(now_pts.value)}
    onInput={(event) => screen.seek(event.currentTarget.valueAsNumber)}
  />
);

const copy = (text: string) => {
  navigator.clipboard.writeText(text).then(
    () => say(words().timecodeCopied(text)),
    () => say(text),
  );
};
const Timecode = () => {
  const text = clock.timecode(now_pts.value);
  return (
    <button
      type="button"
      class="player-timecode"
      title={words().copyTimecode}
      aria-label={`${text}: ${words().copyTimecode}`}
      onClick={() => copy(text)}
    >
      {text}
    </button>
  );
};

const Marks = () => {
  const w = words();
  const [from, to] = [inPoint.value, outPoint.value];
  return (
    <div class="player-marks" role="group" aria-label={w.span}>
      <Button title={w.markIn} hint="i" onClick={markIn}>
        {w.inShort} {from !== null && <b>{clock.timecode(from)}</b>}
      </Button>
      <Button title={w.markOut} hint="o" onClick={markOut}>
        {w.outShort} {to !== null && <b>{clock.timecode(to)}</b>}
      </Button>
      {(from !== null || to !== null) && (
        <Button
          kind="plain"
          title={w.clearSpan}
          aria-label={w.clearSpan}
          hint="x"
          onClick={clearMarks}
        >
          ×
        </Button>
      )}
    </div>
  );
};

const Transport = () => {
  const w = words();
  const able = source.value !== "";
  const rate = speed.value;
  const speeds = SPEEDS.includes(rate) ? SPEEDS : [...SPEEDS, rate];
  return (
    <div class="player-bar">
      <Button title={w.frameBack} aria-label={w.frameBack} hint="," onClick={() => screen.step(-1)}>
        ‹
      </Button>
      <Button
        class="player-play"
        title={isPlaying.value ? w.pause : w.play}
        aria-label={isPlaying.value ? w.pause : w.play}
        hint="k, l"
        disabled={!able}
        onClick={() => screen.toggle()}
      >
        {isPlaying.value ? "❚❚" : "▶"}
      </Button>
      <Button title={w.frameOn} aria-label={w.frameOn} hint="." onClick={() => screen.step(1)}>
        ›
      </Button>
      <Timecode />
      <select
        class="player-speed"
        aria-label={w.speed}
        value={String(rate)}
        disabled={!able}
        onChange={(event) => {
          screen.setSpeed(Number(event.currentTarget.value));
        }}
      >
        {speeds.map((value) => (
          <option key={value} value={String(value)}>
            {value} ×
          </option>
        ))}
      </select>
      <Marks />
      {isLive && <AddButton />}
    </div>
  );
};

export const Player = () => {
  const root = useRef<HTMLElement>(null);
  useEffect(() => {
    void askForFilm();
    void askForFaces();
    askWho();
  }, []);
  useLayoutEffect(() => {
    const focus = () => document.activeElement;
    const pressed = "button, a, summary, input:not([type=range]), [role=option]";
    const isOnButton = () => focus()?.closest(pressed) != null;
    const second = () => Math.max(1, Math.round(data.frame_rate));
    const removers = [
      onKeys({
        j: () => screen.shuttle(-1),
        k: () => screen.pause(),
        l: () => screen.shuttle(1),
        ",": () => screen.step(-1),
        ".": () => screen.step(1),
        i: markIn,
        o: markOut,
        x: clearMarks,
        ...(isLive && { d: toggleDrawing }),
      }),
      onKeys({ " ": () => screen.toggle() }, undefined, () => !isOnButton()),
      onKeys(
        {
          ArrowLeft: () => screen.step(-1),
          ArrowRight: () => screen.step(1),
          "Shift+ArrowLeft": () => screen.step(-second()),
          "Shift+ArrowRight": () => screen.step(second()),
          Home: () => screen.seek(data.start_pts),
          End: () => screen.seek(end_pts),
        },
        () => root.current,
      ),
    ];
    return () => removers.forEach((remove) => remove());
  }, []);
  return (
    <section class="player" ref={root} aria-label={words().player}>
      <div class="player-stage">
        <div
          class="player-frame"
          style={{
            aspectRatio: `${data.width} / ${data.height}`,
            "--shape": String(data.width / data.height),
          }}
        >
          {source.value ? <Video /> : <Still />}
          <FaceBoxes />
          {isLive && <DrawnBox />}
        </div>
      </div>
      <Notice />
      {isLive && <DrawTools />}
      <Scrub />
      <Transport />
      <OnScreen />
    </section>
  );
};
