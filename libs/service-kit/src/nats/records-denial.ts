import { AnkaError, type AuditedAction, type Context, onRecord } from '@ankasecure/contracts';
import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { catchError, from, type Observable } from 'rxjs';

/** Records denied requests. Each application supplies the one implementation. */
export abstract class DenialRecorder {
  abstract record(context: Context, action: AuditedAction): Promise<void>;
}

/** Extracts the key and details of the denial's event from the request. */
type DeniedRequest<Request> = (request: Request) => Pick<AuditedAction, 'keyId' | 'details'>;

interface Denial {
  readonly operation: string;
  readonly about: DeniedRequest<unknown>;
}

const DenialOf = Reflector.createDecorator<Denial>();

/** Records a denial before it is answered. A denied read leaves no other trace. */
@Injectable()
export class DenialInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly recorder: DenialRecorder,
  ) {}

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(catchError((error: unknown) => from(this.record(execution, error))));
  }

  private async record(execution: ExecutionContext, error: unknown): Promise<never> {
    if (error instanceof AnkaError && error.code === 'key-access-denied') {
      const { operation, about } = this.reflector.get(DenialOf, execution.getHandler());
      const rpc = execution.switchToRpc();
      const denied = { ...about(rpc.getData()), operation, failureCode: error.code };
      await this.recorder.record(rpc.getContext<Context>(), denied);
      throw onRecord(error);
    }
    throw error;
  }
}

/**
 * Records a `key-access-denied` error of the method as a failed `operation`.
 * @param about extracts the key and details of the event from the request
 */
export const RecordsDenial = <Request = unknown>(
  operation: string,
  about: DeniedRequest<Request> = () => ({}),
): MethodDecorator =>
  applyDecorators(DenialOf({ operation, about: about as DeniedRequest<unknown> }), UseInterceptors(DenialInterceptor));
