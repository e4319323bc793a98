import type { CommandRow } from '../context/command-row.js';
import { readProfiles, writeProfiles } from '../profile/profile-file.js';
import { CliError } from '../terminal/cli-error.js';

/** Forgets a profile. Its token or key stays valid. */
export const logout: CommandRow = {
  name: 'logout [profile]',
  summary: 'Forget a profile',
  example: 'ankasecure logout default',
  run: async ({ terminal }, [wanted]) => {
    const known = await readProfiles(terminal);
    const name = wanted ?? known?.current;
    if (known === undefined || name === undefined || known.profiles[name] === undefined)
      throw new CliError('notFound', 'There is no such profile.', 'List the profiles: ankasecure profile list');
    const profiles = Object.fromEntries(Object.entries(known.profiles).filter(([each]) => each !== name));
    const current = name === known.current ? (Object.keys(profiles)[0] ?? 'default') : known.current;
    await writeProfiles(terminal, { current, profiles });
    return { value: { removed: name, current } };
  },
};
