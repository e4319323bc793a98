import { tenantIsolation } from '@ankasecure/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const appRole = 'ankadb_gateway_app';

/** Creates the identity providers that tenants trust, in addition to those of the configuration file. */
export class Issuer1764300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE issuer (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        revision integer NOT NULL DEFAULT 1,
        issuer text NOT NULL,
        audience text NOT NULL,
        algorithms text[] NOT NULL CHECK (cardinality(algorithms) > 0),
        claims jsonb NOT NULL,
        keys jsonb,
        jwks_url text,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (tenant_id, id),
        UNIQUE (tenant_id, issuer),
        CHECK (keys IS NULL OR jwks_url IS NULL)
      );
      GRANT SELECT, INSERT, UPDATE, DELETE ON issuer TO ${appRole};
      ${tenantIsolation('issuer')}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE issuer');
  }
}
