// Pictures of faces of films; they are asked for when they come near the window.
import { useEffect, useRef, useState } from "preact/hooks";
import { Picture } from "../../ui/kit";
import { words } from "../../words";
import type { Pair } from "../model";
import { looksAt, project, type Look } from "../state";

export const Shot = (props: { film: number; row: number; px: number; alt?: string }) => (
  <Picture
    source={props.row < 0 ? "" : `chip/${props.film}/${props.row}.jpg`}
    alt={props.alt ?? ""}
    px={props.px}
  />
);

/** Faces of a person of a film, the best first. */
export const Looks = (props: {
  of: Pair;
  name: string;
  px: number;
  most?: number;
  withTimes?: boolean;
  /** Makes each face a button that finds it. */
  onFind?: (row: number, tc: string) => void;
}) => {
  const [film, person] = props.of;
  const root = useRef<HTMLUListElement>(null);
  const [found, setFound] = useState<readonly Look[]>([]);
  const count = project.value?.seen.count;
  useEffect(() => {
    let isWanted = true;
    const watch = new IntersectionObserver((seen) => {
      if (!seen.some((one) => one.isIntersecting)) return;
      watch.disconnect();
      void looksAt([film, person]).then((looks) => {
        if (isWanted) setFound(looks);
      });
    });
    watch.observe(root.current!);
    return () => {
      isWanted = false;
      watch.disconnect();
    };
  }, [film, person, count]);
  const where = project.value?.films.get(film)?.name ?? "";
  return (
    <ul ref={root} class="project-looks" style={{ minHeight: `${props.px}px` }}>
      {found.slice(0, props.most).map(([row, tc]) => {
        const alt = words().projectFace(props.name, where, tc);
        const { onFind } = props;
        return (
          <li key={row} title={tc}>
            {onFind ? (
              <button
                type="button"
                class="find-look"
                title={`${words().findFace} (${tc})`}
                aria-label={`${words().findFace}: ${alt}`}
                onClick={() => onFind(row, tc)}
              >
                <Shot film={film} row={row} px={props.px} />
              </button>
            ) : (
              <Shot film={film} row={row} px={props.px} alt={alt} />
            )}
            {props.withTimes && <span class="project-tc soft">{tc}</span>}
          </li>
        );
      })}
    </ul>
  );
};
