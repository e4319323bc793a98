import { AnkaError, type ErrorCode, errors, isErrorCode, isOnRecord, platformTenantId } from '@ankasecure/contracts';
import type { RawReply } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Admission } from '../admission/admission.js';
import { RefusalRecord } from '../audit/refusal-record.js';
import type { Principal } from '../auth/principal.js';
import type { Caller } from '../identity/turned-away.js';
import { asRefusal } from '../problem/refusal.js';
import type { Answer } from '../route/answer.js';
import type { Exchange } from '../route/service-request.js';
import { TenantDirectory } from '../tenant/tenant-directory.js';

/** Of what one caller repeats, so much has an event of its own: a hundred refusals at once, and ten in a second. */
const rate = { burst: 100, perSecond: 10 };

/** The longest detail in characters. */
const longest = 512;

type Asked = Pick<Exchange, 'route' | 'request'>;

/** The `operationId` of an event whose request has no route. */
const noRoute = 'none';

/** What an event tells about a request, besides its caller. */
interface Told {
  readonly request: FastifyRequest;
  readonly operationId: string;
  readonly details: Readonly<Record<string, string>>;
}

const toldOf = ({ route: { operationId }, request }: Asked): Told => ({
  request,
  operationId,
  details: pathDetails(request),
});

/** A failure of the platform is no refusal. */
const isRefusal = (code: ErrorCode): boolean => errors[code].status < 500;

/** The parameters of the path, as far as an event can hold them. */
const pathDetails = ({ params }: FastifyRequest): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(params as Record<string, string>).filter(
      ([, value]) => value !== '' && value.length <= longest && !value.includes('\0') && value.isWellFormed(),
    ),
  );

/**
 * Puts what a caller with a genuine token is refused on record, before it is answered. A refusal that the service has recorded
 * is not recorded again.
 */
@Injectable()
export class Refusals {
  constructor(
    private readonly record: RefusalRecord,
    private readonly tenants: TenantDirectory,
    private readonly admission: Admission,
  ) {}

  /**
   * Throws at once what needs no record: what follows a refused request on its connection must not overtake the answer.
   * @throws the error; AnkaError `audit-unavailable` when it cannot be recorded
   */
  ofError(asked: Asked, error: unknown): Promise<never> {
    const refusal = asRefusal(error, asked.request.raw);
    const noted = isOnRecord(refusal) ? undefined : this.note(toldOf(asked), refusal.code);
    if (noted === undefined) throw error;
    return noted.then(() => {
      throw error;
    });
  }

  /**
   * Notes the refusal of a request without a route. The path is not told: it can be anything.
   * @returns undefined if there is nothing to record. It rejects with AnkaError `audit-unavailable`
   */
  ofUnrouted(request: FastifyRequest, code: ErrorCode): Promise<void> | undefined {
    return this.note({ request, operationId: noRoute, details: { method: request.method } }, code);
  }

  /** @throws AnkaError `audit-unavailable` */
  async ofReply(asked: Asked, { head }: RawReply): Promise<void> {
    if (head.ok || head.error.onRecord === true) return;
    // The request is kept for a second person, which is recorded, or refused by an error.
    if (asked.route.controlled === true && head.error.code === 'approval-required') return;
    await this.note(toldOf(asked), head.error.code);
  }

  /** Notes the stored answer to an earlier request, if it is a refusal. @throws AnkaError `audit-unavailable` */
  async ofAnswer(asked: Asked, { status, body }: Answer): Promise<void> {
    if (status < 400) return;
    const { code } = JSON.parse(body.toString()) as { code: string };
    if (isErrorCode(code)) await this.note(toldOf(asked), code);
  }

  /** @returns undefined if there is nothing to record */
  private note(told: Told, code: ErrorCode): Promise<void> | undefined {
    if (!isRefusal(code)) return undefined;
    const { principal, turnedAway } = told.request as { principal?: Principal; turnedAway?: Caller };
    const caller = principal ?? turnedAway;
    if (caller !== undefined) return this.write(told, caller, code);
    // Admission has judged the token, or the request was refused before it.
    if (code === 'authentication-required') return undefined;
    return this.admission
      .callerOf(told.request)
      ?.then((named) => (named === undefined ? undefined : this.write(told, named, code)));
  }

  private async write({ request, operationId, details }: Told, caller: Caller, code: ErrorCode): Promise<void> {
    if (!(await this.hasTrail(caller, request.id))) return;
    await this.record.write({
      caller,
      request,
      operation: 'access.denied',
      failureCode: code,
      operationId,
      details,
      rate,
    });
  }

  /** A tenant that does not exist has no trail. */
  private async hasTrail(caller: Caller, correlationId: string): Promise<boolean> {
    if (caller.tenantId === platformTenantId || this.tenants.known(caller.tenantId) !== undefined) return true;
    try {
      await this.tenants.find(caller, correlationId);
      return true;
    } catch (error) {
      if (error instanceof AnkaError && error.code === 'tenant-unknown') return false;
      throw error;
    }
  }
}
