import type { ErrorCode } from './error.js';

/** What a person needs to know who meets an error: why it happens, and what they can do. */
export interface Guide {
  readonly cause: string;
  readonly remedy: string;
}

const guide = (cause: string, remedy: string): Guide => ({ cause, remedy });

const again =
  'Send the same request again after the seconds in Retry-After. With an Idempotency-Key it is done only once.';
const operator = 'Tell the operator of the platform the correlation id.';
const readIt = 'Read the list, and check the id and the tenant of the token.';

/** The second half of the table of errors: one entry for each code. The catalogue of problems is generated from both. */
export const errorGuide: Readonly<Record<ErrorCode, Guide>> = {
  'request-invalid': guide(
    'A header, a parameter or a member of the body is missing, unknown or not in the form that the OpenAPI document states.',
    'Read `detail`, which names the place and the expected form. Change the request.',
  ),
  'body-malformed': guide(
    'The body is not one JSON document in UTF-8, or it is missing.',
    'Send one JSON document without a byte order mark.',
  ),
  'jwe-invalid': guide(
    'The value is not a compact JWE, or a segment is not base64url or has an impossible length, or the header has an algorithm, a critical member or an encoding that is not accepted. It depends on the JWE alone, never on a key.',
    'The detail names the segment or the member. Check that the whole JWE was sent and nothing else, such as a line break, and that it was made with an algorithm of the key.',
  ),
  'jws-invalid': guide(
    'The value is not a compact JWS, or its header has an algorithm, a critical member or an encoding that is not accepted. A JWS with a wrong signature is no error: it gets `valid: false`.',
    'Check that the whole JWS was sent, and that `payload` is sent if it is detached.',
  ),
  'cursor-invalid': guide(
    'The cursor was changed, or belongs to another listing, another filter or another tenant.',
    'Send `next` of the page before with the same filter, or begin with the first page.',
  ),
  'decryption-failed': guide(
    'The data was not made for this key, was changed, or has other additional data. The answer is the same for every reason, so that it tells an attacker nothing.',
    'Check the key, its version and `aad`. The audit event names the versions that were not tried: send `version`, and `acceptRisk` for one that is suspended or compromised. For an import, check the wrapping key, the method and the hash of OAEP.',
  ),
  'authentication-required': guide(
    'The request has no bearer token, or one that is not genuine, has expired, is for another service or is bound to another certificate.',
    'Get a new access token and send it as `Authorization: Bearer`.',
  ),
  'access-denied': guide(
    'The roles in the token do not include one that the route needs.',
    'Read the roles of the route in the documentation. An administrator can assign a role in the identity provider.',
  ),
  'key-access-denied': guide(
    'The caller has only the role `user`, and no grant on the key gives it the right.',
    'Ask someone with the right `manage` on the key for a grant.',
  ),
  'policy-refused': guide(
    'The tenant’s policy does not allow the algorithm, the purpose, the custody or the time. `reasons` names every rule and its source.',
    'Use another key or algorithm, or ask an administrator of the tenant to change the policy.',
  ),
  'approval-required': guide(
    'The policy requires two people, and this call cannot wait for the second one: it is a dry run, or its caller is not a person.',
    'Let a person make the request without `dryRun`. The answer is then 202, and another person approves it.',
  ),
  'approval-denied': guide(
    'The caller made the request, is an application, or has a name that another issuer can give too.',
    'Let another person decide the request.',
  ),
  'tenant-disabled': guide(
    'An administrator of the platform has disabled the tenant. Its keys are not used, made or changed.',
    'Ask the administrators of the platform to enable the tenant.',
  ),
  'tenant-unknown': guide(
    'The token names a tenant that does not exist on this platform.',
    'Check the tenant claim of the token, and the platform that it was sent to.',
  ),
  'route-not-found': guide(
    'No resource has this path.',
    'Check the path against the documentation, from its beginning.',
  ),
  'key-not-found': guide(
    'The tenant has no key with this id or alias, or no such version. A key of another tenant gets the same answer.',
    readIt,
  ),
  'service-account-not-found': guide('The tenant has no service account with this id.', readIt),
  'connector-not-found': guide('The tenant has no connector with this id.', readIt),
  'issuer-not-found': guide('The tenant has no issuer with this id. Issuers of the configuration have none.', readIt),
  'exclusion-not-found': guide('The tenant has no exclusion with this id.', readIt),
  'partition-not-found': guide(
    'The policy service’s configuration names no HSM partition of this name.',
    'Read `detail`, which lists the partitions. An operator adds one to `ankasecure.partitions` of the policy service, and starts workers that serve it.',
  ),
  'checkpoint-not-found': guide(
    'The trail has no checkpoint yet, or its last one is smaller than the size or the event that the request names.',
    'Read `GET /audit/checkpoints/latest`. The first checkpoint is signed within some seconds of the first event, while the HSM answers.',
  ),
  'tile-not-found': guide(
    'The tree of the last checkpoint does not have this tile, or not that many hashes in it.',
    'Compute the tiles of a tree from the size of its checkpoint, as C2SP tlog-tiles describes.',
  ),
  'alias-not-found': guide('The tenant has no alias with this name.', 'Read `GET /aliases`, and check the spelling.'),
  'key-set-not-found': guide(
    'No active tenant has this name.',
    'Check the name of the tenant in the address of the key set.',
  ),
  'approval-not-found': guide(
    'The tenant has no such request for approval, it ended more than 30 days ago, or the caller may not see it.',
    'Read `GET /approvals`.',
  ),
  'tenant-mismatch': guide(
    'The tenant in the path or the body is not the tenant of the token. A tenant that does not exist gets the same answer.',
    'Use a token of that tenant, or leave the tenant out.',
  ),
  'policy-version-not-found': guide('The policy has no such version.', 'Read `GET /policy/versions`.'),
  'policy-template-not-found': guide('No template has this name.', 'Read `GET /policy/templates`.'),
  'method-not-allowed': guide('The resource exists and has no such method.', 'Use a method that `Allow` lists.'),
  'request-timeout': guide(
    'The request did not arrive within its time, because the connection is slow or was interrupted.',
    'Send the request again on a new connection.',
  ),
  'tenant-exists': guide(
    'A tenant with this slug exists, and this request did not create it.',
    'Choose another slug, or use the tenant that exists.',
  ),
  'issuer-exists': guide('The tenant has an issuer with this name.', 'Change that issuer with PUT instead.'),
  'subject-prefix-taken': guide(
    'Another issuer of the tenant has the same subjectPrefix, or one that begins with it.',
    'Choose another prefix, or set `sharesSubjects` on purpose.',
  ),
  'issuers-overlap': guide(
    'Two issuers can give the same name, so two names do not prove two people.',
    'Give the issuers different values of subjectPrefix first.',
  ),
  'key-state': guide(
    'The state of the key version does not allow the operation, or its table of transitions has no such change.',
    'Read the key. `detail` says which operation leads on. Resume, rotate or replace the key, or accept the risk where the route offers it.',
  ),
  'former-kid-taken': guide(
    'The request names a former kid that another key of the tenant has, as its own or from elsewhere. A kid must find one key.',
    'Leave the kid out of `formerKids`. Send `keyId` for tokens that carry it and belong to the imported key.',
  ),
  'kek-retired': guide(
    'The key version is wrapped by a KEK that is retired, as after a restore from an old backup.',
    'Ask the operator to rotate the KEK again. It rewraps the version.',
  ),
  'approval-state': guide(
    'The request for approval is decided, has expired, or is being carried out.',
    'Read the request for approval. Make a new one if it has expired.',
  ),
  'trail-unsound': guide(
    'Every refused audit trail fails verification, or could not be verified. `detail` says which.',
    'Restore another backup of a trail that fails, and follow the page on restores. The audit service’s log says why a trail could not be verified: mend that, and repeat the call.',
  ),
  'idempotency-in-flight': guide(
    'An earlier request with this Idempotency-Key has not been answered yet.',
    'Wait for the first answer, then repeat the request with the same key.',
  ),
  'policy-pending': guide(
    'An earlier change of the policy is not confirmed on every worker yet.',
    'Send the request again in a few seconds.',
  ),
  'precondition-failed': guide(
    'The resource has changed since it was read, or it does not meet If-Match or If-None-Match.',
    'Read the resource again, decide again, and send its new ETag.',
  ),
  'body-too-large': guide(
    'The body is larger than the configured limit.',
    'Divide the batch, or hash the payload and sign its digest.',
  ),
  'media-type-unsupported': guide(
    'The body has another media type than the route takes.',
    'Send `Content-Type: application/json`, or a form to the token endpoint.',
  ),
  'expectation-failed': guide(
    'The header Expect asks for what the gateway does not do.',
    'Send the request without it.',
  ),
  'purpose-mismatch': guide(
    'The key has another purpose than the operation. A key has one purpose for its whole life.',
    'Use a key with that purpose.',
  ),
  'algorithm-mismatch': guide(
    'The algorithm in the request or in the token’s header is not one of the key, or the imported key is of another kind.',
    'Use an algorithm in `algs` of the key.',
  ),
  'wrapping-key-weak': guide(
    'The wrapping key has less strength than the key that it wraps.',
    'Wrap the key under a stronger key.',
  ),
  'algorithm-unavailable': guide(
    'The token has no mechanism for the algorithm, or its self-test has not passed.',
    'Read `GET /algorithms`, which says why. Use another algorithm, or ask the operator.',
  ),
  'key-exhausted': guide(
    'The key version has been used as often as its algorithm allows safely.',
    'Rotate the key. Data that it protected can still be processed.',
  ),
  'idempotency-mismatch': guide(
    'The Idempotency-Key belongs to another request: another route, body, path or If-Match.',
    'Use a new key for a new request.',
  ),
  'precondition-required': guide(
    'The route changes a resource only from a state that the caller has seen.',
    'Read the resource and send its ETag as If-Match.',
  ),
  'quota-exceeded': guide(
    'The tenant or the key has used its quota, or too many requests are in flight.',
    `Slow down. ${again}`,
  ),
  'header-too-large': guide(
    'The request line and the headers together are larger than 16 KiB.',
    'Send fewer or shorter headers. A token with many groups is a common reason.',
  ),
  'internal-error': guide('The platform has failed in a way that it does not know.', operator),
  'transfer-coding-unsupported': guide(
    'The body has a transfer coding other than chunked.',
    'Send the body plain, with Content-Length or in chunks.',
  ),
  'service-unavailable': guide('A service or its database cannot be reached, or has too much to do.', again),
  'hsm-unavailable': guide('No session with the HSM is free or can be opened.', again),
  'hsm-timeout': guide('The HSM did not answer in time. The operation may have been carried out.', again),
  'hsm-error': guide(
    'The HSM refused or failed the operation. It may be carried out differently by another firmware.',
    operator,
  ),
  'record-outdated': guide(
    'A stored record is older than the audit trail says, as after a restore of one database alone.',
    `${operator} The page on backups says how to bring the databases together.`,
  ),
  'key-blob-refused': guide('The HSM does not accept the stored key: it was changed or moved.', operator),
  'record-forged': guide('A stored record does not have the seal of the platform: somebody else wrote it.', operator),
  'event-unproven': guide(
    'An event does not carry the proof of the process that wrote it: somebody else wrote or changed it. It is not sealed.',
    operator,
  ),
  'platform-key-unrecorded': guide('The HSM holds a key of the platform that no record names.', operator),
  'audit-unavailable': guide(
    'The audit trail cannot take the event, and nothing is answered that is not on record.',
    again,
  ),
  'policy-not-applied': guide(
    'The change is stored, and not every worker has confirmed it yet. The platform goes on trying.',
    'Read the policy or the tenant until it shows the change, or repeat the request.',
  ),
  'decision-outdated': guide('The key or the policy changed while the request ran, twice in a row.', again),
  'clock-skew': guide(
    'The clocks of two parts of the platform disagree by more than the limit.',
    `${operator} The clocks must be synchronised.`,
  ),
  'deadline-exceeded': guide(
    'The request did not finish within the time of its route. It may have been carried out.',
    again,
  ),
  'http-version-unsupported': guide('The request is not HTTP/1.1.', 'Send HTTP/1.1, or let the proxy translate.'),
};
