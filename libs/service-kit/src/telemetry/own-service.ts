import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The attributes of the process in every span: the OpenTelemetry conventions for `service`. */
export interface OwnService {
  readonly 'service.namespace': string;
  readonly 'service.name'?: string;
  readonly 'service.version'?: string;
}

/** @param program the program that the process runs, such as `apps/gateway/dist/main.js`; its package names the service */
export const ownService = (program: string | undefined): OwnService => {
  const namespace = { 'service.namespace': 'ankasecure' } as const;
  if (program === undefined) return namespace;
  try {
    const manifest = join(dirname(program), '..', 'package.json');
    const { name, version } = JSON.parse(readFileSync(manifest, 'utf8')) as { name: string; version: string };
    return { ...namespace, 'service.name': name.replace(/^@[^/]*\//, ''), 'service.version': version };
  } catch {
    return namespace;
  }
};
