// A long list comes in steps: the next when its end comes into view, or on request.
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../../ui/kit";
import { words } from "../../words";

const STEP = 120;

/** How many of a list to show; from the start when `list` is another. */
export const useSteps = (list: unknown, count: number) => {
  const [most, setMost] = useState(STEP);
  const before = useRef(list);
  if (before.current !== list) {
    before.current = list;
    if (most !== STEP) setMost(STEP);
  }
  return { most: Math.min(most, count), more: () => setMost((now) => now + STEP) };
};

export const More = (props: { left: number; more: () => void }) => {
  const root = useRef<HTMLParagraphElement>(null);
  const { more } = props;
  useEffect(() => {
    const watch = new IntersectionObserver((seen) => {
      if (seen.some((one) => one.isIntersecting)) more();
    });
    watch.observe(root.current!);
    return () => watch.disconnect();
  });
  return (
    <p ref={root} class="project-more">
      <Button onClick={more}>{words().projectMore(Math.min(STEP, props.left))}</Button>
    </p>
  );
};
