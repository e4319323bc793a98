import type { Stack } from './stack.js';

const isBehind = /^ankasecure_trail_behind(?:\{[^}]*\})? 1$/m;

/** Says what to do about audit trails that do not match the HSM. @returns undefined if they do, or if the audit service does not answer */
export const adviceOnTrails = async (stack: Stack, platformTokenFile: string): Promise<string | undefined> => {
  if (!(await areRefused(stack))) return undefined;
  const call = (query: string): string =>
    `  curl -s '${stack.baseUrl}/api/v1/audit/trails/accept${query}' -H "authorization: Bearer $(cat '${platformTokenFile}')" -H 'content-type: application/json' -d '{}'`;
  return `The audit trails do not match the HSM: one of them was restored from a backup, or put back. Nothing is sealed on top of
them until you accept them as they are (deploy/backup.md says what that means). See what would be accepted:
${call('?dryRun=true')}
Accept it:
${call('')}`;
};

const areRefused = async (stack: Stack): Promise<boolean> => {
  try {
    const response = await fetch(`${await stack.observabilityUrl('audit')}/metrics`, {
      signal: AbortSignal.timeout(5_000),
    });
    return isBehind.test(await response.text());
  } catch {
    return false;
  }
};
