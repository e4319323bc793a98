import { AnkaError, isReporter, mayReport, type Service } from '@ankasecure/contracts';

/** Who reports events: a service and, for a worker, the partition that it serves. The subject of the request proves both. */
export interface Source {
  readonly reporter: Service;
  /** Undefined for a service that serves every partition. */
  readonly partition: string | undefined;
}

/** @throws AnkaError `access-denied` if the source reports none of the operation's family */
export const assertMayReport = ({ reporter }: Source, operation: string): void => {
  if (!isReporter(reporter) || !mayReport(reporter, operation))
    throw new AnkaError('access-denied', `${reporter} may not report the operation ${operation}`);
};
