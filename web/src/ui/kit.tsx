// Parts that every panel uses: buttons, pictures, dialogs, menus.
import { autoUpdate, computePosition, flip, offset, shift, size } from "@floating-ui/dom";
import type { ButtonHTMLAttributes, ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { pictures } from "../state/pictures";
import { words } from "../words";
import { focusOn } from "./focus_on";

interface ButtonProps extends Omit<
  ButtonHTMLAttributes,
  "class" | "className" | "title" | "disabled"
> {
  kind?: "lead" | "plain";
  class?: string;
  /** Shortcut, as shown in the tip. */
  hint?: string;
  title?: string;
  disabled?: boolean;
  children?: ComponentChildren;
}
export const Button = ({ kind, hint, title, class: more, ...rest }: ButtonProps) => (
  <button
    type="button"
    class={["button", kind, more].filter(Boolean).join(" ")}
    title={hint ? `${title ?? ""} (${hint})`.trim() : title}
    {...rest}
  />
);

/** A picture of a face; a silhouette where there is none. */
export const Picture = ({ source, alt, px }: { source: string; alt: string; px: number }) => {
  const [broken, setBroken] = useState("");
  return source && source !== broken ? (
    <img
      class="face"
      src={source}
      alt={alt}
      width={px}
      height={px}
      loading="lazy"
      decoding="async"
      draggable={false}
      onError={() => setBroken(source)}
    />
  ) : (
    <svg
      class="face none"
      viewBox="0 0 48 48"
      width={px}
      height={px}
      role={alt ? "img" : undefined}
      aria-label={alt || undefined}
      aria-hidden={alt ? undefined : true}
    >
      <path
        fill="currentColor"
        opacity=".35"
        d="M24 8a9 10 0 0 1 9 10c0 6-4 11-9 11s-9-5-9-11A9 10 0 0 1 24 8M6 48c0-10 8-16 18-16s18 6 18 16z"
      />
    </svg>
  );
};

/** Picture of a face of the film, by its number. */
export const Face = ({ chip, alt, px }: { chip: number; alt: string; px: number }) => (
  <Picture source={pictures.of(chip)} alt={alt} px={px} />
);

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  /** Buttons; one to close is always there. */
  actions?: ComponentChildren;
  /** Of the button that closes. */
  closeWords?: string;
  class?: string;
}
/** A modal dialog, open while it is rendered; the focus returns to where it was. */
export const Dialog = ({
  title,
  onClose,
  children,
  actions,
  closeWords,
  class: more,
}: DialogProps) => {
  const root = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    const box = root.current!;
    box.showModal();
    return () => {
      box.close(); // nothing outside of an open dialog takes the focus
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={root}
      class={["dialog", more].filter(Boolean).join(" ")}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === root.current) onClose();
      }}
    >
      <div class="dialog-body">
        <h2>{title}</h2>
        {children}
        <p class="dialog-acts">
          {actions}
          <Button onClick={onClose}>{closeWords ?? words().cancel}</Button>
        </p>
      </div>
    </dialog>
  );
};

/** Something that floats beside an element: a menu or a list to choose from. */
export const Floating = ({
  anchor,
  onClose,
  children,
  label,
}: {
  anchor: Element;
  onClose: () => void;
  children: ComponentChildren;
  label: string;
}) => {
  const root = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const box = root.current!;
    const stop = autoUpdate(anchor, box, () => {
      void computePosition(anchor, box, {
        placement: "bottom-start",
        middleware: [
          offset(4),
          flip(),
          shift({ padding: 8 }),
          size({
            padding: 8,
            apply: ({ availableHeight }) => {
              box.style.maxHeight = `${Math.max(120, availableHeight)}px`;
            },
          }),
        ],
      }).then(({ x, y }) => Object.assign(box.style, { left: `${x}px`, top: `${y}px` }));
    });
    const away = (event: Event) => {
      if (
        event.target instanceof Node &&
        !box.contains(event.target) &&
        !anchor.contains(event.target)
      )
        onClose();
    };
    const escape = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      event.preventDefault();
      onClose();
      focusOn(anchor);
    };
    document.addEventListener("pointerdown", away, true);
    box.addEventListener("keydown", escape);
    return () => {
      stop();
      document.removeEventListener("pointerdown", away, true);
      box.removeEventListener("keydown", escape);
    };
  }, [anchor]);
  return (
    <div ref={root} class="floating" role="dialog" aria-label={label}>
      {children}
    </div>
  );
};
