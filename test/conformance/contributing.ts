import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const page = '.github/CONTRIBUTING.md';
const quoted = /`([^`\s]+)`/g;
const isPath = (text: string): boolean => /^(apps|libs|deploy|test|\.config|\.ci|\.github)\//.test(text);

export const readPage = (root: string): string => readFileSync(join(root, page), 'utf8');

/** Every path that a text names in backticks. */
export const pathsOf = (text: string): readonly string[] => [
  ...new Set([...text.matchAll(quoted)].map(([, path]) => path as string).filter(isPath)),
];

/** The text below the heading `### title`. */
export const sectionOf = (text: string, title: string): string => {
  const section = text.split(/^(?=#{2,3} )/m).find((part) => part.startsWith(`### ${title}\n`));
  if (section === undefined) throw new Error(`${page} has no section "### ${title}"`);
  return section;
};
