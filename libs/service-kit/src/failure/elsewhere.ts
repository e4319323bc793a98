import { AnkaError } from '@ankasecure/contracts';

const marked = new WeakSet<AnkaError>();

/** Notes that another process failed, or is away. It logs its own failures, and its absence shows in readiness and metrics. */
export const elsewhere = <Thrown>(error: Thrown): Thrown => {
  if (error instanceof AnkaError) marked.add(error);
  return error;
};

export const isElsewhere = (error: AnkaError): boolean => marked.has(error);
