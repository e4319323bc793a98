import {
  AnkaError,
  type AuditEvent,
  isReporter,
  mayReport,
  recordChangesOf,
  recordOwners,
  type Service,
} from '@ankasecure/contracts';

/** Who reports events: a service and, for a worker, the partition that it serves. The subject of the request proves both. */
export interface Source {
  readonly reporter: Service;
  /** Undefined for a service that serves every partition. */
  readonly partition: string | undefined;
}

/** @throws AnkaError `access-denied` if the source reports none of the operation's family, or another service's record */
export const assertMayReport = ({ reporter }: Source, { operation, details }: AuditEvent): void => {
  if (!isReporter(reporter) || !mayReport(reporter, operation))
    throw new AnkaError('access-denied', `${reporter} may not report the operation ${operation}`);
  const foreign = recordChangesOf(details)?.find(({ kind }) => recordOwners[kind] !== reporter);
  if (foreign !== undefined)
    throw new AnkaError('access-denied', `${reporter} may not report a change of a ${foreign.kind}`);
};
