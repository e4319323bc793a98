import type { Context, Contract, DryRun } from '@ankasecure/contracts';
import { UseFilters } from '@nestjs/common';
import { Ctx, MessagePattern as NestMessagePattern, Payload } from '@nestjs/microservices';
import type { z } from 'zod';
import type { Answer, RawHandler } from './answer.js';
import { FailureFilter } from './failure-filter.js';
import { busTransport } from './transport.js';

/** The extras of a method's message pattern, which the server reads. */
export interface HandlerExtras {
  readonly contract: Contract;
  readonly raw?: true;
  readonly answersDryRuns?: true;
  readonly pauseGroup?: string;
}

/** A method that serves `contract`. It returns a `DryRun` only if it is also marked `@AnswersDryRuns()`. */
export type Serves<Request extends z.ZodType, Reply extends z.ZodType> = (
  context: Context,
  request: z.infer<Request>,
) => Promise<Answer<z.infer<Reply> | DryRun>>;

type MethodDecoratorFor<Signature> = <Method extends Signature>(
  target: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

const failureFilter = new FailureFilter();

const serves =
  (extras: HandlerExtras): MethodDecorator =>
  (target, name, descriptor) => {
    NestMessagePattern(extras.contract.subject, busTransport, extras)(target, name, descriptor as PropertyDescriptor);
    Ctx()(target, name, 0);
    Payload()(target, name, 1);
    UseFilters(failureFilter)(target, name, descriptor);
  };

/** Serves a contract on the bus. The request is validated before the method runs. Anything the method throws becomes the answer. */
export const MessagePattern = <Request extends z.ZodType, Reply extends z.ZodType>(
  contract: Contract<Request, Reply>,
): MethodDecoratorFor<Serves<Request, Reply>> => serves({ contract });

/** Serves a contract whose bodies are bytes. The method parses the request and writes the reply's head itself. */
export const RawMessagePattern = (contract: Contract): MethodDecoratorFor<RawHandler> =>
  serves({ contract, raw: true });
