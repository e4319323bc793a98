import { DenialRecorder } from '@ankasecure/service-kit';
import { Global, Module } from '@nestjs/common';
import { GroupCommit } from './group-commit.js';
import { RecordDenial } from './record-denial.js';

/** The commit of outcomes. It is global, because methods in rooms below this one record their denials too. */
@Global()
@Module({
  providers: [GroupCommit, { provide: DenialRecorder, useClass: RecordDenial }],
  exports: [GroupCommit, DenialRecorder],
})
export class GroupCommitModule {}
