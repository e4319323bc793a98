import type { CommandRow } from '../../context/command-row.js';
import { readProfiles } from '../../profile/profile-file.js';

/** Credentials are not shown. */
export const listProfiles: CommandRow = {
  name: 'list',
  summary: 'List the profiles',
  example: 'ankasecure profile list',
  run: async ({ terminal }) => {
    const { current, profiles } = (await readProfiles(terminal)) ?? { current: '', profiles: {} };
    const value = Object.entries(profiles).map(([name, { baseUrl, tenant, auth }]) => ({
      name,
      url: baseUrl,
      tenant: tenant ?? null,
      auth: auth.kind,
      current: name === current,
    }));
    return { value, columns: ['name', 'url', 'tenant', 'auth', 'current'] };
  },
};
