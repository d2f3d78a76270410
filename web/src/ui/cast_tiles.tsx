// The tiles of the cast, and the head under which people of the background are folded away.
import { Fragment } from "preact";
import type { Person } from "../model/people";
import { people } from "../state/store";
import { openPerson, pictureSize } from "../state/view";
import { Behind } from "./behind";
import { isBackgroundOpen, shown } from "./cast_list";
import { OpenPerson } from "./person";
import { Tile } from "./tile";

interface TilesProps {
  list: readonly Person[];
  px: number;
  /** Label of whom the Tab key reaches. */
  reached: number | null | undefined;
}
export const Tiles = ({ list, px, reached }: TilesProps) => (
  <ul class={`cast-grid size-${pictureSize.value}`}>
    {list.map((who) => (
      <Fragment key={who.label}>
        <Tile who={who} px={px} isStop={who.label === reached} />
        {who.label === openPerson.value && (
          <li class="cast-opened">
            <OpenPerson who={who} />
          </li>
        )}
      </Fragment>
    ))}
  </ul>
);

/** Shows the background or folds it away. */
export const Background = () => {
  const { behind, isFolded } = shown.value;
  const toggle = () => {
    isBackgroundOpen.value = isFolded;
    const opened = people.value.byLabel.get(openPerson.value ?? -1);
    if (!isFolded && opened?.background) openPerson.value = null;
  };
  return <Behind count={behind} isFolded={isFolded} onClick={toggle} />;
};
