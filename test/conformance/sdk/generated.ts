import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { manualPage } from '@ankasecure/cli';
import { errors } from '@ankasecure/contracts';
import { repository } from '@ankasecure/local';
import openapiTS, { astToString } from 'openapi-typescript';

interface Parameter {
  readonly $ref?: string;
}

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly Parameter[];
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const documentFile = join(repository, 'apps/gateway/openapi.golden.json');
const document = JSON.parse(readFileSync(documentFile, 'utf8')) as Document;

const header = (source: string): string =>
  `// Generated from ${source} by \`npm run generate\`. Do not edit: a test compares it.\n`;

const takes = ({ parameters = [] }: Operation, name: string): boolean =>
  parameters.some(({ $ref }) => $ref === `#/components/parameters/${name}`);

/**
 * What a second run does. The methods are those that RFC 9110 §9.2.2 calls idempotent, and PATCH, which names the revision that
 * it changes. A POST without a dry run changes nothing, and of the others those of cryptography only use keys.
 */
const repetitionOf = (method: string, operation: Operation): 'harmless' | 'keyed' | 'once' => {
  if (takes(operation, 'IdempotencyKey')) return 'keyed';
  const changes = method === 'post' && takes(operation, 'DryRun') && !operation.tags.includes('Cryptography');
  return changes || operation.operationId === 'issueToken' ? 'once' : 'harmless';
};

const methods = ['get', 'post', 'put', 'patch', 'delete'];

const operationRows = (): readonly string[] =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method];
      if (operation === undefined || operation.operationId === 'issueToken') return [];
      const row = {
        method: method.toUpperCase(),
        path,
        repetition: repetitionOf(method, operation),
        keyed: takes(operation, 'IdempotencyKey'),
        dryRun: takes(operation, 'DryRun'),
        public: operation.security?.length === 0,
        summary: operation.summary,
      };
      return [`  ${operation.operationId}: ${JSON.stringify(row)},`];
    }),
  );

const operationTable = (): string => `${header('the OpenAPI document')}
import type { OperationRow } from '../operation/operation-row.js';

/** Every operation of the API that speaks JSON, by its operationId. */
export const operationTable = {
${operationRows().join('\n')}
} as const satisfies Record<string, OperationRow>;
`;

const errorTable = (): string => `${header('the table of errors of the contracts')}
/** Every code that the API answers: its status, and whether the same request may succeed later without change. */
export const errorTable = {
${Object.entries(errors)
  .map(([code, { status, retryable }]) => `  '${code}': { status: ${status}, retryable: ${retryable} },`)
  .join('\n')}
} as const satisfies Record<string, { readonly status: number; readonly retryable: boolean }>;
`;

const apiTypes = async (): Promise<string> => {
  // A member with a default may be left out of a request.
  const nodes = await openapiTS(JSON.stringify(document), { defaultNonNullable: false });
  return `${header('the OpenAPI document')}\n${astToString(nodes)}`;
};

/** The generated files of what customers install, and how their text is made. */
export const generated: Readonly<Record<string, () => string | Promise<string>>> = {
  'apps/cli/man/ankasecure.1': manualPage,
  'libs/sdk/src/generated/api.ts': apiTypes,
  'libs/sdk/src/generated/error-table.ts': errorTable,
  'libs/sdk/src/generated/operation-table.ts': operationTable,
};
