// The keyboard shortcuts of the whole page.
import { closeDialog, openDialog } from "../state/dialog";
import { words } from "../words";
import { Button, Dialog } from "./kit";

type List = readonly (readonly [keys: string, what: string])[];

const Shortcuts = ({ list }: { list: List }) => (
  <Dialog title={words().shortcuts} onClose={closeDialog} closeWords={words().close}>
    <dl class="shell-keys">
      {list.map(([keys, what]) => (
        <div key={keys}>
          <dt>
            {keys.split(" ").map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
  </Dialog>
);

export const openShortcuts = (list: List): void => openDialog(<Shortcuts list={list} />);

export const ShortcutsButton = ({ list }: { list: List }) => {
  const w = words();
  return (
    <Button
      onClick={() => openShortcuts(list)}
      title={w.shortcuts}
      aria-label={w.shortcuts}
      aria-keyshortcuts="?"
    >
      ?
    </Button>
  );
};
