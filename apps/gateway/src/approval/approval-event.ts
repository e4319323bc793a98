import { type Actor, type AuditEvent, auditEvent } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import type { ApprovalRecord } from './approval.entity.js';
import { ControlledRoutes } from './controlled-route.js';

/** Longest value of an event's details. */
const maxDetail = 512;

type ReportedRequest = Pick<ApprovalRecord, 'id' | 'operation' | 'request' | 'requestedBy' | 'requestedByIssuer'>;

/** Further contents of the event: the reason for a failure, and details of the action. */
interface Outcome {
  readonly failureCode?: string;
  readonly details?: Readonly<Record<string, string>>;
}

/** Builds the events of requests for approval. The service that carries out an operation reports it itself, with the request's id. */
@Injectable()
export class ApprovalEvents {
  constructor(private readonly controlled: ControlledRoutes) {}

  of(
    { tenantId, principal, issuer, correlationId, clientAddress }: Actor,
    action: 'request' | 'approve' | 'reject' | 'withdraw' | 'conclude' | 'end',
    requested: ReportedRequest,
    { failureCode, details }: Outcome = {},
  ): AuditEvent {
    return auditEvent(
      { tenantId, principal, issuer, correlationId, clientAddress },
      {
        operation: `approval.${action}`,
        keyId: this.keyOf(requested),
        failureCode: failureCode ?? null,
        details: {
          approvalId: requested.id,
          requestedBy: requested.requestedBy,
          requestedByIssuer: requested.requestedByIssuer,
          requested: requested.operation,
          request: requested.request.slice(0, maxDetail).toWellFormed(),
          ...details,
        },
      },
    );
  }

  /** The key that the request concerns, if any. */
  private keyOf({ operation, request }: ReportedRequest): string | null {
    return this.controlled.find(operation).right === undefined ? null : (JSON.parse(request) as { id: string }).id;
  }
}
