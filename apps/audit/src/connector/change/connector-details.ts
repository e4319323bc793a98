import type { ConnectorSettings } from '@ankasecure/contracts';

/** The facts of a connector that its events hold. */
export interface ToldConnector {
  readonly name: string;
  readonly enabled: boolean;
  readonly settings: ConnectorSettings;
}

/** Each value of the settings under its path: `settings.tls.authority`. They name secrets and hold none. */
const flat = (path: string, value: unknown): readonly (readonly [string, string])[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, one]) => flat(`${path}.${name}`, one))
    : [[path, String(value)]];

const factsOf = ({ name, enabled, settings }: ToldConnector): Readonly<Record<string, string>> => ({
  name,
  enabled: String(enabled),
  ...Object.fromEntries(flat('settings', settings)),
});

/** The event details of a change: everything of a new or deleted connector, or what has changed of another, with `Was` for what was. */
export const connectorDetails = (
  connectorId: string,
  before: ToldConnector | undefined,
  after: ToldConnector | undefined,
): Record<string, string> => {
  const [had, has] = [before && factsOf(before), after && factsOf(after)];
  if (had === undefined || has === undefined) return { connectorId, ...had, ...has };
  const changed = [...new Set([...Object.keys(had), ...Object.keys(has)])].filter((name) => had[name] !== has[name]);
  return {
    connectorId,
    ...Object.fromEntries(
      changed.flatMap((name) => [
        ...(has[name] === undefined ? [] : [[name, has[name]] as const]),
        ...(had[name] === undefined ? [] : [[`${name}Was`, had[name]] as const]),
      ]),
    ),
  };
};
