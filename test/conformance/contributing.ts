import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A recipe of CONTRIBUTING: the files that a new thing of one kind touches, as paths in which `<word>` stands for a name. */
export interface Recipe {
  readonly title: string;
  readonly files: readonly string[];
}

const page = '.github/CONTRIBUTING.md';
const quoted = /`([^`\s]+)`/g;
const isPath = (text: string): boolean => /^(apps|libs|deploy|test|\.config|\.ci|\.github)\//.test(text);

export const readPage = (root: string): string => readFileSync(join(root, page), 'utf8');

const pathsIn = (text: string): string[] => [...text.matchAll(quoted)].map(([, path]) => path as string).filter(isPath);

/** Every path of the page, with and without `<word>`. */
export const pathsOf = (text: string): readonly string[] => [...new Set(pathsIn(text))];

/** The recipes: sections `### Add …`, whose list items name the files. */
export const recipesOf = (text: string): readonly Recipe[] =>
  text
    .split(/^(?=#{2,3} )/m)
    .filter((section) => section.startsWith('### Add '))
    .map((section) => ({
      title: (section.split('\n')[0] as string).slice('### '.length),
      files: pathsIn(section.split('\n').filter((line) => /^\d+\. |^- /.test(line)).join('\n')),
    }));

/** `<word>` matches within one name of a path. */
export const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/<[a-z-]+>/g, '[^/]+')}$`);
