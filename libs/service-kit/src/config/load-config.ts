import { readFileSync } from 'node:fs';
import { parse, YAMLError } from 'yaml';
import { z } from 'zod';
import { failingAs, StartFailure } from '../start/exit-code.js';
import { environmentThenSecrets, type Resolve, resolvePlaceholders } from './placeholder.js';
import { secretsDirectory } from './secret-file.js';

const camel = (key: string): string => key.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
const kebab = (key: string): string => key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/**
 * The YAML parser's messages and warnings quote the document around an error, or the name of an alias. Either may contain a
 * secret. The error therefore names only the kind and the place, and drops the cause.
 */
export const parseYaml = (text: string): unknown => {
  try {
    return parse(text, { logLevel: 'error' });
  } catch (error) {
    throw new Error(`configuration: the file is not readable YAML: ${whereabouts(error)}`);
  }
};

const whereabouts = (error: unknown): string => {
  if (!(error instanceof YAMLError)) return 'an alias cannot be resolved';
  const [start] = error.linePos ?? [];
  return start === undefined ? error.code : `${error.code} at line ${start.line}, column ${start.col}`;
};

/**
 * Placeholders are resolved inside parsed strings, so a secret can never change the document's structure.
 * @param path the keys above the node, as the document has them
 */
const prepare = (node: unknown, path: readonly string[], resolve: Resolve): unknown => {
  if (typeof node === 'string') return resolvePlaceholders(node, path.join('.'), resolve);
  if (Array.isArray(node)) return node.map((item, index) => prepare(item, [...path, String(index)], resolve));
  if (node === null || typeof node !== 'object') return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [camel(key), prepare(value, [...path, key], resolve)]),
  );
};

const oneRoot = 'configuration: the document must have exactly one root key, `ankasecure`';

const describe = (issue: z.core.$ZodIssue): string => {
  const path = ['ankasecure', ...issue.path.map((step) => kebab(String(step)))].join('.');
  if (issue.code === 'unrecognized_keys') return `${path}: unknown key ${issue.keys.map(kebab).join(', ')}`;
  if (issue.code === 'invalid_type') return `${path}: ${issue.expected} expected`;
  return `${path}: ${issue.message}`;
};

/**
 * Parses one YAML document whose root is `ankasecure`, strictly.
 * @throws Error that names every offending key and the expected type, and never a value
 */
export const parseConfig = <Schema extends z.ZodType>(
  text: string,
  schema: Schema,
  resolve: Resolve,
): z.infer<Schema> => {
  const document = prepare(parseYaml(text), [], resolve);
  const root = z.strictObject({ ankasecure: z.unknown() }).safeParse(document);
  if (!root.success) throw new Error(oneRoot);
  const result = schema.safeParse(root.data.ankasecure);
  if (result.success) return result.data;
  throw new Error(`configuration is not valid: ${result.error.issues.map(describe).join('; ')}`);
};

const isMapping = (node: unknown): node is Readonly<Record<string, unknown>> =>
  node !== null && typeof node === 'object' && !Array.isArray(node);

/** The node under `path`, whose steps are keys as the document has them; undefined if there is none. */
export const nodeAt = (document: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((node, key) => (isMapping(node) ? node[key] : undefined), document);

/**
 * Parses one part of a service's configuration by the rules of `parseConfig`. The other parts are not read: their placeholders
 * need no values.
 * @param path of the part below `ankasecure`, as the document has it
 * @throws Error as `parseConfig` does
 */
export const parseConfigPart = <Schema extends z.ZodType>(
  text: string,
  path: readonly string[],
  schema: Schema,
  resolve: Resolve,
): z.infer<Schema> => {
  const document = parseYaml(text);
  if (!isMapping(document) || Object.keys(document).join() !== 'ankasecure') throw new Error(oneRoot);
  const full = ['ankasecure', ...path];
  const part = nodeAt(document, full);
  const result = schema.safeParse(prepare(part, full, resolve));
  if (result.success) return result.data;
  const issues = result.error.issues.map((issue) => describe({ ...issue, path: [...path, ...issue.path] }));
  throw new Error(`configuration is not valid: ${issues.join('; ')}`);
};

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Error(`configuration: the file ${file} cannot be read (${code})`, { cause });
  }
};

/** Reads the file named by `ANKASECURE_CONFIG`, once, at start. Secret files are in `ANKASECURE_SECRETS` (default /run/secrets). @throws StartFailure */
export const loadConfig = <Schema extends z.ZodType>(schema: Schema): z.infer<Schema> => {
  const file = process.env['ANKASECURE_CONFIG'];
  if (file === undefined)
    throw new StartFailure('configuration', 'configuration: ANKASECURE_CONFIG must name the configuration file');
  return failingAs('configuration', () => parseConfig(textOf(file), schema, environmentOrSecrets()));
};

/**
 * The keys of a mapping of a configuration file, as the document has them; none if there is no mapping. No value is read.
 * @param path of the mapping below `ankasecure`
 * @throws StartFailure
 */
export const configKeys = (file: string, path: readonly string[]): readonly string[] =>
  failingAs('configuration', () => {
    const node = nodeAt(parseYaml(textOf(file)), ['ankasecure', ...path]);
    return isMapping(node) ? Object.keys(node) : [];
  });

const environmentOrSecrets = (): Resolve => environmentThenSecrets(process.env, secretsDirectory());

/** Reads one part of a service's configuration file, for programs that run without the service. @throws StartFailure */
export const loadConfigPart = <Schema extends z.ZodType>(
  file: string,
  path: readonly string[],
  schema: Schema,
): z.infer<Schema> =>
  failingAs('configuration', () => parseConfigPart(textOf(file), path, schema, environmentOrSecrets()));
