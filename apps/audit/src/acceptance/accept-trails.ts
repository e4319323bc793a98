import {
  AnkaError,
  type acceptTrails,
  auditEvent,
  type Context,
  type DryRun,
  dryRunNameOf,
  maxUnsound,
  monotonicNow,
  platformTenantId,
  type UnsoundTrail,
  verdictOf,
} from '@ankasecure/contracts';
import { BoundedMap } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { TrailGuard } from '../anchor/trail-guard.js';
import type { VerifiedTrail, VerifiedTrails } from '../anchor/trail-place.js';
import { AppendEvents } from '../event/append-events.js';
import { RecordIndexes } from '../record/record-indexes.js';
import { type ProvenTrail, ProveTrails } from '../verification/prove-trails.js';

type Accepted = z.infer<typeof acceptTrails.reply>;
type Proven = ReadonlyMap<string, ProvenTrail>;

/** A call, as its event tells it. */
interface Attempt {
  readonly operation: string;
  readonly details: Readonly<Record<string, string>>;
  readonly error: AnkaError | undefined;
}

/** The name of an acceptance in audit events. */
const operation = 'trail.accept';
/** The share of the caller's time that the proofs may take. */
const provingShare = 0.8;
/** Trails that are remembered while an acceptance is not finished. */
const capacity = 100_000;

/**
 * Accepts trails that a restored database holds: each refused trail whose chain and MACs hold. Who accepted them, and why they
 * were refused, is sealed first. What the trails say of records counts again, whatever the database made of it: a compromised
 * key stays compromised. A trail that fails stays refused.
 */
@Injectable()
export class AcceptTrails {
  /** The ends of trails on which an acceptance was sealed that is not finished. */
  private readonly rebuilt = new BoundedMap<string, VerifiedTrail>(capacity);

  constructor(
    private readonly guard: TrailGuard,
    private readonly prover: ProveTrails,
    private readonly appender: AppendEvents,
    private readonly indexes: RecordIndexes,
  ) {}

  /**
   * A call that fails with a retryable error is continued by the next one: nothing is proved again, and no other tenant's trail gets a
   * second event.
   * @throws AnkaError `trail-unsound` if every refused trail fails or cannot be proved; `deadline-exceeded` (retryable) if the time does not suffice
   */
  async accept(context: Context): Promise<Accepted | DryRun> {
    let isLeft = false;
    try {
      return await this.acceptNow(context);
    } catch (error) {
      isLeft = error instanceof AnkaError && error.retryable;
      throw error;
    } finally {
      if (!isLeft) this.forget();
    }
  }

  private forget(): void {
    this.prover.forget();
    this.rebuilt.clear();
  }

  private async acceptNow({ dryRun, ...context }: Context): Promise<Accepted | DryRun> {
    await this.guard.compare();
    const { fault, seen } = this.guard;
    const proven = await this.proveRefused(context);
    const unsound = unsoundOf(proven);
    const error = unsound.length > 0 && unsound.length === proven.size ? failed(unsound) : undefined;
    if (dryRun === true) return this.foresee(context, fault, proven, error);
    if (fault === null) return { accepted: false, reason: null, refused: [] };
    const counts = { accepted: String(proven.size - unsound.length), refused: String(unsound.length) };
    const details = { reason: fault.slice(0, 512), ...counts, ...firstOf(unsound) };
    const end = await this.record(context, proven, { operation, details, error });
    if (error !== undefined) throw error;
    await this.guard.accept(await this.takeOver(context, proven, end), seen, unprovedIn(proven));
    return { accepted: true, reason: fault, refused: unsound.slice(0, maxUnsound) };
  }

  private async foresee(
    context: Context,
    fault: string | null,
    proven: Proven,
    error: AnkaError | undefined,
  ): Promise<DryRun> {
    const unsound = unsoundOf(proven);
    const reason = fault === null ? {} : { reason: fault.slice(0, 512) };
    const details = { ...reason, ...firstOf(unsound) };
    await this.record(context, proven, { operation: dryRunNameOf(operation), details, error });
    return {
      ...verdictOf(operation, error),
      ...(unsound.length > 0 && { refusedTrails: unsound.slice(0, maxUnsound) }),
    };
  }

  private async proveRefused(context: Context): Promise<Proven> {
    const now = monotonicNow();
    const deadline = now + provingShare * (context.deadline - now);
    return this.prover.prove({ ...context, deadline }, await this.guard.refused());
  }

  /**
   * @param platformEnd that of the platform's own trail, on which the acceptance was sealed since its proof
   * @returns the ends at which the trails are accepted
   */
  private async takeOver(
    context: Context,
    proven: Proven,
    platformEnd: VerifiedTrail | undefined,
  ): Promise<VerifiedTrails> {
    this.indexes.forget();
    const verified = new Map<string, VerifiedTrail | undefined>();
    for (const [tenantId, trail] of proven) {
      const isOwn = tenantId === platformTenantId && trail.end !== undefined;
      verified.set(tenantId, isOwn ? platformEnd : await this.rebuild({ ...context, tenantId }, trail));
    }
    return verified;
  }

  /** Seals on the tenant's own trail that it was accepted. The seal binds the index of records that the proof yields. */
  private async rebuild(context: Context, trail: ProvenTrail): Promise<VerifiedTrail | undefined> {
    const { tenantId } = context;
    if (trail.end === undefined) return undefined;
    const done = this.rebuilt.get(tenantId);
    if (done?.seq === trail.end.seq && Buffer.from(trail.end.hash).equals(done.hash)) return done;
    const event = auditEvent(context, {
      operation,
      details: { acceptedUntil: String(trail.end.seq) },
      failureCode: null,
    });
    const end = await this.appender.sealAnyway(context, event, this.indexes.rebuilding(trail));
    if (end !== undefined) this.rebuilt.set(tenantId, end);
    return end;
  }

  /**
   * Seals on the platform's own trail what was asked and what came of it. If that trail was refused, an acceptance accepts it too.
   * @returns the end of the platform's trail, if it was refused
   */
  private async record(
    context: Context,
    proven: Proven,
    { operation: name, details, error }: Attempt,
  ): Promise<VerifiedTrail | undefined> {
    const action = { operation: name, details, failureCode: error?.code ?? null };
    const event = auditEvent({ ...context, tenantId: platformTenantId }, action);
    const platform = proven.get(platformTenantId);
    if (platform === undefined) {
      await this.appender.sealOwn(context, event);
      return undefined;
    }
    const isAccepted = name === operation && error === undefined && platform.end !== undefined;
    return this.appender.sealAnyway(
      context,
      event,
      isAccepted ? this.indexes.rebuilding(platform) : this.indexes.leaving(),
    );
  }
}

const unsoundOf = (proven: Proven): readonly UnsoundTrail[] =>
  [...proven].flatMap(([tenantId, { fault }]) =>
    fault === undefined ? [] : [{ tenantId, firstBadSeq: fault.seq, reason: fault.reason }],
  );

/** The tenants whose trails could not be proved. */
const unprovedIn = (proven: Proven): ReadonlySet<string> =>
  new Set([...proven].flatMap(([tenantId, { fault }]) => (fault?.reason === 'unproved' ? [tenantId] : [])));

const firstOf = ([first]: readonly UnsoundTrail[]): Readonly<Record<string, string>> =>
  first === undefined
    ? {}
    : { refusedTenant: first.tenantId, firstBadSeq: String(first.firstBadSeq), refusedFor: first.reason };

const failed = (unsound: readonly UnsoundTrail[]): AnkaError => {
  const told = unsound
    .slice(0, 5)
    .map(({ tenantId, firstBadSeq, reason }) =>
      reason === 'unproved'
        ? `${tenantId} could not be verified after event ${firstBadSeq - 1}`
        : `${tenantId} fails verification at event ${firstBadSeq} (${reason})`,
    );
  const isUnproved = ({ reason }: UnsoundTrail): boolean => reason === 'unproved';
  const advice = [
    ...(unsound.every(isUnproved) ? [] : ['Restore a backup of ankadb_audit that nobody has changed.']),
    ...(unsound.some(isUnproved) ? ['The audit service’s log says why a trail could not be verified.'] : []),
  ];
  const detail = `No trail was accepted. The trail of tenant ${told.join('. That of tenant ')}. ${advice.join(' ')}`;
  return new AnkaError('trail-unsound', detail);
};
