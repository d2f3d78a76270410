// The film's facts, the settings and the models of the result.
import { data } from "../state/store";
import { words } from "../words";
import "./about.css";

const UNITS: Record<string, string> = { hz: "Hz", s: "s", px: "px", pts: "pts" };
/** "sample_rate_hz" → "sample rate (Hz)". */
const inWords = (field: string): string => {
  const parts = field.split("_");
  const unit = parts.length > 1 ? UNITS[parts.at(-1)!] : undefined;
  return unit ? `${parts.slice(0, -1).join(" ")} (${unit})` : parts.join(" ");
};

/** "analysis.video.sample_rate_hz" → its section "video" and "sample rate (Hz)". */
const sections = (): Map<string, [name: string, dotted: string, value: string][]> => {
  const found = new Map<string, [string, string, string][]>();
  for (const [dotted, value] of data.about?.settings ?? []) {
    const parts = dotted.split(".");
    const name = inWords(parts.at(-1)!);
    const section = parts.at(-2) ?? "analysis";
    found.set(section, [...(found.get(section) ?? []), [name, dotted, value]]);
  }
  return found;
};

export const About = () => {
  const w = words();
  const about = data.about;
  const models = about?.models ?? [];
  return (
    <div class="about">
      <h2>{w.aboutFilm}</h2>
      <p>{[data.title, ...(about?.facts ?? [])].join(" · ")}</p>
      <p>
        {[
          w.faces(data.tracks.faces.reduce((sum, n) => sum + n, 0)),
          w.shots(data.shots.length),
        ].join(" · ")}
      </p>
      <p class="soft">{w.aboutPrivate}</p>
      <h2>{w.aboutModels}</h2>
      {models.length ? (
        <table>
          <thead>
            <tr>
              <th scope="col">{w.aboutName}</th>
              <th scope="col">{w.aboutLicence}</th>
              <th scope="col">SHA-256</th>
            </tr>
          </thead>
          <tbody>
            {models.map(([name, licence, sha256]) => (
              <tr key={name}>
                <td>{name}</td>
                <td>{licence}</td>
                <td>
                  <code title={sha256}>{sha256.slice(0, 12)}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <p class="soft">{w.aboutNothing}</p>
      )}
      <h2>{w.aboutSettings}</h2>
      {[...sections()].map(([section, settings]) => (
        <details key={section}>
          <summary>{w.settingsSection(section)}</summary>
          <dl>
            {settings.map(([name, dotted, value]) => (
              <div key={dotted}>
                <dt title={dotted}>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </details>
      ))}
    </div>
  );
};
