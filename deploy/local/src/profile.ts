import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiOf } from './api.js';
import type { DemoResult } from './demo.js';
import { writePrivate } from './secret.js';
import { repository } from './service.js';
import type { Stack } from './stack.js';

/** The alias of the key for encryption, as the command line names it. */
export const demoAlias = 'demo';

/**
 * Writes the profiles of the command line, one per token, so that it needs no login; and names the key for encryption.
 * @returns the file
 */
export const saveProfiles = async (stack: Stack, demo: DemoResult): Promise<string> => {
  const api = apiOf(stack.baseUrl, readFileSync(demo.adminTokenFile, 'utf8'));
  await api.put(`/aliases/${demoAlias}`, { keyId: demo.encryptionKeyId });
  const profileOf = (path: string) => ({ baseUrl: stack.baseUrl, auth: { kind: 'token-file', path } });
  const profiles = {
    admin: { ...profileOf(demo.adminTokenFile), tenant: 'demo' },
    officer: { ...profileOf(demo.officerTokenFile), tenant: 'demo' },
    platform: profileOf(demo.platformTokenFile),
  };
  const text = JSON.stringify({ current: 'admin', profiles }, null, 2);
  return writePrivate(join(stack.dataDirectory, 'profiles.json'), `${text}\n`);
};

/** What the shell needs before the command line finds the profiles: nothing, where they are in the clone's own place. */
export const profileSetting = (file: string): string =>
  file === join(repository, '.ankasecure', 'profiles.json') ? '' : `ANKASECURE_CONFIG='${file}' `;
