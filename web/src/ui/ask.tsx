// A question with buttons, before something is done; where lists float.
import type { VNode } from "preact";
import { closeDialog, openDialog } from "../state/dialog";
import { Button, Dialog } from "./kit";

interface Answer {
  text: string;
  run: () => void;
}
export const ask = (title: string, body: string | VNode, ...given: Answer[]): void =>
  openDialog(
    <Dialog
      key={title}
      title={title}
      onClose={closeDialog}
      actions={given.map(({ text, run }, i) => (
        <Button
          key={text}
          {...(i ? {} : { kind: "lead" as const })}
          autoFocus={i === 0}
          onClick={() => {
            closeDialog();
            run();
          }}
        >
          {text}
        </Button>
      ))}
    >
      {typeof body === "string" ? <p>{body}</p> : body}
    </Dialog>,
  );

/** Where a list floats: an element in a dialog goes with the dialog. */
export const placeOf = (anchor: Element): Element =>
  anchor.isConnected && !anchor.closest("dialog") ? anchor : document.body;

let opened = 0;
/** A key for something that opens anew each time. */
export const nextKey = (): string => `opened ${opened++}`;
