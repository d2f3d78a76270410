// A field to type in with a list that follows it, floating beside an element.
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { closeDialog } from "../state/dialog";
import "./combobox.css";
import { focusOn } from "./focus_on";
import { Floating } from "./kit";

interface ComboboxProps<Offer> {
  /** Of the whole box. */
  label: string;
  heading?: string;
  anchor: Element;
  fieldLabel: string;
  placeholder: string;
  listLabel: string;
  /** Text at first, selected. */
  value?: string;
  /** What fits what was typed; nothing has been typed at first. */
  offers: (typed: string, isTyped: boolean) => readonly Offer[];
  keyOf: (offer: Offer) => string | number;
  classOf?: (offer: Offer) => string;
  row: (offer: Offer) => ComponentChildren;
  onTake: (offer: Offer) => void;
  /** Where any text will do: Enter takes it unless the arrow keys have marked an offer. */
  onText?: (typed: string) => void;
  /** Said where nothing fits. */
  none?: string;
}

/** Scroll a list to a row of its own; the page stays where it is. */
const showIn = (list: Element, row: Element) => {
  const [all, one] = [list.getBoundingClientRect(), row.getBoundingClientRect()];
  if (one.top < all.top) list.scrollTop -= all.top - one.top;
  else if (one.bottom > all.bottom) list.scrollTop += one.bottom - all.bottom;
};

export const Combobox = <Offer,>(props: ComboboxProps<Offer>) => {
  const { anchor, onText, keyOf, classOf, row } = props;
  const [typed, setTyped] = useState(props.value ?? "");
  const [isTyped, setIsTyped] = useState(false);
  const first = onText ? -1 : 0;
  const [at, setAt] = useState(first);
  const list = useRef<HTMLUListElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const offers = props.offers(typed, isTyped);
  const chosen = Math.min(at, offers.length - 1);
  const name = onText ? "name" : "choice";
  // Before the next key, or the first letters typed would be shortcuts.
  useLayoutEffect(() => {
    field.current?.focus({ preventScroll: true });
    field.current?.select();
  }, []);
  useEffect(() => {
    const [row, box] = [list.current?.children[chosen], list.current];
    if (row && box) showIn(box, row);
  }, [chosen]);
  const close = () => {
    closeDialog();
    focusOn(anchor);
  };
  const take = (offer: Offer) => {
    close();
    props.onTake(offer);
  };
  const enter = () => {
    const offer = offers[chosen];
    if (offer !== undefined) take(offer);
    else if (onText) {
      close();
      onText(typed);
    }
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Enter") enter();
    else if (event.key === "ArrowDown") setAt(Math.min(offers.length - 1, chosen + 1));
    else if (event.key === "ArrowUp") setAt(Math.max(first, chosen - 1));
    else if (event.key === "Tab") close();
    else return;
    event.preventDefault(); // or Enter would press what has the focus next
    event.stopPropagation();
  };
  return (
    <Floating anchor={anchor} onClose={closeDialog} label={props.label}>
      <div class={onText ? "choose name-box" : "choose"}>
        {props.heading && <h2>{props.heading}</h2>}
        <input
          ref={field}
          class={`${onText ? "name" : "choose"}-field`}
          type="text"
          role="combobox"
          aria-expanded={offers.length > 0}
          aria-controls={`${name}-list`}
          aria-autocomplete="list"
          aria-activedescendant={chosen >= 0 ? `${name}-${chosen}` : undefined}
          aria-label={props.fieldLabel}
          placeholder={props.placeholder}
          autocomplete="off"
          spellcheck={false}
          maxLength={200}
          value={typed}
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            setIsTyped(true);
            setAt(first);
          }}
          onKeyDown={onKey}
        />
        <ul
          ref={list}
          class="choose-list"
          id={`${name}-list`}
          role="listbox"
          aria-label={props.listLabel}
          hidden={!offers.length}
        >
          {offers.map((offer, i) => (
            <li
              key={keyOf(offer)}
              id={`${name}-${i}`}
              role="option"
              aria-selected={i === chosen}
              class={classOf?.(offer)}
              onClick={() => take(offer)}
            >
              {row(offer)}
            </li>
          ))}
        </ul>
        {props.none && !offers.length && <p class="soft">{props.none}</p>}
      </div>
    </Floating>
  );
};
