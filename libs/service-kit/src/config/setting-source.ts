import { readFileSync } from 'node:fs';
import { nodeAt, parseYaml } from './load-config.js';
import { documented } from './placeholder.js';
import { readSecret, secretsDirectory } from './secret-file.js';

const placeholders = /\$\{[^${}]*\}/g;

const sourceOf = (placeholder: string): string => {
  const [, name = ''] = documented.exec(placeholder) ?? [];
  if (process.env[name] !== undefined) return `the environment variable ${name}`;
  const directory = secretsDirectory();
  return readSecret(directory, name) === undefined
    ? `the default of \${${name}}`
    : `the secret file ${directory}/${name}`;
};

/**
 * Says where a value of the configuration comes from, for a sentence about a value that is not what it should be. It reads the files
 * as they are now.
 * @param path of the setting below `ankasecure`, as the document has it
 * @returns such as "the secret file /run/secrets/pkcs11_pin"; "the configuration" where that cannot be found out
 */
export const settingSource = (path: readonly string[]): string => {
  const file = process.env['ANKASECURE_CONFIG'];
  if (file === undefined) return 'the configuration';
  try {
    const text = nodeAt(parseYaml(readFileSync(file, 'utf8')), ['ankasecure', ...path]);
    const names = typeof text === 'string' ? (text.match(placeholders) ?? []) : [];
    return names.length === 0 ? `the file ${file}` : names.map(sourceOf).join(' and ');
  } catch {
    // The file was read at the start. One that has changed since then says nothing about the value.
    return 'the configuration';
  }
};
