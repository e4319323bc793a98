import { operationTable } from '../generated/operation-table.js';
import type { OperationRow } from './operation-row.js';

const rows: readonly (OperationRow & { readonly pattern: RegExp })[] = Object.values<OperationRow>(operationTable)
  .map((row) => ({
    ...row,
    pattern: new RegExp(`^${row.path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  }))
  // A path without parameters is meant before one with them.
  .toSorted((a, b) => a.path.split('{').length - b.path.split('{').length);

/** The operation of a request. @param path below `/api/v1` */
export const rowOf = (method: string, path: string): OperationRow | undefined =>
  rows.find((row) => row.method === method && row.pattern.test(path));
