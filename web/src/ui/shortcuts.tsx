// The keyboard shortcuts of the whole page.
import { closeDialog } from "../state/dialog";
import { words } from "../words";
import { Dialog } from "./kit";

export const Shortcuts = ({
  list,
}: {
  list: readonly (readonly [keys: string, what: string])[];
}) => (
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
