/**
 * What services ask their databases without loading a record, by file: the calls, in the order of their names, and why nothing is
 * decided by the answer that its owner could not bring about anyway. What decides is loaded as a record: the data source
 * compares it with the question, its seal is checked, and its age and absence are compared with the audit trail.
 */
export const bareAnswers: Readonly<Record<string, { readonly asks: string; readonly because: string }>> = {
  'apps/crypto-worker/src/alias/key-alias.ts': {
    asks: 'createQueryBuilder query',
    because: 'Lists aliases; keeps the last revision of an alias that was deleted, which names no key.',
  },
  'apps/crypto-worker/src/custody/assembly/refused-pins.ts': {
    asks: 'query query',
    because: 'A PIN that is forgotten here is tried once more, and the token counts.',
  },
  'apps/crypto-worker/src/custody/assembly/writer-turn.ts': {
    asks: 'query query query',
    because: 'Orders the writers of one token. The token refuses what it cannot do.',
  },
  'apps/crypto-worker/src/group/partition-role.ts': {
    asks: 'query',
    because: 'The worker does not start under another role: it is a guard against mistakes.',
  },
  'apps/crypto-worker/src/group/well-worker.ts': {
    asks: 'query',
    because: 'Tells who works. Every answer of a worker is decided by records.',
  },
  'apps/crypto-worker/src/hsm/test-turn.ts': {
    asks: 'query query query query',
    because: 'Orders the tests of one token. A lie lets two run at once, or none; neither decides anything.',
  },
  'apps/crypto-worker/src/kek/kek.sql.ts': {
    asks: 'countBy existsBy existsBy query query',
    because:
      'Counts and failures for reports, and whether a rotation has begun. A second one needs a KEK of another number, and wraps keys under a KEK of the HSM again.',
  },
  'apps/crypto-worker/src/kek/rotation/open-rotation.sql.ts': {
    asks: 'query',
    because: 'Hints: a rotation is loaded as a record.',
  },
  'apps/crypto-worker/src/kek/retirement/retired-kek.sql.ts': {
    asks: 'query query',
    because:
      'Whether a key still needs a KEK, and hints at KEKs that are due. A KEK is retired and destroyed only if the sealed records of all versions that the trail holds say the same.',
  },
  'apps/crypto-worker/src/kek/rewrap-failure.sql.ts': {
    asks: 'query',
    because: 'Failures that are not on record yet are reported.',
  },
  'apps/crypto-worker/src/key/key-store.ts': {
    asks: 'existsBy',
    because: 'Chooses the words of a refusal.',
  },
  'apps/crypto-worker/src/key/key-usage.ts': {
    asks: 'createQueryBuilder createQueryBuilder createQueryBuilder getRawMany getRawMany getRawMany',
    because: 'A report.',
  },
  'apps/crypto-worker/src/key/lock/tenant-fence.sql.ts': {
    asks: 'query query query',
    because: 'Takes locks. What they keep apart is compared by revision and seal.',
  },
  'apps/crypto-worker/src/key/named-key.ts': {
    asks: 'createQueryBuilder',
    because: 'Its alias is compared with the question, and its row with what this process holds of the key.',
  },
  'apps/crypto-worker/src/key/read-key.ts': {
    asks: 'existsBy getRawAndEntities',
    because: 'A listing, and whether a key is unknown or forbidden: grants are loaded.',
  },
  'apps/crypto-worker/src/key/record/select-version.ts': {
    asks: 'createQueryBuilder createQueryBuilder',
    because: 'Each row is compared with the question, and they have no gap up to the newest that the trail knows.',
  },
  'apps/crypto-worker/src/key/wrapped-version.ts': {
    asks: 'existsBy',
    because:
      'Whether a newer KEK exists. A lie wraps a key under a KEK that will be destroyed, which loses the key as its deletion does.',
  },
  'apps/crypto-worker/src/lease/lease.ts': {
    asks: 'query query query query query',
    because: 'Whether another worker lives. A lie has two work on one object, and the token keeps them apart.',
  },
  'apps/crypto-worker/src/life/destruction.ts': {
    asks: 'existsBy',
    because: 'Whether a destruction has begun: then it cannot be cancelled. A lie loses the key, as its deletion does.',
  },
  'apps/crypto-worker/src/life/due/due-destruction.ts': {
    asks: 'existsBy query',
    because:
      'Hints: the date, and what the event says, are those of the sealed records. Whether the destruction has begun decides who carries it out.',
  },
  'apps/crypto-worker/src/life/due/due-rotation.ts': {
    asks: 'query',
    because: 'Hints: the policy and its date are loaded as a record before anything is done or put on record.',
  },
  'apps/crypto-worker/src/life/forget-unwrapped.ts': {
    asks: 'query',
    because: 'Listens for what may be forgotten.',
  },
  'apps/crypto-worker/src/making/create-key.ts': {
    asks: 'existsBy',
    because:
      'Whether the id is taken. An insert of the same id fails, and an id that the trail has ever named was refused before.',
  },
  'apps/crypto-worker/src/making/rotate-key.ts': {
    asks: 'existsBy',
    because: 'Whether the number is taken, as for a new key. What the rotation was decided on is loaded.',
  },
  'apps/crypto-worker/src/object/intent.ts': {
    asks: 'affected affected query query query query',
    because:
      'Hints and locks, and whether an intent was ours to end; whether an object is on record: see "Objects of lost rows" in record-seals.md.',
  },
  'apps/crypto-worker/src/operation/budget/gcm-reservation.sql.ts': {
    asks: 'query',
    because: 'A counter: see "Counters" in record-seals.md.',
  },
  'apps/crypto-worker/src/operation/budget/use-budget.ts': {
    asks: 'increment',
    because: 'A counter: see "Counters" in record-seals.md.',
  },
  'apps/crypto-worker/src/outcome/commit-outcomes.sql.ts': {
    asks: 'query',
    because: 'The fence: see "Functions" in record-seals.md.',
  },
  'apps/crypto-worker/src/outcome/group-commit.ts': {
    asks: 'query',
    because: 'The fence: see "Functions" in record-seals.md.',
  },
  'apps/crypto-worker/src/platform-key/lost-key.ts': {
    asks: 'existsBy',
    because:
      'Whether a restored database lacks a key of the platform. The token tells which keys it holds, by their names.',
  },
  'apps/crypto-worker/src/platform-key/platform-key.ts': {
    asks: 'existsBy',
    because: 'Whether another worker was first. An insert of the same key fails.',
  },
  'apps/crypto-worker/src/policy-change/compare-enforced.sql.ts': {
    asks: 'query',
    because: 'Hints: the policy is loaded as a record, and compared with the trail.',
  },
  'apps/crypto-worker/src/quota/key-count.sql.ts': {
    asks: 'query query query',
    because: 'Limits on numbers. They give nobody a right.',
  },
  'apps/crypto-worker/src/record/adopt-records.ts': {
    asks: 'query',
    because: 'Tenants to look at. Marks in the token decide whether anything of theirs is sealed that has no seal.',
  },
  'apps/crypto-worker/src/record/record-key.ts': {
    asks: 'query query',
    because:
      'Whether records are sealed, if the token has no record key: with a new one, no older seal is genuine. And whose keys to look for in the token.',
  },
  'apps/crypto-worker/src/restore/restore-records.ts': {
    asks: 'query',
    because: 'Keeps the last revision that an alias can have had, which names no key.',
  },
  'apps/crypto-worker/src/restore/restoring.ts': {
    asks: 'existsBy',
    because: 'Whether a restored alias has its key. An alias without its key names nothing.',
  },
  'apps/gateway/src/access-token/expired-assertion.statement.ts': {
    asks: 'query',
    because: 'Removes assertions that are over. One that is removed earlier can be used again, as by its deletion.',
  },
  'apps/gateway/src/approval/approval.statement.ts': {
    asks: 'query query',
    because: 'Limits on numbers, which give nobody a right, and removes requests that are over.',
  },
  'apps/gateway/src/approval/approvals.ts': {
    asks: 'createQueryBuilder',
    because: 'A listing. Its rows are loaded as records; a request that it hides is looked at where it would be ended.',
  },
  'apps/gateway/src/approval/end/find-requests.ts': {
    asks: 'createQueryBuilder',
    because:
      'The ids of requests of which one is refused. Each is loaded as a record after that, or counts as deleted.',
  },
  'apps/gateway/src/exclusion/exclusions.ts': {
    asks: 'countBy',
    because: 'A limit on numbers. It gives nobody a right.',
  },
  'apps/gateway/src/idempotency/idempotency.statement.ts': {
    asks: 'query query query query',
    because:
      'Whether a repetition is one: see "Repetitions" in record-seals.md. An id that is told has the gateways’ MAC, or is a new one to the service.',
  },
  'apps/gateway/src/identity/identity-epoch.statement.ts': {
    asks: 'query query query query query',
    because:
      'Whether gateways still work with what they have read. A lie is found when what was read is compared with the trail: within a minute.',
  },
  'apps/gateway/src/identity/tenant-lock.statement.ts': {
    asks: 'query',
    because: 'Takes locks. What they keep apart is compared by revision and seal.',
  },
  'apps/gateway/src/issuer/claim-name/claim-names.statement.ts': {
    asks: 'query',
    because:
      'Where to look for a tenant in a token. The tenant’s issuer is loaded as a record, and names its claim itself.',
  },
  'apps/gateway/src/routes/serve-routes.ts': {
    asks: 'count',
    because: 'Counts answers in a metric, and asks no database.',
  },
  'apps/gateway/src/service-account/service-accounts.ts': {
    asks: 'countBy createQueryBuilder',
    because: 'A limit on numbers. An account is loaded as a record and compared with the question.',
  },
  'apps/policy/src/policy/pending-change.sql.ts': {
    asks: 'query',
    because: 'Hints: a change is loaded as a record.',
  },
  'apps/policy/src/policy/settle-change.ts': {
    asks: 'affected increment',
    because:
      'Counts attempts. Whether a change is pending is decided by the tenant’s versions, and a change that is not counted fails for now.',
  },
  'apps/policy/src/tenancy/platform-tenant.ts': {
    asks: 'existsBy existsBy',
    because: 'Whether the platform’s tenant is to be made: its making looks again. Readiness.',
  },
  'apps/policy/src/tenancy/tenant-lock.sql.ts': {
    asks: 'query',
    because: 'Takes locks.',
  },
  'apps/policy/src/tenant/tenant-partition.sql.ts': {
    asks: 'query query',
    because:
      'The partition whose workers check the seals, and versions to compare with those in force: hints. What is applied is loaded.',
  },
  'libs/service-kit/src/clock/database-time.sql.ts': {
    asks: 'query',
    because: 'The database’s clock, which is compared with the process’s own: see clock.md.',
  },
  'libs/service-kit/src/database/fault/own-tables.sql.ts': {
    asks: 'query',
    because:
      'Which tables there are. The service does not start on another service’s database: it is a guard against mistakes.',
  },
  'libs/service-kit/src/database/heartbeat.ts': {
    asks: 'query',
    because: 'Whether the database answers. Readiness.',
  },
  'libs/service-kit/src/database/insert-if-absent.ts': {
    asks: 'createQueryBuilder',
    because:
      'Whether a row was inserted. A lie refuses the request, or has a change noted that was not made, which the trail then misses.',
  },
  'libs/service-kit/src/database/migrate.ts': {
    asks: 'query query',
    because: 'Takes locks, so that migrations run one after the other.',
  },
  'libs/service-kit/src/database/tenant.ts': {
    asks: 'query',
    because: 'Sets the tenant of a transaction. Each record that is loaded in it must be the tenant’s.',
  },
  'libs/service-kit/src/database/transaction-time.sql.ts': {
    asks: 'query',
    because: 'The transaction’s time, which is compared with the process’s own clock: see clock.md.',
  },
  'libs/service-kit/src/nats/in-flight/waiters.ts': {
    asks: 'count',
    because: 'Counts requests in memory, and asks no database.',
  },
  'libs/service-kit/src/outbox/outbox.sql.ts': {
    asks: 'query query query query query query query',
    because: 'What waits to be sealed, and how much: see "What has not left the database" in record-seals.md.',
  },
  'libs/service-kit/src/record/adopt-tenant.ts': {
    asks: 'createQueryBuilder',
    because: 'Records without a seal. Marks in the token decide whether they are sealed.',
  },
  'libs/service-kit/src/record/assert-held.ts': {
    asks: 'existsBy',
    because: 'Whether a record that the trail knows was made meanwhile. A lie has its reader try again.',
  },
  'libs/service-kit/src/record/change-record.ts': {
    asks: 'affected affected createQueryBuilder',
    because:
      'Whether a change was stored: the seal that it returns is compared, and the trail misses a change that was not.',
  },
  'libs/service-kit/src/record/place-tenant.ts': {
    asks: 'affected createQueryBuilder',
    because: 'Records of an older release without a place in the history. Their seals are checked before they get one.',
  },
  'libs/service-kit/src/record/record-position.sql.ts': {
    asks: 'query query query query',
    because: 'The counter of revisions, which is not believed: see "Revisions are times" in record-seals.md.',
  },
  'libs/service-kit/src/record/record-seals.ts': {
    asks: 'createQueryBuilder',
    because: 'A record that is in doubt, once more. Its revision and digest are compared with the trail.',
  },
  'libs/service-kit/src/record/record-sets.ts': {
    asks: 'existsBy',
    because:
      'Whether to look at a tenant’s issuers at all. A lie has its callers refused; who is admitted is decided by the set.',
  },
  'libs/service-kit/src/record/unsealed-tenant.sql.ts': {
    asks: 'query query',
    because:
      'Tenants to look at. Marks in the token, and the trail, decide whether anything of theirs is sealed or placed.',
  },
};
