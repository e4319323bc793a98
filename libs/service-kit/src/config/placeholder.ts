import { readSecret } from './secret-file.js';

export type Resolve = (name: string) => string | undefined;

/** Reads the environment, then a file of that name in the secrets directory. */
export const environmentThenSecrets =
  (environment: NodeJS.ProcessEnv, secretsDirectory: string): Resolve =>
  (name) =>
    environment[name] ?? readSecret(secretsDirectory, name);

/** `$${` and `${…}`, whatever it contains, up to the brace that ends it, or to the end of a text that never ends it. */
const parts = /\$\$\{|\$\{(?:[^{}]|\{[^{}]*\})*(?:\}|$)|\$\{/g;

/** The documented forms, whole. A default has no brace and no dollar sign. */
export const documented = /^\$\{([A-Za-z_][A-Za-z0-9_.-]*)(?::([^${}]*))?\}$/;

/** Forms of shells, Kubernetes and other loaders. What they mean elsewhere would be taken here for a name, a default or a value. */
const foreign: readonly (readonly [form: RegExp, what: string])[] = [
  [/^\$\{[^}]*\$/, 'has a placeholder or a dollar sign inside a placeholder'],
  [/^\$\{\s|^\$\{[^:}]*\s|^\$\{[^:}]*:\s|\s\}$/, 'has blanks inside a placeholder'],
  [/^\$\{[^:}]*:[-=?+]/, 'uses a shell’s form (:-, :=, :? or :+)'],
  [/^\$\{(?:env|sys|file|vault):/i, 'names a source (env:, sys:, file: or vault:)'],
];

/** A value that begins like a variable of a shell or of Kubernetes. */
const bare = /^\$[A-Za-z_(]/;

/** A whole value that another tool should have replaced: Helm or Jinja, Spring or Ruby, Apache, Windows, Maven, ERB. */
const template = /^\s*(?:\{\{.*\}\}|[#%@]\{.*\}|%[A-Za-z_]\w*%|@[A-Za-z_][\w.-]*@|<%.*%>)\s*$/s;

/** The form of a whole value, which may have blanks around it. */
const whole = (form: RegExp): RegExp => new RegExp(`^\\s*(?:${form.source})\\s*$`, 'is');

/** A whole value that names a secret for another tool to fetch, or that stands for a value. */
const references: readonly RegExp[] = [
  // 1Password, vals, and the stores of AWS, Azure, Google Cloud, Bitwarden, Doppler and Infisical.
  /(?:op|ref\+[\w-]+|akv|awssm|awsps|azurekv|bws|doppler|env|gcp|gcpsm|infisical):\/\/.*/,
  // Bank-Vaults, Akeyless, sops and others. Before a host, it is a URL.
  /(?:vault|bao|akeyless|keyvault|secretref|sops|env|sys|file):(?!\/\/[^/]).+/,
  /arn:aws[\w-]*:(?:secretsmanager|ssm):.*/,
  /projects\/[^/]+\/secrets\/.*/,
  /@Microsoft\.KeyVault\(.*/,
  // Jasypt, Symfony, Concourse.
  /ENC\(.*\)|%env\(.*\)%|\(\(.*\)\)/,
  /@@\w+@@|__\w+__|(?:change|replace)[-_ ]?me|<[\w .-]{2,}>/,
].map(whole);

const rule =
  'The forms are ${NAME} and ${NAME:default}; $${ writes ${. A value that is meant as it looks belongs in a secret file or in the environment.';

/** Whether text with a placeholder has a brace that closes nothing: `${NAME}}` would become the value and a brace. */
const hasStrayBrace = (text: string): boolean => {
  if (!text.match(parts)?.some((part) => part !== '$${')) return false;
  let open = 0;
  return [...text.replaceAll(parts, (part) => (part === '$${' ? '{' : ''))].some((character) => {
    open += character === '{' ? 1 : character === '}' ? -1 : 0;
    return open < 0;
  });
};

/** Names the key and never the text, which may be a secret. */
const refusal = (key: string, what: string): Error => new Error(`configuration: ${key} ${what}. ${rule}`);

const valueOf = (part: string, key: string, resolve: Resolve): string => {
  if (part === '$${') return '${';
  const what = foreign.find(([form]) => form.test(part))?.[1];
  const [, name, fallback] = documented.exec(part) ?? [];
  if (what !== undefined || name === undefined) throw refusal(key, what ?? 'has no placeholder of a documented form');
  const value = resolve(name) ?? fallback;
  if (value !== undefined) return value;
  throw new Error(
    `configuration: ${key}: \${${name}} has no value: set it in the environment or in a secret file, or give it a default`,
  );
};

/**
 * Replaces every `${NAME}` and `${NAME:default}` in `text`, and `$${` by `${`. Nothing is replaced inside a value.
 * @param key of the configuration, for the message
 * @throws Error that names the key, for any other form and for a placeholder with neither a value nor a default
 */
export const resolvePlaceholders = (text: string, key: string, resolve: Resolve): string => {
  if (bare.test(text)) throw refusal(key, 'begins with $ and a name, without braces');
  if (template.test(text)) throw refusal(key, 'is a placeholder of another tool, which has not replaced it');
  if (references.some((form) => form.test(text)))
    throw refusal(key, 'is a reference of another tool, which has not replaced it');
  if (hasStrayBrace(text)) throw refusal(key, 'has a closing brace too many beside a placeholder');
  return text.replaceAll(parts, (part) => valueOf(part, key, resolve));
};
