import { unsealedTenantsFunction } from '@ankasecure/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const app = 'ankadb_gateway_app';

const sealedTables = ['issuer', 'service_account', 'approval', 'token_key', 'excluded_subject'];

const lacksSeal = (table: string): string =>
  `EXISTS (SELECT FROM ${table} r WHERE r.tenant_id = p.tenant_id AND r.seal IS NULL)`;

/**
 * The seal of each record that decides: an HMAC under a key that exists in the token alone. Certificates are apart from their DER,
 * so that an account is read as a whole without them. A request that ends with its requester's name says so itself, because a
 * function of the database cannot seal.
 */
export class RecordSeal1770800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of sealedTables)
      await runner.query(`
        ALTER TABLE ${table} ADD COLUMN seal bytea;
        GRANT UPDATE (seal) ON ${table} TO ${app};`);
    await runner.query(`
      ALTER TABLE service_account ADD COLUMN certificate_ders jsonb NOT NULL DEFAULT '{}';
      UPDATE service_account SET
        certificate_ders = (SELECT coalesce(jsonb_object_agg(kept ->> 'thumbprint', kept ->> 'der'), '{}')
          FROM jsonb_array_elements(certificates) AS list (kept)),
        certificates = (SELECT coalesce(jsonb_agg(kept - 'der' ORDER BY place), '[]')
          FROM jsonb_array_elements(certificates) WITH ORDINALITY AS list (kept, place));
      GRANT UPDATE (certificate_ders) ON service_account TO ${app};
      ALTER TABLE approval ADD COLUMN ended_at timestamptz;
      DROP FUNCTION end_approvals(text, uuid);
      GRANT UPDATE (ended_at) ON approval TO ${app};
      ${unsealedTenantsFunction(app, `SELECT p.tenant_id, p.partition FROM tenant_partition p WHERE ${sealedTables.map(lacksSeal).join(' OR ')}`)}`);
  }

  async down(): Promise<void> {
    throw new Error('what stands would have no seal any more');
  }
}
