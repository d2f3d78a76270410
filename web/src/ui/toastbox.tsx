// The short message at the foot of the page.
import { toast } from "../state/toast";
import { Button } from "./kit";

export const ToastBox = () => (
  <div class="shell-toast" role="status" aria-live="polite">
    {toast.value && (
      <p>
        <span>{toast.value.text}</span>
        {toast.value.act && (
          <Button
            onClick={() => {
              toast.value?.act?.run();
            }}
          >
            {toast.value.act.name}
          </Button>
        )}
      </p>
    )}
  </div>
);
