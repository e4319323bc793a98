import type { BoundedMap } from '@ankasecure/service-kit';

/**
 * Forgets what a name of a tenant stood for.
 * @param known by `<tenant>/<name>`
 * @param id the name's in the audit trail. That of a long name is a digest, which tells no name: then all are forgotten
 */
export const forgetName = (known: BoundedMap<string, unknown>, tenantId: string, id: string): void => {
  if (id.startsWith('sha256:')) known.clear();
  else known.delete(`${tenantId}/${decodeURIComponent(id)}`);
};
