import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Resolve = (name: string) => string | undefined;

const placeholder = /\$\{([A-Za-z_][A-Za-z0-9_.-]*)(?::([^}]*))?\}/g;

/** Reads the environment, then a file of that name in the secrets directory. One trailing newline is not part of a secret. */
export const environmentThenSecrets =
  (environment: NodeJS.ProcessEnv, secretsDirectory: string): Resolve =>
  (name) => {
    const fromEnvironment = environment[name];
    if (fromEnvironment !== undefined) return fromEnvironment;
    try {
      return readFileSync(join(secretsDirectory, name), 'utf8').replace(/\r?\n$/, '');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new Error(`configuration: the secret file for ${name} cannot be read`, { cause });
    }
  };

/**
 * Replaces every `${NAME}` and `${NAME:default}` in `text`.
 * @throws Error that names the placeholder when it has neither a value nor a default
 */
export const resolvePlaceholders = (text: string, resolve: Resolve): string =>
  text.replaceAll(placeholder, (_, name: string, fallback: string | undefined) => {
    const value = resolve(name) ?? fallback;
    if (value === undefined)
      throw new Error(
        `configuration: \${${name}} has no value: set it in the environment or in a secret file, or give it a default`,
      );
    return value;
  });
