// What lists of people have in common, a film's and a project's: to search, to choose, to size.
import type { PictureSize } from "../state/view";
import { words } from "../words";

const SIZES: readonly PictureSize[] = ["S", "M", "L"];

interface SearchProps {
  field: { current: HTMLInputElement | null };
  text: string;
  onText: (text: string) => void;
}
export const Search = ({ field, text, onText }: SearchProps) => (
  <input
    ref={field}
    type="search"
    class="cast-search"
    placeholder={words().castSearch}
    aria-label={words().castSearch}
    aria-keyshortcuts="/"
    autocomplete="off"
    spellcheck={false}
    value={text}
    onInput={(event) => onText(event.currentTarget.value)}
  />
);

interface SelectProps<Choice extends string> {
  label: string;
  choices: readonly Choice[];
  names: Record<Choice, string>;
  chosen: Choice;
  choose: (choice: Choice) => void;
}
export const Select = <Choice extends string>(props: SelectProps<Choice>) => (
  <label title={props.label}>
    <span class="away">{props.label}</span>
    <select
      value={props.chosen}
      onChange={(event) => props.choose(event.currentTarget.value as Choice)}
    >
      {props.choices.map((choice) => (
        <option key={choice} value={choice}>
          {props.names[choice]}
        </option>
      ))}
    </select>
  </label>
);

/** Of pictures. */
export const Sizes = ({
  chosen,
  choose,
}: {
  chosen: PictureSize;
  choose: (size: PictureSize) => void;
}) => (
  <span class="cast-sizes" role="group" aria-label={words().castSize}>
    {SIZES.map((size) => (
      <button
        key={size}
        type="button"
        class="button"
        aria-pressed={chosen === size}
        onClick={() => choose(size)}
      >
        {size}
      </button>
    ))}
  </span>
);

/** How many are listed, of how many. */
export const Count = ({ listed, all }: { listed: number; all: number }) => (
  <span class="cast-count" role="status">
    {words().castCount(listed, all)}
  </span>
);
