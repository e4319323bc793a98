import type { CommandRow } from '../../context/command-row.js';
import { readProfiles, writeProfiles } from '../../profile/profile-file.js';
import { CliError } from '../../terminal/cli-error.js';

export const useProfile: CommandRow = {
  name: 'use <name>',
  summary: 'Use a profile from now on',
  example: 'ankasecure profile use production',
  run: async ({ terminal }, [name = '']) => {
    const known = await readProfiles(terminal);
    if (known?.profiles[name] === undefined)
      throw new CliError('notFound', `There is no profile ${name}.`, 'List the profiles: ankasecure profile list');
    await writeProfiles(terminal, { ...known, current: name });
    return { value: { current: name } };
  },
};
