import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '@ankasecure/local';

/** Commands of the README, unchanged, with their expected output. */
export interface Recipe {
  /** The title of its section. */
  readonly title: string;
  readonly commands: string;
  /** The texts after `# →`, which are parts of the output. */
  readonly prints: readonly string[];
}

const blocks = /^```sh\n([\s\S]*?)^```$/gm;
const promise = /# → (.+)$/gm;

const recipeOf = (section: string): Recipe => {
  const commands = [...section.matchAll(blocks)].map(([, block = '']) => block).join('');
  return {
    title: section.split('\n', 1)[0] ?? '',
    commands,
    prints: [...commands.matchAll(promise)].map(([, printed = '']) => printed.trim()),
  };
};

/** Every section that calls the API, in order. Each continues from the first. */
export const recipes = (): readonly Recipe[] =>
  readFileSync(join(repository, 'README.md'), 'utf8')
    .split(/^## /m)
    .slice(1)
    .map(recipeOf)
    .filter(({ commands }) => commands.includes('anka '));
