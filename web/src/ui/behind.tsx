// The head under which people of the background are folded away.
import { words } from "../words";

interface BehindProps {
  count: number;
  isFolded: boolean;
  onClick: () => void;
}
export const Behind = ({ count, isFolded, onClick }: BehindProps) => (
  <div class="cast-behind">
    <button type="button" aria-expanded={!isFolded} onClick={onClick}>
      {words().castBackground(count)}
    </button>
    {!isFolded && <p>{words().castBackgroundWhy}</p>}
  </div>
);
