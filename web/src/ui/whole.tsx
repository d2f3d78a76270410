// The whole frame that a face is in, with the face outlined; and what is shown beside a face that is
// pointed at: the clothing below it, or else that frame.
import { signal } from "@preact/signals";
import { boxOf, styleOf } from "../state/boxes";
import { data, film, lose } from "../state/store";
import "./whole.css";

interface WholeProps {
  chip: number;
  alt: string;
}
export const WholeFrame = ({ chip, alt }: WholeProps) => {
  const whole = film.whole(chip);
  if (!whole) return null;
  const box = whole.box ?? boxOf(whole.chip);
  return (
    <span class="whole" style={{ aspectRatio: `${data.width} / ${data.height}` }}>
      <img
        key={whole.source}
        src={whole.source}
        alt={alt}
        draggable={false}
        onError={() => lose(whole.source)}
      />
      {box && <span class="whole-box" style={styleOf(box)} />}
    </span>
  );
};

// ---- beside a face
const REST_MS = 200;
const [WIDE_PX, HIGH_PX, GAP_PX] = [200, 150, 6];

interface Tip {
  chip: number;
  left: number;
  top: number;
}
const tip = signal<Tip | null>(null);
/** Chips whose clothing the server does not have. */
const bare = signal<ReadonlySet<number>>(new Set());
let timer: ReturnType<typeof setTimeout> | undefined;

export const hideLook = (): void => {
  clearTimeout(timer);
  if (tip.value) tip.value = null;
};
/** Once the pointer or the focus rests on a face. */
export const showLook = (chip: number, face: Element): void => {
  hideLook();
  if (chip < 0) return;
  timer = setTimeout(() => {
    const at = face.getBoundingClientRect();
    const isAbove = at.top > HIGH_PX + 2 * GAP_PX;
    tip.value = {
      chip,
      left: Math.max(GAP_PX, Math.min(at.left, innerWidth - WIDE_PX - GAP_PX)),
      top: isAbove ? at.top - HIGH_PX - GAP_PX : at.bottom + GAP_PX,
    };
  }, REST_MS);
};
addEventListener("scroll", hideLook, { capture: true, passive: true });
addEventListener("keydown", ({ key }) => key === "Escape" && hideLook(), true);

export const LookTip = () => {
  const shown = tip.value;
  if (!shown) return null;
  const { chip } = shown;
  const torso = bare.value.has(chip) ? "" : film.torso(chip);
  if (!torso && !film.whole(chip)) return null;
  return (
    <div
      class="whole-tip"
      aria-hidden="true"
      style={{ left: `${shown.left}px`, top: `${shown.top}px` }}
    >
      {torso ? (
        <img
          key={chip}
          src={torso}
          alt=""
          onError={() => (bare.value = new Set([...bare.value, chip]))}
        />
      ) : (
        <WholeFrame chip={chip} alt="" />
      )}
    </div>
  );
};
