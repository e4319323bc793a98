import { FastifyAdapter } from '@nestjs/platform-fastify';

/** Nest's adapter without its error pages. The gateway writes all problems in one place. */
export class OwnErrorsAdapter extends FastifyAdapter {
  override setErrorHandler(): ReturnType<FastifyAdapter['setErrorHandler']> {
    return this.instance;
  }

  override setNotFoundHandler(): ReturnType<FastifyAdapter['setNotFoundHandler']> {
    return this.instance;
  }
}
