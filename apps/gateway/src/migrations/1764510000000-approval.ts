import { tenantIsolation } from '@ankasecure/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const appRole = 'ankadb_gateway_app';

/**
 * Creates the requests of one person that another must approve. The requested operation never changes once it is written, and
 * service's role has no right to change it.
 */
export class Approval1764510000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE approval (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        operation text NOT NULL,
        request text NOT NULL,
        if_match bigint,
        requested_by text NOT NULL,
        requested_by_issuer text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'approved', 'rejected', 'withdrawn')),
        decided_by text,
        decided_at timestamptz,
        reason text,
        carrying_until timestamptz,
        outcome json,
        PRIMARY KEY (tenant_id, id),
        CHECK ((state = 'pending') = (decided_by IS NULL)),
        CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
        CHECK ((decided_by = requested_by) = (state = 'withdrawn')),
        CHECK (outcome IS NULL OR state = 'approved')
      );
      CREATE INDEX approval_pending ON approval (tenant_id, requested_by) WHERE state = 'pending';
      CREATE INDEX approval_over ON approval ((coalesce(decided_at, expires_at)));
      GRANT SELECT, INSERT, UPDATE (state, decided_by, decided_at, reason, carrying_until, outcome) ON approval TO ${appRole};
      ${tenantIsolation('approval')}
      CREATE FUNCTION remove_old_approvals() RETURNS integer
        LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
          WITH removed AS (
            DELETE FROM public.approval WHERE ctid IN (
              SELECT ctid FROM public.approval WHERE coalesce(decided_at, expires_at) <= now() - interval '30 days'
              LIMIT 1000 FOR UPDATE SKIP LOCKED
            ) RETURNING 1
          ) SELECT count(*)::integer FROM removed
        $$;
      CREATE FUNCTION end_approvals(spoken_by text, spared uuid) RETURNS SETOF approval
        LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
        AS $$
          UPDATE public.approval SET expires_at = now()
          WHERE tenant_id = nullif(current_setting('ankasecure.tenant', true), '')::uuid
            AND requested_by_issuer = spoken_by AND id IS DISTINCT FROM spared
            AND (state = 'pending' OR (state = 'approved' AND outcome IS NULL)) AND expires_at > now()
          RETURNING *
        $$;
      REVOKE ALL ON FUNCTION remove_old_approvals(), end_approvals(text, uuid) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION remove_old_approvals(), end_approvals(text, uuid) TO ${appRole};`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION remove_old_approvals(), end_approvals(text, uuid); DROP TABLE approval;');
  }
}
