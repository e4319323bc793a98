import { Module } from '@nestjs/common';
import { OutcomeModule } from '../outcome/outcome.module.js';
import { CertificateController } from './certificate.controller.js';
import { KeyCertificates } from './key-certificates.js';

/** The certificates of keys. */
@Module({ imports: [OutcomeModule], controllers: [CertificateController], providers: [KeyCertificates] })
export class CertificateModule {}
