import { platformTenantId } from '@ankasecure/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call } from '../testing/call.js';
import { type Gateway, type Rig, startRig } from '../testing/rig.js';
import { asTenant, tenantA, tenantB } from '../testing/token.js';

describe('a tenant’s partition', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig();
  });
  afterAll(() => rig.stop());

  const list = async (at: Gateway, tenant: string) =>
    call(at, 'GET', '/api/v1/keys', { token: await rig.issuer.token(asTenant(tenant, 'user')) });
  /** All but the platform's own, which each gateway looks up when it starts. */
  const kept = () =>
    rig.postgres.query(
      'ankadb_gateway',
      'SELECT tenant_id, partition FROM tenant_partition WHERE tenant_id <> $1 ORDER BY tenant_id',
      [platformTenantId],
    );

  it('is stored once the policy service has named it, behind row-level security', async () => {
    const gateway = await rig.gateway();
    expect((await list(gateway, tenantA)).status).toBe(200);
    expect(await kept()).toEqual([{ tenant_id: tenantA, partition: 'default' }]);
    const [row] = await gateway.parts.dataSource.query<{ seen: string }[]>(
      'SELECT count(*) AS seen FROM tenant_partition',
    );
    expect(row?.seen).toBe('0');
  });

  it('is not stored for a tenant that the policy service does not know', async () => {
    const before = await kept();
    expect((await list(await rig.gateway(), crypto.randomUUID())).problem.code).toBe('tenant-unknown');
    expect(await kept()).toEqual(before);
  });

  it('is known to a gateway that starts while the policy service is unavailable, if it was asked for before', async () => {
    await rig.standIns.leave('policy');
    const started = await rig.gateway();
    expect((await list(started, tenantA)).status).toBe(200);
    const unknown = await list(started, tenantB);
    expect([unknown.status, unknown.problem.code]).toEqual([503, 'service-unavailable']);
  });
});
