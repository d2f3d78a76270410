// The first stop of the Tab key leads to the panel, past the film.
import { words } from "../words";
import "./skip.css";

export const Skip = () => (
  <a
    class="skip button"
    href="#panel"
    onClick={(event) => {
      event.preventDefault();
      document.getElementById("panel")?.focus();
    }}
  >
    {words().skipToPanel}
  </a>
);
