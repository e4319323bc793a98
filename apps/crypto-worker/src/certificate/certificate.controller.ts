import {
  type Context,
  type DryRun,
  deleteCertificate,
  getCertificate,
  type KeyCertificate,
  putCertificate,
} from '@ankasecure/contracts';
import {
  type Answer,
  AnswersDryRuns,
  isDryRun,
  MessagePattern,
  RecordsDenial,
  RequiresOutboxRoom,
} from '@ankasecure/service-kit';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { NeedsToken } from '../group/needs-token.js';
import { KeyCertificates, type RevisedCertificate } from './key-certificates.js';

/** The version is part of the ETag: a date can make another version the current one. */
const answerOf = (ended: RevisedCertificate): Answer<KeyCertificate> => ({
  ...ended,
  variant: String(ended.body.version),
});

const changed = (ended: RevisedCertificate | DryRun): Answer<KeyCertificate | DryRun> =>
  isDryRun(ended) ? { body: ended } : answerOf(ended);

/** Serves the certificates of keys. */
@Controller()
export class CertificateController {
  constructor(private readonly certificates: KeyCertificates) {}

  @RecordsDenial<z.infer<typeof getCertificate.request>>('key.certificate.get', ({ id }) => ({ keyId: id }))
  @NeedsToken()
  @MessagePattern(getCertificate)
  async get(context: Context, request: z.infer<typeof getCertificate.request>): Promise<Answer<KeyCertificate>> {
    return answerOf(await this.certificates.get(context, request));
  }

  @AnswersDryRuns()
  @RequiresOutboxRoom()
  @NeedsToken()
  @MessagePattern(putCertificate.contract)
  async put(
    context: Context,
    request: z.infer<typeof putCertificate.contract.request>,
  ): Promise<Answer<KeyCertificate | DryRun>> {
    return changed(await this.certificates.put(context, request));
  }

  @AnswersDryRuns()
  @RequiresOutboxRoom()
  @NeedsToken()
  @MessagePattern(deleteCertificate)
  async delete(
    context: Context,
    request: z.infer<typeof deleteCertificate.request>,
  ): Promise<Answer<KeyCertificate | DryRun>> {
    return changed(await this.certificates.remove(context, request));
  }
}
