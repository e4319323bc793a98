import { partitionForm } from '@ankasecure/contracts';

/** Values that examples of the API description share. */
export const ids = {
  tenant: '01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55',
  encapsulationKey: '01939f31-c4e8-7b19-a2d6-3f70e95b8c21',
  signingKey: '01939f31-07c2-7a44-8f0e-2b9d6c1a3f10',
  encryptionKey: '01939f31-9b1d-7e02-b6a7-51c0d8e4f297',
  event: '01939f33-2c55-7b19-a0c4-7d3e9f5b8a61',
  issuer: '01939f33-31a8-7c6e-8b2f-4d9e7a1c5b30',
  connector: '01939f33-31a8-7c6e-8b2f-4d9e7a1c5b31',
  exclusion: '01939f33-2e07-7d41-8a36-5c0b9e7f1d23',
  serviceAccount: '01939f33-2f51-7b0c-9c4d-7e1a5b2d9f84',
  approval: '01939f33-38c4-7e2a-9d05-1f6b8a3c7e42',
} as const;

export const instants = {
  created: '2026-11-23T09:30:00.000Z',
  occurred: '2026-11-23T09:31:12.482913Z',
  nextDay: '2026-11-24T09:30:00.000Z',
  later: '2026-12-23T09:30:00.000Z',
  sealed: '2026-11-23T09:31:12.731Z',
} as const;

const aliasPattern = '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$';

/** The path's parameters: their format, and their value in examples. */
export const pathExamples: Readonly<Record<string, { readonly schema: object; readonly example: string | number }>> = {
  id: { schema: { type: 'string', format: 'uuid' }, example: ids.signingKey },
  version: { schema: { type: 'integer', minimum: 1 }, example: 1 },
  from: { schema: { type: 'integer', minimum: 1 }, example: 2 },
  to: { schema: { type: 'integer', minimum: 1 }, example: 3 },
  level: { schema: { type: 'integer', minimum: 0, maximum: 6 }, example: 0 },
  index: { schema: { type: 'integer', minimum: 0 }, example: 4 },
  template: { schema: { type: 'string' }, example: 'fips-140-3' },
  name: { schema: { type: 'string', pattern: aliasPattern }, example: 'invoice-signing' },
  slug: { schema: { type: 'string', pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$' }, example: 'acme' },
  tenant: { schema: { type: 'string', format: 'uuid' }, example: ids.tenant },
  partition: { schema: { type: 'string', pattern: partitionForm.source }, example: 'default' },
};

/** A path parameter that names a key by its id or by an alias. */
export const keyInPath = {
  description:
    'The id of the key, or an alias of it. The operation concerns the key that the alias names when the request arrives.',
  schema: {
    anyOf: [
      { type: 'string', format: 'uuid' },
      { type: 'string', pattern: aliasPattern },
    ],
  },
  example: ids.signingKey,
} as const;

/** The path with the example values. */
export const examplePath = (path: string): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(pathExamples[name]?.example));
