// Generated from the OpenAPI document by `npm run generate`. Do not edit: a test compares it.

export interface paths {
    "/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List keys
         * @description Keys are sorted newest first. The list holds the keys the caller may see; a user needs a grant to see a key. Send the same filter with each cursor.
         */
        get: operations["listKeys"];
        put?: never;
        /**
         * Create a key
         * @description The HSM generates the private or secret key, which never leaves it in plaintext. A key has one purpose, which cannot be changed.
         */
        post: operations["createKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a key */
        get: operations["getKey"];
        put?: never;
        post?: never;
        /**
         * Schedule the destruction of all versions of a key
         * @description Equivalent to `schedule-destroy` without a version. A version that is scheduled for destruction can no longer be used. When the waiting period ends, its object in the HSM is destroyed and the HSM is searched to confirm it. Metadata, public key and audit trail remain. A dry run reports when each version was last used.
         */
        delete: operations["deleteKey"];
        options?: never;
        head?: never;
        /**
         * Update a key’s label, description or metadata
         * @description Fields that are left out keep their values. Purge protection can be switched on here, but not off.
         */
        patch: operations["editKey"];
        trace?: never;
    };
    "/algorithms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the algorithms a tenant can use
         * @description Combines the tenant’s policy with the mechanisms the HSM offers now, and gives the reasons why an algorithm is not available.
         */
        get: operations["listAlgorithms"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys/{id}/grants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the grants of a key
         * @description A tenant or application administrator may use and manage every key, and an auditor may view every key. A principal with only the role user needs a grant, made to it or to a group in its token.
         */
        get: operations["getGrants"];
        /**
         * Replace the grants of a key
         * @description Requires an administrator role or the right `manage` on the key. A caller with `manage` cannot grant rights to itself or to its own groups; if its token names no groups, it cannot grant rights to any group. When the answer is 200, the change is in force: no worker releases a result that was decided before it.
         */
        put: operations["putGrants"];
        post?: never;
        /**
         * Delete grants of a key
         * @description Deletes the grants of one grantee, or all grants if none is named. When the answer is 200, the change is in force: no worker releases a result that was decided before it.
         */
        delete: operations["deleteGrants"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/aliases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List aliases
         * @description Aliases are sorted by name. The list holds the aliases of keys the caller may see. Send the same filter with each cursor.
         */
        get: operations["listAliases"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/aliases/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read an alias */
        get: operations["getAlias"];
        /**
         * Create an alias or point it at another key
         * @description `POST /encrypt` and `POST /sign` accept `alias` instead of `keyId`. When the answer is 200, no worker encrypts or signs under this alias with its previous key. A destroyed key cannot have an alias.
         */
        put: operations["putAlias"];
        post?: never;
        /** Delete an alias */
        delete: operations["deleteAlias"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/wrapping-key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the public key that wraps keys for import
         * @description The reply lists the import methods of this HSM and the hash to use with RSA-OAEP. The first call creates the key.
         */
        get: operations["getWrappingKey"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import a key
         * @description The HSM unwraps the key. With custody public, the key is the public key of somebody else: it is checked, and kept as a record that the HSM seals, to verify their signatures or to encrypt to them. For a key pair, the HSM derives the public key and proves it with a signature. Copies of the key may exist elsewhere, so the audit trail marks it as imported. To import many keys, first import a key whose purpose is wrap with the method rsa-aes-kwp, then name it in wrappingKeyId with the method aes-kwp.
         */
        post: operations["importKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys/{id}/activate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Activate a version
         * @description A version that waits for the date of its rotation replaces the current one at once. Name its number in `version`. When the answer is 200, the change is in force: no worker releases a result that was decided before it. The reply shows the key at the version that was changed.
         */
        post: operations["activateKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys/{id}/suspend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Suspend a version
         * @description Until it is resumed, a suspended version does not encrypt or sign, and it decrypts or verifies only for callers that send `acceptRisk`. When the answer is 200, the change is in force: no worker releases a result that was decided before it. The reply shows the key at the version that was changed.
         */
        post: operations["suspendKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume a suspended version
         * @description When the answer is 200, the change is in force: no worker releases a result that was decided before it. The reply shows the key at the version that was changed.
         */
        post: operations["resumeKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys/{id}/deactivate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deactivate a version
         * @description A deactivated version still decrypts and verifies, but never encrypts or signs again. This cannot be undone. When the answer is 200, the change is in force: no worker releases a result that was decided before it. The reply shows the key at the version that was changed.
         */
        post: operations["deactivateKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys/{id}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revoke a version
         * @description The version becomes DEACTIVATED, or COMPROMISED if the reason is a compromise. A compromised version decrypts or verifies only for callers that send `acceptRisk`. When the answer is 200, the change is in force: no worker releases a result that was decided before it. The reply shows the key at the version that was changed.
         */
        post: operations["revokeKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys/{id}/compromise": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Mark a version as compromised
         * @description Equivalent to `revoke` with the reason `key-compromise`. When the answer is 200, the change is in force: no worker releases a result that was decided before it. The reply shows the key at the version that was changed.
         */
        post: operations["compromiseKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys/{id}/schedule-destroy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Schedule the destruction of one or all versions
         * @description A version that is scheduled for destruction can no longer be used. When the waiting period ends, its object in the HSM is destroyed and the HSM is searched to confirm it. Metadata, public key and audit trail remain. A dry run reports when each version was last used. The same request repeated within a day returns the destruction that is already scheduled. When the answer is 200, the change is in force: no worker releases a result that was decided before it. The reply shows the key at the version that was changed.
         */
        post: operations["scheduleDestruction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys/{id}/cancel-destroy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a destruction
         * @description The version becomes SUSPENDED, or COMPROMISED if it was compromised before. A destruction cannot be cancelled once it has been sent to the HSM. When the answer is 200, the change is in force: no worker releases a result that was decided before it. The reply shows the key at the version that was changed.
         */
        post: operations["cancelDestruction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate a key
         * @description The HSM generates a new version, if the policy in force allows it. The new version is ACTIVE and current. The old version is DEACTIVATED in the same commit; it still decrypts and verifies data that names it.
         *
         *     With `activateIn` this happens later: until then the new version is PRE_ACTIVE, and the old one is current, encrypts and signs. The public key of a signing key is in the key set as soon as the call returns, so relying parties have it before it signs. `activate` with the number of the new version brings the date forward. The old version ends on its date even if the new one is compromised or destroyed before: rotate the key again.
         *
         *     A key in custody public takes its next version from `publicKey`, and the version’s kids elsewhere from `formerKids`.
         */
        post: operations["rotateKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys/{id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the versions of a key
         * @description The current version comes first.
         */
        get: operations["listKeyVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys/{id}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a version of a key */
        get: operations["getKeyVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys/{id}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the usage of a key
         * @description The newest version comes first. Counts the successful operations of each version, by operation, and gives the time of the last one. The counts are updated in the commit that records the operation.
         */
        get: operations["getKeyUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys/{id}/rotation-policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the rotation policy of a key
         * @description The answer is `key-not-found` if the key has no rotation policy.
         */
        get: operations["getRotationPolicy"];
        /**
         * Set the rotation policy of a key
         * @description The key rotates by date, by use, or both. Each date causes exactly one rotation, even if workers fail; several missed dates cause one rotation. A version never encrypts or signs more than `maxUses` times: the call that finds it used up rotates the key first. Only an ACTIVE version is rotated automatically. A key that is destroyed or scheduled for destruction cannot have a rotation policy.
         */
        put: operations["putRotationPolicy"];
        post?: never;
        /**
         * Delete the rotation policy of a key
         * @description The reply is the deleted rotation policy.
         */
        delete: operations["deleteRotationPolicy"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/keys/{id}/public-key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a public key
         * @description Returns the public key of the current version, or of `version`, as a JWK (RFC 7517) and as PEM.
         */
        get: operations["getPublicKey"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/encrypt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Encrypt to a compact JWE
         * @description Content is encrypted under a fresh content key, with A256GCM or another `enc` that the policy allows. `aad` is bound to the JWE and must be sent again to decrypt it. Send one item, or up to 1,000 as `{"items": […]}`. The items of a batch are independent: the answer is 200, and an item that fails has an `error` in its place.
         */
        post: operations["encrypt"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/decrypt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Decrypt a compact JWE
         * @description Every failed decryption gets the same answer, `decryption-failed`, whatever the reason. Send one item, or up to 1,000 as `{"items": […]}`. The items of a batch are independent: the answer is 200, and an item that fails has an `error` in its place.
         */
        post: operations["decrypt"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign a payload or a digest
         * @description Send either `payload` or `digest`. A digest requires `format` `raw` or `der` and is not possible with EdDSA or HMAC. `header` adds members to the protected header, such as `typ`. With `keys` instead of `keyId`, several keys sign one payload, and the answer is a JWS in JSON serialization (RFC 7515, section 7.2.1). Send one item, or up to 1,000 as `{"items": […]}`. The items of a batch are independent: the answer is 200, and an item that fails has an `error` in its place.
         */
        post: operations["sign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Verify a JWS or a raw signature
         * @description Send either `jws` or `signature`. A signature requires `keyId` and either `payload` or `digest`. An invalid signature is not an error: the answer is 200 and `valid` is false. A `jws` in JSON serialization is verified by its `policy`: `ALL` (the default), `ANY`, `CLASSICAL_REQUIRED` or `PQC_REQUIRED`; its signatures name their keys by kid. Send one item, or up to 1,000 as `{"items": […]}`. The items of a batch are independent: the answer is 200, and an item that fails has an `error` in its place.
         */
        post: operations["verify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/encapsulate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Encapsulate a shared secret (raw ML-KEM)
         * @description For builders of protocols: to encrypt data, use /encrypt. Needs a key of the purpose `encapsulate`, and a policy that sets `rawKem`. The shared secret leaves the HSM in plaintext, because it is the answer: the answer warns of it, the audit event records it, and a policy with fipsOnly refuses it. Send one item, or up to 1,000 as `{"items": […]}`. The items of a batch are independent: the answer is 200, and an item that fails has an `error` in its place.
         */
        post: operations["encapsulate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/decapsulate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Decapsulate a shared secret (raw ML-KEM)
         * @description The HSM decapsulates. A ciphertext that was changed, or is for another version, gives another secret and no error; one of the wrong length is refused. The shared secret leaves the HSM in plaintext, because it is the answer: the answer warns of it, the audit event records it, and a policy with fipsOnly refuses it. Send one item, or up to 1,000 as `{"items": […]}`. The items of a batch are independent: the answer is 200, and an item that fails has an `error` in its place.
         */
        post: operations["decapsulate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/reencrypt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Re-encrypt a compact JWE to another key
         * @description Decrypts a JWE under any key of the tenant and encrypts its content to the key of `to`, or to the current version of the same key. The plaintext does not leave the service. Needs the right to decrypt with the one key and to encrypt with the other; the audit trail has an event of each, with `within` `reencrypt`. Every failed decryption gets the same answer, `decryption-failed`. Send one item, or up to 1,000 as `{"items": […]}`. The items of a batch are independent: the answer is 200, and an item that fails has an `error` in its place.
         */
        post: operations["reencrypt"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/resign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Re-sign a compact JWS with another key
         * @description Verifies a JWS under any key of the tenant and signs its payload with the key of `to`, or with the current version of the same key. Needs the right to verify with the one key and to sign with the other; the audit trail has an event of each, with `within` `resign`. An invalid signature is not an error: the answer is 200, `valid` is false, and nothing is signed. Send one item, or up to 1,000 as `{"items": […]}`. The items of a batch are independent: the answer is 200, and an item that fails has an `error` in its place.
         */
        post: operations["resign"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/random": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get random bytes of the HSM
         * @description The bytes come from the random generator of the HSM. No key is used, so no right on a key is needed. Send one item, or up to 1,000 as `{"items": […]}`. The items of a batch are independent: the answer is 200, and an item that fails has an `error` in its place.
         */
        post: operations["random"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/datakey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a data key
         * @description The HSM makes a fresh key of random bytes, which is encrypted to a key of the tenant as a compact JWE; /decrypt recovers it. With `plaintext` the answer has the data key in plaintext, too, if the policy sets `plaintextDataKeys`; a policy with fipsOnly refuses it. The audit event is one of `encrypt`, with `within` `datakey`. Send one item, or up to 1,000 as `{"items": […]}`. The items of a batch are independent: the answer is 200, and an item that fails has an `error` in its place.
         */
        post: operations["datakey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/policy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the policy in force */
        get: operations["getPolicy"];
        /**
         * Replace the policy
         * @description When the answer is 200, the new policy is in force on every worker. It applies to existing keys too.
         */
        put: operations["putPolicy"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/policy/evaluate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Evaluate the policy for a use of a key
         * @description Evaluates the policy in force, now or at another time, without using a key. The reply names the deciding rule, its source, all reasons, and how long the decision holds. A use that the policy allows but the platform or the token cannot perform is reported as not allowed: its reason has the rule `platform` and the code of the problem that the call would return.
         */
        post: operations["evaluatePolicy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/policy/evaluate-change": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Evaluate a proposed policy
         * @description Reports the effect of a proposed policy without changing the one in force. The reply lists, page by page, the key versions that would lose a use they have now, and the recent calls that would have been refused, including calls that create, import or rotate keys. Send the same document with each cursor.
         */
        post: operations["evaluatePolicyChange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/policy/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List policy versions
         * @description Newest first.
         */
        get: operations["listPolicyVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/policy/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a policy version */
        get: operations["getPolicyVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/policy/versions/{from}/diff/{to}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Compare two policy versions */
        get: operations["diffPolicyVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/policy/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Roll back to an earlier policy version
         * @description Creates a new version with the document of an earlier one. When the answer is 200, it is in force on every worker.
         */
        post: operations["rollbackPolicy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/policy/templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List policy templates
         * @description Send the `document` of a template, unchanged or edited, with PUT /policy.
         */
        get: operations["listPolicyTemplates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/policy/templates/{template}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a policy template */
        get: operations["getPolicyTemplate"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/approvals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List requests for approval
         * @description Requests are sorted newest first. A caller sees the requests it made and those its roles may decide; an auditor sees all. A request is kept for 30 days after it ends.
         */
        get: operations["listApprovals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/approvals/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a request for approval */
        get: operations["getApproval"];
        put?: never;
        post?: never;
        /**
         * Withdraw a request for approval
         * @description Only the caller that made the request can withdraw it, while it is pending or approved but not completed.
         */
        delete: operations["withdrawRequest"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/approvals/{id}/approve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve a request
         * @description The approver must be another person than the requester and must have a role that may perform the operation; the role user alone is not enough. A service account cannot approve, nor can a person whose name another issuer can give too. The operation runs at once in the approver’s name, subject to all other checks, and the reply holds its outcome. If the operation is refused, the answer is its refusal, the request keeps it as its outcome, and nothing was changed. If the answer is retryable, the same person can approve the request again. A dry run reports what the operation would do, or why the caller cannot approve it.
         */
        post: operations["approveRequest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/approvals/{id}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reject a request
         * @description Anyone who could approve the request can reject it, while it is pending or approved but not completed.
         */
        post: operations["rejectRequest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/service-accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List service accounts
         * @description Newest first.
         */
        get: operations["listServiceAccounts"];
        put?: never;
        /**
         * Create a service account
         * @description A service account has public keys, certificates, or both; the platform stores no secret for it. At the token endpoint the application proves possession of the private key, by an assertion signed with a key (RFC 7523) or by a TLS connection with a certificate (RFC 8705), and receives a short-lived access token. A certificate is matched by its complete DER encoding (RFC 8705, section 2.2) and may be self-signed. No CA is trusted, so only the tenant can add clients, and the account itself says what it accepts: take a key or certificate away, or delete the account, to revoke it.
         */
        post: operations["createServiceAccount"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/service-accounts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a service account */
        get: operations["getServiceAccount"];
        /**
         * Replace the settings, keys and certificates of a service account
         * @description Rolls keys and certificates in place: add the new one beside the old one, let the application change over, then take the old one away, or give it an end (`expiresAt`) at once. The account keeps its id, and so its grants. When the answer is 200, the change is in force on every gateway. If a key or certificate is taken away or ends earlier, all tokens of the account end, and none of its requests is still running.
         */
        put: operations["putServiceAccount"];
        post?: never;
        /**
         * Delete a service account
         * @description When the answer is 200, every gateway refuses the account’s tokens and none of its requests is still running. The call waits for running requests to end, at most until its deadline. If a gateway failed meanwhile, requests it had sent are answered to nobody, and the audit trail shows whether they were carried out. The reply is the deleted account.
         */
        delete: operations["deleteServiceAccount"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/issuers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List issuers
         * @description Issuers are sorted newest first. The list does not include issuers from the platform’s configuration.
         */
        get: operations["listIssuers"];
        put?: never;
        /**
         * Create an issuer
         * @description An issuer is an identity provider whose tokens the tenant accepts. A token carries the tenant’s id, roles and groups in the claims named by `claims`, and `iss`, `aud` (or the claim that `claims.audience` names), `sub`, `exp`, and `iat` or `nbf`. Its life, from `iat` or else `nbf` to `exp`, is at most what the platform allows (a day by default). `nbf` is checked if it is there. An issuer is trusted for this tenant only, can assign only the roles in `roles`, and never a platform administrator. Issuers of one tenant need different values of `subjectPrefix`, so that none can issue tokens for another’s subjects; issuers that share a prefix must set `sharesSubjects`, all but at most one. The issuers of the platform’s configuration count too, and usually have no prefix. The keys are those in `keys`, those at `jwksUrl`, or those found by OpenID discovery. They are fetched again when a token names an unknown key.
         */
        post: operations["createIssuer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/issuers/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read an issuer */
        get: operations["getIssuer"];
        /**
         * Replace an issuer
         * @description When the answer is 200, the change is in force on every gateway, and no request of a caller it excludes is still running.
         */
        put: operations["putIssuer"];
        post?: never;
        /**
         * Delete an issuer
         * @description When the answer is 200, the change is in force on every gateway, and no request of a caller it excludes is still running. The reply is the deleted issuer.
         */
        delete: operations["deleteIssuer"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/exclusions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the subjects that are shut out
         * @description Sorted newest first.
         */
        get: operations["listExclusions"];
        put?: never;
        /**
         * Shut out a subject of an issuer
         * @description When the answer is 201, every gateway refuses the subject’s tokens, whenever they end, and none of its requests is still running. Its grants stay. Its open requests for approval end. The same subject of another issuer is another subject.
         */
        post: operations["createExclusion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/exclusions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read an exclusion */
        get: operations["getExclusion"];
        put?: never;
        post?: never;
        /**
         * Readmit a subject
         * @description The subject’s tokens are accepted again. Two people are needed if the policy requires two for anything, because a readmitted subject can be one of them.
         */
        delete: operations["deleteExclusion"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Query sealed audit events
         * @description An event appears once it is sealed: normally within milliseconds of the answer it reports, later if the audit service is unavailable. Every item is compared with the MACs of the HSM and with the seal of its batch, so without a crypto-worker there is no answer. A row that fails is not an item: `unproven` has it, with the reason. A trail has every number (`seq`) from 1 on. `missing` tells which ones the page lacks, if the query has no filter; with a filter, rows can be hidden from it. `POST /audit/verify` says more. A page can have fewer items than `limit`: follow `next`.
         */
        get: operations["queryEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Verify the audit trail
         * @description Recomputes the MACs, the hash chain and the batch seals of a range, compares the trail with the anchor in the HSM, and reports the first event that fails. Send `{}` to verify the whole trail. A tenant can run one verification at a time.
         */
        post: operations["verifyTrail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit/trails/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accept restored audit trails
         * @description After the audit database was restored from a backup, the trails end before the place that the HSM remembers, and nothing is sealed. This call verifies the trails and accepts those that are sound, as they are. A trail that fails stays refused, and the answer names its first bad event. If the time does not suffice, repeat the call: it goes on from there. Your name and the reason are sealed first, in the platform’s trail. Trails that match the HSM are left as they are.
         */
        post: operations["acceptTrails"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit/connectors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List connectors
         * @description Connectors are sorted newest first. Each has its status: how far it is, and what holds it up.
         */
        get: operations["listConnectors"];
        put?: never;
        /**
         * Create a connector
         * @description A connector delivers the tenant’s sealed events to a SIEM, from the first one on, in their order and at least once: each has its id and its `seq`. One of the platform’s own tenant delivers the events of every tenant, and only a platform administrator changes it. Secrets are files that the operator puts into the tenant’s own folder, named by the tenant’s id, below `connectors.secrets-directory` of the audit service. The settings name the files, no answer shows what is in them, and no tenant can name a file of another. A tenant can have 20 connectors.
         */
        post: operations["createConnector"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit/connectors/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a connector
         * @description The status says how many events wait, which events the receiver refuses for good (dead letters: they stay in the trail), and why nothing is delivered.
         */
        get: operations["getConnector"];
        put?: never;
        post?: never;
        /**
         * Delete a connector
         * @description It delivers nothing from then on. How far it was is forgotten: one that is created later begins with the first event.
         */
        delete: operations["deleteConnector"];
        options?: never;
        head?: never;
        /**
         * Update a connector
         * @description Fields that are left out keep their values; settings are replaced as a whole. It delivers with the new settings within seconds, from where it was, and is tried at once if it was paused.
         */
        patch: operations["editConnector"];
        trace?: never;
    };
    "/audit/connectors/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try a connector now
         * @description Ends a pause and any other wait, once what held it up has been put right. Without this call it is tried again at `retryAt`.
         */
        post: operations["resumeConnector"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit/connectors/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Test a connector
         * @description Seals an event `connector.test` in the trail, sends it to the receiver at once over a connection of its own, and answers what the receiver said. The attempt takes ten seconds at most. It works for a connector that is off or paused, too, and changes nothing about what is delivered: a connector that is on delivers the event in its turn as well, with the same id. One test of a tenant runs at a time.
         */
        post: operations["testConnector"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit/connectors/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deliver events again
         * @description Puts a connector back: it delivers again what it has delivered, from an event or a time on, and then goes on. Each record of an event that was delivered before says so: `repeat`. Events that the receiver has refused are tried again, too. It begins within ten seconds. A replay has at most 1,000,000 events; a new connector begins with the first.
         */
        post: operations["replayConnector"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit/checkpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the signed checkpoints of the audit trail
         * @description Newest first. A checkpoint names the number of events and the root of the tree over them (RFC 6962), and is signed in the HSM (C2SP tlog-checkpoint): at least every ten seconds or 1,000 events, while there are new ones. Keep some of them outside of this platform: with them you can prove later that nothing was changed or taken away.
         */
        get: operations["listCheckpoints"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit/checkpoints/latest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the last signed checkpoint of the audit trail */
        get: operations["getLatestCheckpoint"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit/checkpoints/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the keys that checkpoints verify under
         * @description The public halves of keys that exist in the HSM only and sign nothing else. Earlier generations stay listed. Whoever verifies checkpoints should get them once, in a way that they trust, and keep them.
         */
        get: operations["getCheckpointKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit/proofs/inclusion": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Prove that an event is in the audit trail
         * @description The audit path of RFC 6962 from the event to the root of a tree, and the same in C2SP’s form with the signed checkpoint. The answer is verified before it is sent. It stays valid, also when the event is no longer kept.
         */
        get: operations["proveInclusion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit/proofs/consistency": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Prove that the audit trail continues an earlier one
         * @description The consistency proof of RFC 6962 between the trees of two sizes: the larger one has all events of the smaller one, unchanged and in their order. Compare `fromRoot` with the checkpoint that you have kept.
         */
        get: operations["proveConsistency"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit/tiles/{level}/{index}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get hashes of the tree over the audit trail
         * @description A tile of C2SP tlog-tiles (height 8), from which every proof can be computed: level 0 has the hashes of events, each level above the roots of 256 hashes below. Verify the hashes against a signed checkpoint.
         */
        get: operations["getTile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tenants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List tenants */
        get: operations["listTenants"];
        put?: never;
        /**
         * Create a tenant
         * @description A new tenant has a policy that allows every algorithm. The HSM generates its key-encryption key and its audit MAC key before the answer is sent. After a time-out, the same caller can repeat the same request for a day, also without an Idempotency-Key, and gets the tenant that the first request created.
         */
        post: operations["createTenant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tenants/{tenant}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read a tenant */
        get: operations["getTenant"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tenants/{tenant}/disable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Disable a tenant
         * @description When the answer is 200, the keys of the tenant are stopped: no worker releases a result for it, whatever it was decided on. Nothing of it is used, made or changed, by nobody and by no schedule; its keys are neither rotated nor destroyed, and it gets no access tokens. Its people can still read, among others its audit trail, and its public keys stay published.
         */
        post: operations["disableTenant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tenants/{tenant}/enable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Enable a disabled tenant
         * @description Rotations that came due meanwhile happen at once. Destructions that came due meanwhile wait for a day, so that they can still be cancelled.
         */
        post: operations["enableTenant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tenants/{tenant}/kek/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate a tenant’s key-encryption key
         * @description The HSM generates a new KEK before the answer is sent; it wraps every new key from then on. Workers then rewrap existing keys inside the HSM, page by page, and retire the old KEK after the last one. A retired KEK stays in the HSM, unused, for as long as backups are kept (`ankasecure.backup.horizon`, 35 days by default): a database restored from one needs it. If a rotation is already running, no other starts, and the reply shows its progress.
         */
        post: operations["rotateKek"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tenants/{tenant}/kek": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the state of a tenant’s key-encryption key
         * @description A key that cannot be rewrapped is retried; until it succeeds, the old KEK stays in use and the rotation stays open. `key-blob-refused` means that the stored key does not match its record: restore the key’s row from a database backup or destroy the key, and the rotation completes. Any other code comes from the HSM.
         */
        get: operations["getKek"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tenants/{tenant}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Apply the audit trail to restored databases
         * @description After a database was restored from a backup, records that are older than the audit trail are refused. This call applies the policies again, and the states that the trail holds if they allow less. It accepts what the trail knows only by its digest. The answer and the trail say what was done with each record. Repeating the call does nothing more.
         */
        post: operations["restoreTenant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/hsms/{partition}/capabilities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Look at an HSM
         * @description A worker of the partition loads the library in a process of its own and tells what `hsm doctor --no-login --json` would: the library and its interfaces, the tokens, the mechanisms, and the profile that fits best. It does not log in. An answer can be ten seconds old. While no worker of the partition runs, the answer is 503.
         */
        get: operations["surveyHsm"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/hsms/{partition}/selftest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Test an HSM
         * @description A worker of the partition makes, uses and destroys a key of everything that the token and its profile promise, in a process of its own with a login of its own, and tells what `hsm doctor --json` would. It leaves nothing on the token. When the time is nearly over, the keys that were not tried are `skipped`, and `stopped` is true. One test runs at a time on a partition, and the next one begins only after a pause as long as the last one took: otherwise the answer is 429. Other requests to the HSM are slower meanwhile. A test logs in, so none is made with a PIN that the HSM has refused, or by a worker without a login: the answer is 503.
         */
        post: operations["testHsm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tenants/{slug}/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a tenant’s public signing keys
         * @description Returns a JWK Set (RFC 7517, section 5) that verifies the tenant’s signatures. No token is needed, and pages of every origin may read it. The set holds the PRE_ACTIVE, ACTIVE and DEACTIVATED versions of signing keys, newest first; public keys of others are not among them. A change of a key that has returned is in every set that any gateway serves from then on. Only while no worker answers, a gateway serves the set that it has, for at most 10 seconds.
         *
         *     A relying party may cache the set for 60 seconds, and fetches it again when it meets a kid that is not in it; many clients do that at most once in 30 seconds. If none of them may meet a kid too early, rotate the key with `activateIn`, such as PT5M: the next version is in the set at once and signs from then on.
         *
         *     A set holds at most 1,000 keys. One that leaves out older keys says `truncated`, and Link-Template (RFC 9652) tells how to ask for a key by its kid.
         */
        get: operations["getKeySet"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oauth/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get an access token for a service account
         * @description Implements the client credentials grant (RFC 6749, section 4.4). Errors follow RFC 6749, section 5.2. A client can authenticate in two ways.
         *
         *     - **Assertion** (RFC 7523): send a JWT signed with one of the account's keys and naming it as `kid`. Its `iss` and `sub` are the account's `clientId`, its `aud` is this URL, its `jti` is unused and its `exp` is at most five minutes away. The access token is a bearer token.
         *     - **Client certificate** (RFC 8705): connect with one of the account's certificates, within its validity, and send the account's `clientId` as `client_id`: `curl --cert app.pem --key app-key.pem -d grant_type=client_credentials -d client_id=…`. The access token is bound to that certificate (`cnf`) and is accepted only on connections that use it. The gateway must end TLS itself and have `ankasecure.http.tls.client-certificates` set.
         *
         *     A certificate-bound token of another issuer is accepted under the same condition. A token that is bound in any other way is refused.
         */
        post: operations["issueToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description The value of `code` is one of:
         *
         *     - `request-invalid` (400): The request is not valid
         *     - `body-malformed` (400): The body is not well-formed JSON
         *     - `jwe-invalid` (400): The JWE is not accepted
         *     - `jws-invalid` (400): The JWS is not accepted
         *     - `cursor-invalid` (400): The cursor is not valid for this request
         *     - `decryption-failed` (400): Decryption failed
         *     - `authentication-required` (401): A valid bearer token is required
         *     - `access-denied` (403): The role does not allow this
         *     - `key-access-denied` (403): No grant on the key allows this
         *     - `policy-refused` (403): The tenant policy refuses this
         *     - `approval-required` (403): A second person must approve this
         *     - `approval-denied` (403): The caller may not decide this request
         *     - `tenant-disabled` (403): The tenant is disabled
         *     - `tenant-unknown` (403): The token names a tenant that does not exist
         *     - `route-not-found` (404): No such resource
         *     - `key-not-found` (404): No such key or version
         *     - `service-account-not-found` (404): No such service account
         *     - `issuer-not-found` (404): No such issuer
         *     - `exclusion-not-found` (404): No such exclusion
         *     - `connector-not-found` (404): No such connector
         *     - `alias-not-found` (404): No such alias
         *     - `key-set-not-found` (404): No such key set
         *     - `partition-not-found` (404): No such HSM partition
         *     - `checkpoint-not-found` (404): No such checkpoint
         *     - `tile-not-found` (404): No such tile
         *     - `approval-not-found` (404): No such request for approval
         *     - `tenant-mismatch` (404): No such tenant
         *     - `policy-version-not-found` (404): No such policy version
         *     - `policy-template-not-found` (404): No such policy template
         *     - `method-not-allowed` (405): The resource does not support this method
         *     - `request-timeout` (408): The request did not arrive in time (retryable)
         *     - `tenant-exists` (409): A tenant with this slug exists
         *     - `issuer-exists` (409): An issuer with this name exists
         *     - `subject-prefix-taken` (409): Another issuer has these subjects
         *     - `issuers-overlap` (409): Two issuers can name the same people
         *     - `key-state` (409): The state of the key does not allow this
         *     - `former-kid-taken` (409): Another key of the tenant has this former kid
         *     - `kek-retired` (409): The key is wrapped by a retired KEK
         *     - `approval-state` (409): The state of the request for approval does not allow this
         *     - `trail-unsound` (409): No refused audit trail was proved sound
         *     - `idempotency-in-flight` (409): A request with this Idempotency-Key is still running (retryable)
         *     - `policy-pending` (409): An earlier policy change is still being applied (retryable)
         *     - `precondition-failed` (412): The resource has changed
         *     - `body-too-large` (413): The body is too large
         *     - `media-type-unsupported` (415): The media type is not supported
         *     - `expectation-failed` (417): The expectation cannot be met
         *     - `purpose-mismatch` (422): The purpose of the key does not allow this
         *     - `algorithm-mismatch` (422): The algorithm does not match the key
         *     - `wrapping-key-weak` (422): The wrapping key is weaker than the key it wraps
         *     - `algorithm-unavailable` (422): The algorithm is not available on this token
         *     - `key-exhausted` (422): The key has reached its invocation limit
         *     - `idempotency-mismatch` (422): The Idempotency-Key was used with another body
         *     - `precondition-required` (428): If-Match is required
         *     - `quota-exceeded` (429): Too many requests (retryable)
         *     - `header-too-large` (431): The request header is too large
         *     - `internal-error` (500): Internal error
         *     - `transfer-coding-unsupported` (501): The transfer coding is not supported
         *     - `service-unavailable` (503): A service is not available (retryable)
         *     - `hsm-unavailable` (503): The HSM is not available (retryable)
         *     - `hsm-timeout` (503): The HSM did not answer in time (retryable)
         *     - `hsm-error` (502): The HSM reported an error
         *     - `record-outdated` (500): A stored record is older than the audit trail
         *     - `key-blob-refused` (500): The stored key does not match its record
         *     - `record-forged` (500): A stored record is not one that the platform wrote
         *     - `event-unproven` (500): An event does not carry the proof of the process that reports it
         *     - `platform-key-unrecorded` (500): The HSM holds a platform key that no record names
         *     - `audit-unavailable` (503): The audit trail cannot record the request (retryable)
         *     - `policy-not-applied` (503): The policy change is not confirmed on every worker (retryable)
         *     - `decision-outdated` (503): The key or the policy changed while the request ran (retryable)
         *     - `clock-skew` (503): The clocks of the platform disagree (retryable)
         *     - `deadline-exceeded` (504): The request did not finish in time (retryable)
         *     - `http-version-unsupported` (505): The HTTP version is not supported
         */
        Problem: {
            /**
             * Format: uri-reference
             * @description The address of a page about `code`: its cause and its remedy.
             */
            type: string;
            title: string;
            status: number;
            detail: string;
            /** @enum {string} */
            code: "request-invalid" | "body-malformed" | "jwe-invalid" | "jws-invalid" | "cursor-invalid" | "decryption-failed" | "authentication-required" | "access-denied" | "key-access-denied" | "policy-refused" | "approval-required" | "approval-denied" | "tenant-disabled" | "tenant-unknown" | "route-not-found" | "key-not-found" | "service-account-not-found" | "issuer-not-found" | "exclusion-not-found" | "connector-not-found" | "alias-not-found" | "key-set-not-found" | "partition-not-found" | "checkpoint-not-found" | "tile-not-found" | "approval-not-found" | "tenant-mismatch" | "policy-version-not-found" | "policy-template-not-found" | "method-not-allowed" | "request-timeout" | "tenant-exists" | "issuer-exists" | "subject-prefix-taken" | "issuers-overlap" | "key-state" | "former-kid-taken" | "kek-retired" | "approval-state" | "trail-unsound" | "idempotency-in-flight" | "policy-pending" | "precondition-failed" | "body-too-large" | "media-type-unsupported" | "expectation-failed" | "purpose-mismatch" | "algorithm-mismatch" | "wrapping-key-weak" | "algorithm-unavailable" | "key-exhausted" | "idempotency-mismatch" | "precondition-required" | "quota-exceeded" | "header-too-large" | "internal-error" | "transfer-coding-unsupported" | "service-unavailable" | "hsm-unavailable" | "hsm-timeout" | "hsm-error" | "record-outdated" | "key-blob-refused" | "record-forged" | "event-unproven" | "platform-key-unrecorded" | "audit-unavailable" | "policy-not-applied" | "decision-outdated" | "clock-skew" | "deadline-exceeded" | "http-version-unsupported";
            correlationId: string;
            /**
             * @description With policy-refused: the first rule that refuses the request.
             * @enum {string}
             */
            rule?: "allowedAlgorithms" | "fipsOnly" | "cnsa2" | "minimumStrength" | "purposes" | "custody" | "contentEncryption" | "rawKem" | "plaintextDataKeys" | "maxKeyLifeDays" | "maxRotationIntervalDays" | "sunsets" | "requiredLabels" | "dualControl";
            /** @description With policy-refused: the source of that rule. */
            source?: string;
            /** @description With policy-refused: every rule that refuses the request, and why. */
            reasons?: components["schemas"]["PolicyReason"][];
        };
        PolicyReason: {
            /** @enum {string} */
            code: "policy" | "fips-only" | "module-not-listed" | "module-not-active" | "cnsa2";
            /**
             * @description The field of the policy that refuses the use.
             * @enum {string}
             */
            rule: "allowedAlgorithms" | "fipsOnly" | "cnsa2" | "minimumStrength" | "purposes" | "custody" | "contentEncryption" | "rawKem" | "plaintextDataKeys" | "maxKeyLifeDays" | "maxRotationIntervalDays" | "sunsets" | "requiredLabels" | "dualControl";
            detail: string;
            /** @description The source of the rule: document and section, or the tenant’s own policy. */
            source: string;
        };
        CreateKey: {
            /**
             * @description The algorithm of the key. GET /algorithms lists those that are available now.
             * @enum {string}
             */
            algorithm: "RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-P256" | "EC-P384" | "EC-P521" | "Ed25519" | "AES-128" | "AES-256" | "HMAC-SHA256" | "HMAC-SHA384" | "HMAC-SHA512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f" | "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024";
            /** @description A name for people. It need not be unique. */
            label: string;
            /**
             * @description The one purpose of the key. Default: sign for an asymmetric key, encrypt for AES, mac for HMAC. A key whose purpose is wrap unwraps imported keys, and must itself be imported. A key whose purpose is encapsulate serves /encapsulate and /decapsulate alone, and needs a policy with rawKem.
             * @enum {string}
             */
            purpose?: "encrypt" | "sign" | "mac" | "wrap" | "encapsulate";
            /** @description The one JOSE algorithm of the key (RFC 8725, section 3.1), published as alg in its JWK. Default: RS256 for RSA that signs, ES256, ES384 or ES512 by the curve, EdDSA for Ed25519, A256KW for AES-256, urn:ankasecure:jwe:ML-KEM-768+A256KW for ML-KEM-768; other keys have only one. HPKE-12 and HPKE-12-KE for ML-KEM-768, and HPKE-13 and HPKE-13-KE for ML-KEM-1024, are experimental: they follow a draft. any leaves a signing key all algorithms that the token supports for it, and its JWK has no alg. */
            alg?: ("RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519" | "HS256" | "HS384" | "HS512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f") | ("RSA-OAEP-256" | "ECDH-ES+A256KW" | "A128KW" | "A256KW" | "dir" | "urn:ankasecure:jwe:ML-KEM-512+A256KW" | "urn:ankasecure:jwe:ML-KEM-768+A256KW" | "urn:ankasecure:jwe:ML-KEM-1024+A256KW" | "HPKE-12" | "HPKE-12-KE" | "HPKE-13" | "HPKE-13-KE") | "any";
            /**
             * @description Where the key is kept. token (the default) keeps it as an object in the HSM. wrapped stores it outside, wrapped by the tenant’s KEK, so that the HSM’s memory does not limit the number of keys. software uses it in the worker’s memory and stores it sealed by the HSM; it requires an algorithm the token does not support and a policy that allows it.
             * @enum {string}
             */
            custody?: "token" | "wrapped" | "software";
            /**
             * Format: uuid
             * @description Optional. If sent, it must be the tenant of the token.
             */
            tenantId?: string;
            description?: string;
            /** @description Your own names and values, replaced as a whole. Do not store secrets here. */
            metadata?: {
                [key: string]: string;
            };
            /**
             * @description Refuses a destruction that waits for less than 30 days, even if the platform’s minimum is shorter. It cannot be switched off again.
             * @default false
             */
            purgeProtection?: boolean;
            /**
             * Format: date-time
             * @description The time from which the key is ACTIVE. Until then it is PRE_ACTIVE. If the time has passed, the key is ACTIVE at once.
             */
            activateAt?: string;
            /**
             * Format: duration
             * @description Instead of activateAt: the time until the key becomes ACTIVE, an ISO 8601 duration such as PT5M. A signing key is in the key set meanwhile, so that relying parties have it before it signs.
             */
            activateIn?: string;
            /**
             * Format: date-time
             * @description The time from which the key is DEACTIVATED: it only decrypts and verifies.
             */
            deactivateAt?: string;
        };
        DryRun: {
            /** @constant */
            dryRun: true;
            /** @description The operation, as audit events name it. */
            operation: string;
            /** @description Whether the call would succeed, as far as is known without the HSM. */
            succeeds: boolean;
            /** @description The problem that the call would return. */
            error?: {
                code: string;
                status: number;
                title: string;
                detail: string;
                /**
                 * @description With policy-refused: the first rule that refuses the request.
                 * @enum {string}
                 */
                rule?: "allowedAlgorithms" | "fipsOnly" | "cnsa2" | "minimumStrength" | "purposes" | "custody" | "contentEncryption" | "rawKem" | "plaintextDataKeys" | "maxKeyLifeDays" | "maxRotationIntervalDays" | "sunsets" | "requiredLabels" | "dualControl";
                /** @description With policy-refused: the source of that rule. */
                source?: string;
                /** @description With policy-refused: every rule that refuses the request, and why. */
                reasons?: components["schemas"]["PolicyReason"][];
            };
            /** Format: uuid */
            keyId?: string;
            version?: number;
            /** @enum {string} */
            algorithm?: "RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-P256" | "EC-P384" | "EC-P521" | "Ed25519" | "AES-128" | "AES-256" | "HMAC-SHA256" | "HMAC-SHA384" | "HMAC-SHA512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f" | "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024";
            /** @enum {string} */
            purpose?: "encrypt" | "sign" | "mac" | "wrap" | "encapsulate";
            /** @enum {string} */
            custody?: "token" | "wrapped" | "software" | "public";
            /** @description The changes of state of existing versions. */
            changes?: {
                version: number;
                /** @enum {string} */
                from: "PRE_ACTIVE" | "ACTIVE" | "SUSPENDED" | "DEACTIVATED" | "COMPROMISED" | "DESTROY_SCHEDULED" | "DESTROYED";
                /** @enum {string} */
                to: "PRE_ACTIVE" | "ACTIVE" | "SUSPENDED" | "DEACTIVATED" | "COMPROMISED" | "DESTROY_SCHEDULED" | "DESTROYED";
                /** Format: date-time */
                destroyAt?: string;
                /** @description If the version would be destroyed: the time of its last use, or null if it was never used. */
                lastUsedAt?: string | null;
            }[];
            /** @description The decision of the policy, if it was evaluated. */
            policy?: {
                allow: boolean;
                /**
                 * @description The first rule that refuses the use, or the strictest rule that allows it.
                 * @enum {string}
                 */
                rule: "allowedAlgorithms" | "fipsOnly" | "cnsa2" | "minimumStrength" | "purposes" | "custody" | "contentEncryption" | "rawKem" | "plaintextDataKeys" | "maxKeyLifeDays" | "maxRotationIntervalDays" | "sunsets" | "requiredLabels" | "dualControl";
                source: string;
                reasons: components["schemas"]["PolicyReason"][];
                /** @description The time at which the decision may change by itself, or null if it does not. */
                until: string | null;
            };
            warnings?: {
                code: string;
                detail: string;
                /**
                 * Format: date-time
                 * @description The time from which the use is deprecated.
                 */
                deprecation?: string;
                /**
                 * Format: date-time
                 * @description The time from which the use is refused.
                 */
                sunset?: string;
            }[];
            /** @description The trails that would stay refused. */
            refusedTrails?: {
                /** Format: uuid */
                tenantId: string;
                /** @description The first event that fails verification or, with `unproved`, the first that was not verified. */
                firstBadSeq: number;
                /**
                 * @description `unproved`: the verification itself failed, for example because the workers refuse the tenant’s audit key. It does not say that the trail was changed; the audit service’s log says why.
                 * @enum {string}
                 */
                reason: "missing" | "content-changed" | "hmac-mismatch" | "chain-broken" | "time-inconsistent" | "unsealed" | "tail-missing" | "record-forgotten" | "anchor-mismatch" | "unproved";
            }[];
            /** @description What a restore would do with the records. */
            restored?: {
                counts: {
                    reapplied: number;
                    accepted: number;
                    removed: number;
                    lost: number;
                };
                /** @description The first of these records. */
                records: {
                    /** @enum {string} */
                    kind: "key" | "key_version" | "key_alias" | "former_kid" | "key_grant" | "rotation_policy" | "platform_key" | "kek_rotation" | "tenant_policy" | "tenant" | "policy_version" | "service_account" | "issuer" | "approval" | "token_key" | "excluded_subject" | "connector";
                    id: string;
                    /**
                     * @description `reapplied`: the record has the state that the trail holds, or names a key that the HSM still has. `accepted`: its restored form counts from now on, with its own state if the trail’s allows more. `removed`: the trail says that it was deleted, or its restored form grants too much. `lost`: the backup does not have it.
                     * @enum {string}
                     */
                    outcome: "reapplied" | "accepted" | "removed" | "lost";
                    /** @description The state that was applied again. */
                    state: string | null;
                }[];
                /** @description The version of the policy in force. */
                policyVersion: number;
            };
        };
        Key: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            tenantId: string;
            label: string;
            /** @enum {string} */
            algorithm: "RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-P256" | "EC-P384" | "EC-P521" | "Ed25519" | "AES-128" | "AES-256" | "HMAC-SHA256" | "HMAC-SHA384" | "HMAC-SHA512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f" | "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024";
            /** @enum {string} */
            purpose: "encrypt" | "sign" | "mac" | "wrap" | "encapsulate";
            /** @description The JOSE algorithms of the key, the default first. AES-KWP if its purpose is wrap. */
            algs: (("RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519" | "HS256" | "HS384" | "HS512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f") | ("RSA-OAEP-256" | "ECDH-ES+A256KW" | "A128KW" | "A256KW" | "dir" | "urn:ankasecure:jwe:ML-KEM-512+A256KW" | "urn:ankasecure:jwe:ML-KEM-768+A256KW" | "urn:ankasecure:jwe:ML-KEM-1024+A256KW" | "HPKE-12" | "HPKE-12-KE" | "HPKE-13" | "HPKE-13-KE") | "AES-KWP" | ("ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024"))[];
            /** @description The revision of the draft that the algorithms are from. They are experimental: a later revision can change them. */
            draft?: string;
            /**
             * @description Where the private or secret key is kept: in the token, wrapped by it, or in software. public is a public key of somebody else, who has the private key.
             * @enum {string}
             */
            custody: "token" | "wrapped" | "software" | "public";
            version: number;
            /**
             * @description The state at the time of the answer (SP 800-57 part 1, section 7).
             * @enum {string}
             */
            state: "PRE_ACTIVE" | "ACTIVE" | "SUSPENDED" | "DEACTIVATED" | "COMPROMISED" | "DESTROY_SCHEDULED" | "DESTROYED";
            /** @description The time at which a PRE_ACTIVE version becomes ACTIVE by itself. */
            activateAt: string | null;
            /** @description The time at which an ACTIVE version becomes, or became, DEACTIVATED. */
            deactivateAt: string | null;
            /** @description The reason why the version was revoked or marked as compromised. */
            revocation: {
                /** @enum {string} */
                reason: "unspecified" | "key-compromise" | "ca-compromise" | "affiliation-changed" | "superseded" | "cessation-of-operation" | "privilege-withdrawn";
                message: string | null;
                /** Format: date-time */
                occurredAt: string;
            } | null;
            /** @description The time at which a DESTROY_SCHEDULED version is destroyed, to within seconds. */
            destroyAt: string | null;
            /** @description The time at which its object was confirmed to be gone from the HSM. */
            destroyedAt: string | null;
            /** @description For a DESTROYED version: whether a backup of the database from before its destruction can still bring it back, and until when. That is possible for a key that is wrapped or in software, until the KEK that wrapped it is destroyed. `until` is null while that KEK is in use: rotate the KEK to set an end. A public key of others is no secret, and a backup always has it. null for any other state. */
            recovery: {
                possible: boolean;
                until: string | null;
            } | null;
            /** @description The public key, or null for a secret key. */
            publicKey: {
                jwk: {
                    [key: string]: string;
                };
                pem: string;
            } | null;
            hsm: {
                partition: string;
                /** @description The PKCS#11 URI (RFC 7512) of the key, or of the KEK that wraps it. null for custody public. */
                uri: string | null;
            };
            description: string | null;
            metadata: {
                [key: string]: string;
            };
            /** @description If true, a destruction waits for at least 30 days. It cannot be switched off. */
            purgeProtection: boolean;
            fips: {
                approved: boolean;
                source: string;
            };
            /** @description The kids that an imported key had elsewhere. Lists of keys leave them out. */
            formerKids?: string[];
            /** Format: date-time */
            createdAt: string;
            /** @description The revision, also sent as the ETag. */
            revision: number;
            warnings?: {
                code: string;
                detail: string;
                /**
                 * Format: date-time
                 * @description The time from which the use is deprecated.
                 */
                deprecation?: string;
                /**
                 * Format: date-time
                 * @description The time from which the use is refused.
                 */
                sunset?: string;
            }[];
        };
        Approval: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            tenantId: string;
            /** @description The operationId of the requested operation. */
            operation: string;
            /** @description The requested body and parameters. */
            request: {
                [key: string]: unknown;
            };
            /** @description The revision of the resource that the request is based on, or null if the resource has none. The operation runs only if it is still the current revision. */
            ifMatch: number | null;
            requestedBy: string;
            /** @description The issuer that names the requester. Compare it with your own. */
            requestedByIssuer: string;
            /** Format: date-time */
            createdAt: string;
            /**
             * Format: date-time
             * @description The time from which the request can no longer be approved.
             */
            expiresAt: string;
            /** @enum {string} */
            state: "pending" | "approved" | "rejected" | "withdrawn" | "expired";
            decidedBy: string | null;
            /** @description The issuer that names the person who decided. It is unknown for a decision of an earlier version. */
            decidedByIssuer: string | null;
            decidedAt: string | null;
            /** @description The reason why the request was rejected. */
            reason: string | null;
            /** @description The answer of the operation. If it is null and the state is `approved`, approve the request again. */
            outcome: {
                status: number;
                /** @description The reply of the operation, or a problem. */
                body: unknown;
            } | null;
        };
        EditKey: {
            label?: string;
            /** @description A description for people. null deletes it. */
            description?: string | null;
            /** @description Your own names and values, replaced as a whole. Do not store secrets here. */
            metadata?: {
                [key: string]: string;
            };
            /**
             * @description Can be switched on, but never off. It cannot be switched on while a destruction waits for less than 30 days.
             * @constant
             */
            purgeProtection?: true;
        };
        AlgorithmAvailability: {
            /** @enum {string} */
            algorithm: "RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-P256" | "EC-P384" | "EC-P521" | "Ed25519" | "AES-128" | "AES-256" | "HMAC-SHA256" | "HMAC-SHA384" | "HMAC-SHA512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f" | "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024";
            /** @enum {string} */
            purpose: "encrypt" | "sign" | "mac" | "wrap" | "encapsulate";
            algs: (("RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519" | "HS256" | "HS384" | "HS512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f") | ("RSA-OAEP-256" | "ECDH-ES+A256KW" | "A128KW" | "A256KW" | "dir" | "urn:ankasecure:jwe:ML-KEM-512+A256KW" | "urn:ankasecure:jwe:ML-KEM-768+A256KW" | "urn:ankasecure:jwe:ML-KEM-1024+A256KW" | "HPKE-12" | "HPKE-12-KE" | "HPKE-13" | "HPKE-13-KE") | "AES-KWP" | ("ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024"))[];
            available: boolean;
            /** @description True if the token does not support the algorithm and the policy allows custody software. */
            software: boolean;
            /** @description The custodies that a new key can have, by the policy and by what is known of the token. */
            custodies: ("token" | "wrapped" | "software")[];
            /** @description What an imported public key (custody public) of this row can be used for, if the policy allows it. Empty if it allows none, or such keys have no public half. */
            publicKeys: ("verify" | "encrypt" | "encapsulate")[];
            /** @description The uses that existing keys have. */
            uses: ("protect" | "process")[];
            reasons: {
                /** @enum {string} */
                code: "policy" | "fips-only" | "module-not-listed" | "module-not-active" | "cnsa2" | "token-lacks-mechanism" | "self-test-failed" | "self-test-pending";
                detail: string;
                /** @description The field of the policy that excludes the algorithm. */
                rule?: string;
                /** @description The source of the rule: document and section. */
                source?: string;
            }[];
            warnings: {
                code: string;
                detail: string;
                /**
                 * Format: date-time
                 * @description The time from which the use is deprecated.
                 */
                deprecation?: string;
                /**
                 * Format: date-time
                 * @description The time from which the use is refused.
                 */
                sunset?: string;
            }[];
            /** @description The steps that run in the worker, outside the HSM. */
            outsideSteps: {
                alg: ("RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519" | "HS256" | "HS384" | "HS512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f") | ("RSA-OAEP-256" | "ECDH-ES+A256KW" | "A128KW" | "A256KW" | "dir" | "urn:ankasecure:jwe:ML-KEM-512+A256KW" | "urn:ankasecure:jwe:ML-KEM-768+A256KW" | "urn:ankasecure:jwe:ML-KEM-1024+A256KW" | "HPKE-12" | "HPKE-12-KE" | "HPKE-13" | "HPKE-13-KE") | "AES-KWP" | ("ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024");
                step: string;
                detail: string;
                /** @description True if a policy with fipsOnly refuses the step. Otherwise its answers name it. */
                fipsOnlyRefuses: boolean;
            }[];
            strength: number;
            quantumSafe: boolean;
            fips: {
                approved: boolean;
                source: string;
            };
            /** @description What FIPS-approved says of these keys in this HSM, in three parts. A policy with fipsOnly asks for the first; with fipsOnly module for all three. */
            verdicts: {
                /** @description Whether NIST approves the algorithm to protect data now. */
                approved: components["schemas"]["FipsVerdict"];
                /** @description Whether the certificate of the HSM’s module lists it as approved. */
                listed: components["schemas"]["FipsVerdict"];
                /** @description Whether that certificate is active today, for the firmware of the HSM. */
                active: components["schemas"]["FipsVerdict"];
            };
        };
        FipsVerdict: {
            /**
             * @description unknown counts as not fulfilled.
             * @enum {string}
             */
            verdict: "yes" | "no" | "unknown";
            reason: string;
        };
        ContentEncryption: {
            /** @enum {string} */
            enc: "A128GCM" | "A192GCM" | "A256GCM" | "A128CBC-HS256" | "A192CBC-HS384" | "A256CBC-HS512";
            /** @description protect: /encrypt may ask for it. process: /decrypt opens it. */
            uses: ("protect" | "process")[];
            strength: number;
            quantumSafe: boolean;
            fips: {
                approved: boolean;
                source: string;
            };
        };
        KeyGrants: {
            /** Format: uuid */
            keyId: string;
            grants: {
                /**
                 * @description subject is one caller, by the sub of its tokens; group is every caller whose token names the group.
                 * @enum {string}
                 */
                kind: "subject" | "group";
                grantee: string;
                /** @description Rights to use the key, to `manage` the key and its grants, or to `view` it. Every right includes seeing the key. A grantee with `manage` cannot grant rights to itself or to its own groups; if its token names no groups, it cannot grant rights to any group. */
                rights: ("use:encrypt" | "use:decrypt" | "use:sign" | "use:verify" | "use:encapsulate" | "use:decapsulate" | "manage" | "view")[];
            }[];
            /** @description The revision of the key, also sent as the ETag. */
            revision: number;
        };
        PutGrants: {
            /** @description All grants of the key. Grants that are not listed are deleted. */
            grants: {
                /**
                 * @description subject is one caller, by the sub of its tokens; group is every caller whose token names the group.
                 * @enum {string}
                 */
                kind: "subject" | "group";
                grantee: string;
                /** @description Rights to use the key, to `manage` the key and its grants, or to `view` it. Every right includes seeing the key. A grantee with `manage` cannot grant rights to itself or to its own groups; if its token names no groups, it cannot grant rights to any group. */
                rights: ("use:encrypt" | "use:decrypt" | "use:sign" | "use:verify" | "use:encapsulate" | "use:decapsulate" | "manage" | "view")[];
            }[];
        };
        Alias: {
            name: string;
            /** Format: uuid */
            keyId: string;
            /** Format: date-time */
            changedAt: string;
            /** @description The revision, also sent as the ETag. */
            revision: number;
        };
        PutAlias: {
            /**
             * Format: uuid
             * @description The key that the alias names from now on.
             */
            keyId: string;
        };
        WrappingKey: {
            /** @constant */
            algorithm: "RSA-4096";
            generation: number;
            publicKey: {
                jwk: {
                    [key: string]: string;
                };
                pem: string;
            };
            methods: {
                /** @enum {string} */
                method: "rsa-aes-kwp" | "aes-kwp";
                /** @description Whether this token can import keys with this method. */
                available: boolean;
                /**
                 * @description The hash for RSA-OAEP and for its MGF1 that this token supports. The label is empty.
                 * @enum {string}
                 */
                oaepHash?: "SHA-1" | "SHA-256";
                detail: string;
            }[];
        };
        ImportKey: {
            /**
             * @description The algorithm of the key. GET /algorithms lists those that are available now.
             * @enum {string}
             */
            algorithm: "RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-P256" | "EC-P384" | "EC-P521" | "Ed25519" | "AES-128" | "AES-256" | "HMAC-SHA256" | "HMAC-SHA384" | "HMAC-SHA512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f" | "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024";
            /** @description A name for people. It need not be unique. */
            label: string;
            /**
             * @description The one purpose of the key. Default: sign for an asymmetric key, encrypt for AES, mac for HMAC. A key whose purpose is wrap unwraps imported keys, and must itself be imported. A key whose purpose is encapsulate serves /encapsulate and /decapsulate alone, and needs a policy with rawKem.
             * @enum {string}
             */
            purpose?: "encrypt" | "sign" | "mac" | "wrap" | "encapsulate";
            /** @description The one JOSE algorithm of the key (RFC 8725, section 3.1), published as alg in its JWK. Default: RS256 for RSA that signs, ES256, ES384 or ES512 by the curve, EdDSA for Ed25519, A256KW for AES-256, urn:ankasecure:jwe:ML-KEM-768+A256KW for ML-KEM-768; other keys have only one. HPKE-12 and HPKE-12-KE for ML-KEM-768, and HPKE-13 and HPKE-13-KE for ML-KEM-1024, are experimental: they follow a draft. any leaves a signing key all algorithms that the token supports for it, and its JWK has no alg. */
            alg?: ("RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519" | "HS256" | "HS384" | "HS512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f") | ("RSA-OAEP-256" | "ECDH-ES+A256KW" | "A128KW" | "A256KW" | "dir" | "urn:ankasecure:jwe:ML-KEM-512+A256KW" | "urn:ankasecure:jwe:ML-KEM-768+A256KW" | "urn:ankasecure:jwe:ML-KEM-1024+A256KW" | "HPKE-12" | "HPKE-12-KE" | "HPKE-13" | "HPKE-13-KE") | "any";
            /**
             * @description As in POST /keys. A key cannot be imported into custody software. public imports a public key of somebody else from publicKey: it verifies their signatures, or encrypts to them.
             * @enum {string}
             */
            custody?: "token" | "wrapped" | "public";
            /**
             * Format: uuid
             * @description Optional. If sent, it must be the tenant of the token.
             */
            tenantId?: string;
            description?: string;
            /** @description Your own names and values, replaced as a whole. Do not store secrets here. */
            metadata?: {
                [key: string]: string;
            };
            /**
             * @description Refuses a destruction that waits for less than 30 days, even if the platform’s minimum is shorter. It cannot be switched off again.
             * @default false
             */
            purgeProtection?: boolean;
            /**
             * Format: date-time
             * @description The time from which the key is ACTIVE. Until then it is PRE_ACTIVE. If the time has passed, the key is ACTIVE at once.
             */
            activateAt?: string;
            /**
             * Format: duration
             * @description Instead of activateAt: the time until the key becomes ACTIVE, an ISO 8601 duration such as PT5M. A signing key is in the key set meanwhile, so that relying parties have it before it signs.
             */
            activateIn?: string;
            /**
             * Format: date-time
             * @description The time from which the key is DEACTIVATED: it only decrypts and verifies.
             */
            deactivateAt?: string;
            /** @description The kids that the key had elsewhere. A JWE or JWS with one of them finds the key without keyId. No other key of the tenant can have the same one. */
            formerKids?: string[];
            /** @description The public key. Required with custody public, and not allowed otherwise. */
            publicKey?: components["schemas"]["ImportedPublicKey"];
            /**
             * @description How the key is wrapped. Required, except with custody public, where it is not allowed.
             * @enum {string}
             */
            method?: "rsa-aes-kwp" | "aes-kwp";
            /**
             * Format: uuid
             * @description The key that unwraps the imported key. Required for aes-kwp, and not allowed otherwise. Its purpose is wrap, and it must not be weaker than the imported key.
             */
            wrappingKeyId?: string;
            /** @description Required with method. The key, wrapped under an AES key with AES key wrap with padding (RFC 5649). A private key is a PKCS#8 PrivateKeyInfo; a secret key is its bytes, for HMAC at least as many as its hash has and at most 128. With rsa-aes-kwp, the AES key itself comes first, encrypted under the wrapping key with RSA-OAEP. */
            wrappedKey?: string;
        } & (unknown & unknown);
        ImportedPublicKey: {
            /** @description A public JWK (RFC 7517). */
            jwk?: {
                /** @enum {string} */
                kty: "RSA" | "EC" | "OKP" | "AKP";
                crv?: string;
                x?: string;
                y?: string;
                n?: string;
                e?: string;
                pub?: string;
                /**
                 * @description Must fit the purpose of the key.
                 * @enum {string}
                 */
                use?: "sig" | "enc";
                /** @description Must fit the purpose of the key (RFC 7517, section 4.3). */
                key_ops?: string[];
                /** @description The default of alg. Of an AKP key, it also names the parameter set (RFC 9964). */
                alg?: string;
                d?: unknown;
                p?: unknown;
                q?: unknown;
                dp?: unknown;
                dq?: unknown;
                qi?: unknown;
                oth?: unknown;
                k?: unknown;
                priv?: unknown;
            };
            /** @description A SubjectPublicKeyInfo in PEM (RFC 7468): BEGIN PUBLIC KEY. */
            pem?: string;
            /** @description A SubjectPublicKeyInfo in DER (RFC 5280). */
            der?: string;
        } & (unknown | unknown | unknown);
        ActivateKey: {
            /** @description Default: the current version. */
            version?: number;
        };
        SuspendKey: {
            /** @description Default: the current version. */
            version?: number;
        };
        ResumeKey: {
            /** @description Default: the current version. */
            version?: number;
        };
        DeactivateKey: {
            /** @description Default: the current version. */
            version?: number;
        };
        RevokeKey: {
            /** @description Default: the current version. */
            version?: number;
            /**
             * @description A KMIP revocation reason. key-compromise and ca-compromise make the version COMPROMISED, all others DEACTIVATED.
             * @enum {string}
             */
            reason: "unspecified" | "key-compromise" | "ca-compromise" | "affiliation-changed" | "superseded" | "cessation-of-operation" | "privilege-withdrawn";
            /** @description A note for people, stored with the version and in the audit trail. */
            message?: string;
            /**
             * Format: date-time
             * @description The time of the event that led to this. It cannot be in the future. Default: now.
             */
            occurredAt?: string;
        };
        CompromiseKey: {
            /** @description Default: the current version. */
            version?: number;
            /** @description A note for people, stored with the version and in the audit trail. */
            message?: string;
            /**
             * Format: date-time
             * @description The time of the event that led to this. It cannot be in the future. Default: now.
             */
            occurredAt?: string;
        };
        ScheduleDestruction: {
            /** @description Default: all versions. */
            version?: number;
            /**
             * @description The number of days until the HSM object is destroyed. The minimum is 7 unless the platform configures another.
             * @default 30
             */
            waitingDays?: number;
        };
        CancelDestruction: {
            /** @description Default: all versions. */
            version?: number;
        };
        RotateKey: {
            /** @description Rotates the key only if this is the current version. If two callers see the same version, one of them rotates the key. */
            expectedVersion?: number;
            /**
             * Format: duration
             * @description The time until the new version takes over, an ISO 8601 duration such as PT5M. Until then it is PRE_ACTIVE, and that of a signing key is in the key set; the current version goes on. Default: it takes over at once.
             */
            activateIn?: string;
            /** @description The next public key. Required for a key in custody public, and not allowed otherwise. */
            publicKey?: components["schemas"]["ImportedPublicKey"];
            /** @description The kids that publicKey has at its owner, and not allowed without it. A JWS with one of them finds the new version without keyId. No other key or version of the tenant can have the same one. A kid inside publicKey.jwk is not taken. */
            formerKids?: string[];
        };
        KeyVersion: {
            /** Format: uuid */
            keyId: string;
            version: number;
            /**
             * @description The state at the time of the answer (SP 800-57 part 1, section 7).
             * @enum {string}
             */
            state: "PRE_ACTIVE" | "ACTIVE" | "SUSPENDED" | "DEACTIVATED" | "COMPROMISED" | "DESTROY_SCHEDULED" | "DESTROYED";
            /** @description The time at which a PRE_ACTIVE version becomes ACTIVE by itself. */
            activateAt: string | null;
            /** @description The time at which an ACTIVE version becomes, or became, DEACTIVATED. */
            deactivateAt: string | null;
            /** @description The reason why the version was revoked or marked as compromised. */
            revocation: {
                /** @enum {string} */
                reason: "unspecified" | "key-compromise" | "ca-compromise" | "affiliation-changed" | "superseded" | "cessation-of-operation" | "privilege-withdrawn";
                message: string | null;
                /** Format: date-time */
                occurredAt: string;
            } | null;
            /** @description The time at which a DESTROY_SCHEDULED version is destroyed, to within seconds. */
            destroyAt: string | null;
            /** @description The time at which its object was confirmed to be gone from the HSM. */
            destroyedAt: string | null;
            /** @description For a DESTROYED version: whether a backup of the database from before its destruction can still bring it back, and until when. That is possible for a key that is wrapped or in software, until the KEK that wrapped it is destroyed. `until` is null while that KEK is in use: rotate the KEK to set an end. A public key of others is no secret, and a backup always has it. null for any other state. */
            recovery: {
                possible: boolean;
                until: string | null;
            } | null;
            /** @enum {string} */
            custody: "token" | "wrapped" | "software" | "public";
            publicKey: {
                jwk: {
                    [key: string]: string;
                };
                pem: string;
            } | null;
            hsm: {
                partition: string;
                /** @description The PKCS#11 URI (RFC 7512) of the key, or of the KEK that wraps it. null for custody public. */
                uri: string | null;
            };
            /** Format: date-time */
            createdAt: string;
        };
        KeyUsage: {
            items: {
                version: number;
                lastUsedAt: string | null;
                operations: {
                    operation: string;
                    count: number;
                    /** Format: date-time */
                    lastUsedAt: string;
                }[];
            }[];
            next: string | null;
        };
        RotationPolicy: {
            /** Format: uuid */
            keyId: string;
            interval: string | null;
            /** @description The time of the next rotation. Dates that pass while the key is not ACTIVE, or while no worker runs, cause one rotation. */
            nextAt: string | null;
            maxUses: number | null;
            setBy: string;
        };
        PutRotationPolicy: {
            /**
             * Format: duration
             * @description The time between two rotations: an ISO 8601 duration in days, hours, minutes and seconds.
             */
            interval?: string;
            /**
             * Format: date-time
             * @description The time of the first rotation, in the future. Default: one interval from now.
             */
            at?: string;
            /** @description The number of times a version may encrypt, sign or compute a MAC before the key is rotated. */
            maxUses?: number;
        } | unknown | unknown;
        PublicKey: {
            /** Format: uuid */
            keyId: string;
            version: number;
            jwk: {
                [key: string]: string;
            };
            pem: string;
        };
        EncryptRequest: {
            /**
             * Format: uuid
             * @description The key. Its current version is used.
             */
            keyId?: string;
            /** @description An alias of the key, instead of keyId. */
            alias?: string;
            /** @description The data to encrypt, at most 1 MiB. */
            plaintext: string;
            /**
             * @description The encoding of the data in this request: canonical base64url without padding, or UTF-8 text.
             * @default base64url
             * @enum {string}
             */
            encoding?: "base64url" | "utf8";
            /**
             * @description The content encryption. Default: A256GCM. The policy’s contentEncryption must allow it. A key with alg dir has only A256GCM.
             * @enum {string}
             */
            enc?: "A128GCM" | "A192GCM" | "A256GCM" | "A128CBC-HS256" | "A192CBC-HS384" | "A256CBC-HS512";
            /** @description Additional data bound to the JWE. The protected header holds its SHA-256 as aad#S256, and decryption requires the same bytes. */
            aad?: string;
        } & ((unknown | unknown) & unknown & unknown);
        EncryptResult: {
            jwe: string;
            /** Format: uuid */
            keyId: string;
            version: number;
            /** @enum {string} */
            algorithm: "RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-P256" | "EC-P384" | "EC-P521" | "Ed25519" | "AES-128" | "AES-256" | "HMAC-SHA256" | "HMAC-SHA384" | "HMAC-SHA512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f" | "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024";
            /** @enum {string} */
            custody: "token" | "wrapped" | "software" | "public";
            warnings?: {
                code: string;
                detail: string;
                /**
                 * Format: date-time
                 * @description The time from which the use is deprecated.
                 */
                deprecation?: string;
                /**
                 * Format: date-time
                 * @description The time from which the use is refused.
                 */
                sunset?: string;
            }[];
            /** @enum {string} */
            alg: "RSA-OAEP-256" | "ECDH-ES+A256KW" | "A128KW" | "A256KW" | "dir" | "urn:ankasecure:jwe:ML-KEM-512+A256KW" | "urn:ankasecure:jwe:ML-KEM-768+A256KW" | "urn:ankasecure:jwe:ML-KEM-1024+A256KW" | "HPKE-12" | "HPKE-12-KE" | "HPKE-13" | "HPKE-13-KE";
            /** @enum {string} */
            enc: "A128GCM" | "A192GCM" | "A256GCM" | "A128CBC-HS256" | "A192CBC-HS384" | "A256CBC-HS512";
        };
        ItemFailure: {
            error: {
                code: string;
                status: number;
                title: string;
                detail: string;
                /**
                 * @description With policy-refused: the first rule that refuses the request.
                 * @enum {string}
                 */
                rule?: "allowedAlgorithms" | "fipsOnly" | "cnsa2" | "minimumStrength" | "purposes" | "custody" | "contentEncryption" | "rawKem" | "plaintextDataKeys" | "maxKeyLifeDays" | "maxRotationIntervalDays" | "sunsets" | "requiredLabels" | "dualControl";
                /** @description With policy-refused: the source of that rule. */
                source?: string;
                /** @description With policy-refused: every rule that refuses the request, and why. */
                reasons?: components["schemas"]["PolicyReason"][];
            };
        };
        DecryptRequest: {
            /** @description Compact JWE (RFC 7516, section 3.1), made by this API or by anyone for the public JWK of the key, with any content encryption of RFC 7518, section 5. */
            jwe: string;
            /**
             * Format: uuid
             * @description The key. Required without a kid that names a key of the tenant, as its own or as one of its formerKids. If sent, a kid of another key is ignored.
             */
            keyId?: string;
            /** @description An alias of the key, instead of keyId. */
            alias?: string;
            /** @description The version of keyId. Default: the version that a kid of this key names; without one, the current version and, if that does not fit, earlier versions that may be used, newest first, 16 at most. */
            version?: number;
            /**
             * @description The encoding of the data in this request: canonical base64url without padding, or UTF-8 text.
             * @default base64url
             * @enum {string}
             */
            encoding?: "base64url" | "utf8";
            aad?: string;
            /** @description Allows a SUSPENDED or COMPROMISED version to decrypt, decapsulate or verify. The audit trail records that the caller accepted the risk. */
            acceptRisk?: boolean;
        } & (unknown & unknown);
        DecryptResult: {
            plaintext: string;
            /** @enum {string} */
            encoding: "base64url" | "utf8";
            /** Format: uuid */
            keyId: string;
            version: number;
            /** @enum {string} */
            algorithm: "RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-P256" | "EC-P384" | "EC-P521" | "Ed25519" | "AES-128" | "AES-256" | "HMAC-SHA256" | "HMAC-SHA384" | "HMAC-SHA512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f" | "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024";
            /** @enum {string} */
            custody: "token" | "wrapped" | "software" | "public";
            warnings?: {
                code: string;
                detail: string;
                /**
                 * Format: date-time
                 * @description The time from which the use is deprecated.
                 */
                deprecation?: string;
                /**
                 * Format: date-time
                 * @description The time from which the use is refused.
                 */
                sunset?: string;
            }[];
            /** @enum {string} */
            alg: "RSA-OAEP-256" | "ECDH-ES+A256KW" | "A128KW" | "A256KW" | "dir" | "urn:ankasecure:jwe:ML-KEM-512+A256KW" | "urn:ankasecure:jwe:ML-KEM-768+A256KW" | "urn:ankasecure:jwe:ML-KEM-1024+A256KW" | "HPKE-12" | "HPKE-12-KE" | "HPKE-13" | "HPKE-13-KE";
            /** @enum {string} */
            enc: "A128GCM" | "A192GCM" | "A256GCM" | "A128CBC-HS256" | "A192CBC-HS384" | "A256CBC-HS512";
        };
        SignRequest: {
            /**
             * Format: uuid
             * @description The key. Its current version is used.
             */
            keyId?: string;
            /** @description An alias of the key, instead of keyId. */
            alias?: string;
            payload?: string;
            /** @description The hash of the message in base64url, with the length of the algorithm’s hash. Requires format raw or der; not possible with EdDSA, HMAC, ML-DSA or SLH-DSA. */
            digest?: string;
            /**
             * @description The encoding of the data in this request: canonical base64url without padding, or UTF-8 text.
             * @default base64url
             * @enum {string}
             */
            encoding?: "base64url" | "utf8";
            /**
             * @description A compact JWS, a compact JWS with detached payload (RFC 7515, appendix F), or the bare signature. SLH-DSA keys make only bare signatures. raw is the form of JWS, r‖s for ECDSA; der is ECDSA-Sig-Value (RFC 3279, section 2.2.3), for ECDSA only.
             * @default jws
             * @enum {string}
             */
            format?: "jws" | "jws-detached" | "raw" | "der";
            /** @description The version of the key that must sign, for callers that name it in a header of their own. Only the current version signs, so any other is refused. Default: the current version. */
            version?: number;
            /** @description Members of the protected header besides alg and kid, which the service sets. No other member can be chosen: one that names a key or changes how the JWS is read is refused. */
            header?: {
                /** @description The type of the JWS (RFC 7515, section 4.1.9), such as at+jwt (RFC 9068) or dpop+jwt. */
                typ?: string;
                /** @description The type of the payload (RFC 7515, section 4.1.10). */
                cty?: string;
                /** @description A claim repeated in the header (RFC 7519, section 5.3). */
                iss?: string;
                /** @description A claim repeated in the header (RFC 7519, section 5.3). */
                sub?: string;
                /** @description A claim repeated in the header (RFC 7519, section 5.3). */
                aud?: string;
                /** @description The URL that the request goes to (ACME: RFC 8555, section 6.4.1). */
                url?: string;
                /** @description The nonce of the server (ACME: RFC 8555, section 6.5.2). */
                nonce?: string;
            };
            /**
             * @description One of the key’s algs. Default: the first.
             * @enum {string}
             */
            alg?: "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519" | "HS256" | "HS384" | "HS512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f";
        } & (unknown & (unknown | unknown) & (unknown | unknown) & unknown & unknown);
        SignTogetherRequest: {
            payload: string;
            /**
             * @description The encoding of the data in this request: canonical base64url without padding, or UTF-8 text.
             * @default base64url
             * @enum {string}
             */
            encoding?: "base64url" | "utf8";
            /** @description The keys, whose purpose is sign. The answer has the signature of each, or none. */
            keys: ({
                /**
                 * Format: uuid
                 * @description The key. Its current version is used.
                 */
                keyId?: string;
                /** @description An alias of the key, instead of keyId. */
                alias?: string;
                /**
                 * @description One of the key’s algs. Default: the first.
                 * @enum {string}
                 */
                alg?: "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519" | "HS256" | "HS384" | "HS512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f";
                /** @description Members of the protected header besides alg and kid, which the service sets. No other member can be chosen: one that names a key or changes how the JWS is read is refused. */
                header?: {
                    /** @description The type of the JWS (RFC 7515, section 4.1.9), such as at+jwt (RFC 9068) or dpop+jwt. */
                    typ?: string;
                    /** @description The type of the payload (RFC 7515, section 4.1.10). */
                    cty?: string;
                    /** @description A claim repeated in the header (RFC 7519, section 5.3). */
                    iss?: string;
                    /** @description A claim repeated in the header (RFC 7519, section 5.3). */
                    sub?: string;
                    /** @description A claim repeated in the header (RFC 7519, section 5.3). */
                    aud?: string;
                    /** @description The URL that the request goes to (ACME: RFC 8555, section 6.4.1). */
                    url?: string;
                    /** @description The nonce of the server (ACME: RFC 8555, section 6.5.2). */
                    nonce?: string;
                };
            } & (unknown | unknown))[];
            /** @description Whether the JWS has no payload (RFC 7515, appendix F). Default: false. */
            detached?: boolean;
        };
        SignResult: {
            /** @description Compact JWS (RFC 7515, section 3.1). If the payload is detached, its part is empty. */
            jws?: string;
            /** @description A signature in format raw or der, in base64url. For ECDSA, raw is r‖s (RFC 7518, section 3.4). */
            signature?: string;
            /** Format: uuid */
            keyId: string;
            version: number;
            /** @enum {string} */
            algorithm: "RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-P256" | "EC-P384" | "EC-P521" | "Ed25519" | "AES-128" | "AES-256" | "HMAC-SHA256" | "HMAC-SHA384" | "HMAC-SHA512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f" | "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024";
            /** @enum {string} */
            custody: "token" | "wrapped" | "software" | "public";
            warnings?: {
                code: string;
                detail: string;
                /**
                 * Format: date-time
                 * @description The time from which the use is deprecated.
                 */
                deprecation?: string;
                /**
                 * Format: date-time
                 * @description The time from which the use is refused.
                 */
                sunset?: string;
            }[];
            /** @enum {string} */
            alg: "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519" | "HS256" | "HS384" | "HS512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f";
        };
        SignTogetherResult: {
            jws: components["schemas"]["JwsJsonResult"];
            /** @description The key versions that signed, in order. */
            signatures: {
                /** Format: uuid */
                keyId: string;
                version: number;
                /** @enum {string} */
                algorithm: "RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-P256" | "EC-P384" | "EC-P521" | "Ed25519" | "AES-128" | "AES-256" | "HMAC-SHA256" | "HMAC-SHA384" | "HMAC-SHA512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f" | "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024";
                /** @enum {string} */
                custody: "token" | "wrapped" | "software" | "public";
                warnings?: {
                    code: string;
                    detail: string;
                    /**
                     * Format: date-time
                     * @description The time from which the use is deprecated.
                     */
                    deprecation?: string;
                    /**
                     * Format: date-time
                     * @description The time from which the use is refused.
                     */
                    sunset?: string;
                }[];
                /** @enum {string} */
                alg: "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519" | "HS256" | "HS384" | "HS512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f";
            }[];
        };
        /** @description A JWS in general JSON serialization (RFC 7515, section 7.2.1). Each signature names its key by its kid. */
        JwsJsonResult: {
            /** @description The payload in base64url. Absent if it is detached. */
            payload?: string;
            /** @description The signatures. An unprotected header (the member header) is refused. */
            signatures: {
                /** @description The protected header in base64url. Each signature has its own. */
                protected: string;
                /** @description The signature in base64url. */
                signature: string;
            }[];
        };
        VerifyRequest: {
            jws?: string;
            /**
             * Format: uuid
             * @description The key. Required without a kid that names a key of the tenant, as its own or as one of its formerKids. If sent, a kid of another key is ignored.
             */
            keyId?: string;
            /** @description An alias of the key, instead of keyId. */
            alias?: string;
            /** @description The version of keyId. Default: the version that a kid of this key names; without one, the current version and, if that does not fit, earlier versions that may be used, newest first, 16 at most. */
            version?: number;
            signature?: string;
            /**
             * @description The form of `signature`, as in /sign. Default: raw. der is for ECDSA only.
             * @enum {string}
             */
            format?: "raw" | "der";
            payload?: string;
            digest?: string;
            /**
             * @description The encoding of the data in this request: canonical base64url without padding, or UTF-8 text.
             * @default base64url
             * @enum {string}
             */
            encoding?: "base64url" | "utf8";
            /** @enum {string} */
            alg?: "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519" | "HS256" | "HS384" | "HS512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f";
            /** @description Allows a SUSPENDED or COMPROMISED version to decrypt, decapsulate or verify. The audit trail records that the caller accepted the risk. */
            acceptRisk?: boolean;
        } & (unknown & (unknown | unknown) & unknown & unknown & unknown & unknown);
        VerifyTogetherRequest: {
            jws: components["schemas"]["JwsJson"];
            /**
             * @description ALL: every signature is valid. ANY: at least one is. CLASSICAL_REQUIRED: at least one is valid whose key is classical. PQC_REQUIRED: at least one is valid whose key is quantum-safe. The class is that of the key’s record, and a MAC is no signature. A signature that was removed is not missed: compare the keyId of each with those you expect.
             * @default ALL
             * @enum {string}
             */
            policy?: "ALL" | "ANY" | "CLASSICAL_REQUIRED" | "PQC_REQUIRED";
            /** @description The payload, if it is detached. */
            payload?: string;
            /**
             * @description The encoding of the data in this request: canonical base64url without padding, or UTF-8 text.
             * @default base64url
             * @enum {string}
             */
            encoding?: "base64url" | "utf8";
            /** @description Allows a SUSPENDED or COMPROMISED version to decrypt, decapsulate or verify. The audit trail records that the caller accepted the risk. */
            acceptRisk?: boolean;
        } & (unknown & ({
            jws?: unknown;
        } | {
            jws?: unknown;
        }));
        /** @description A JWS in general JSON serialization (RFC 7515, section 7.2.1). Each signature names its key by its kid. */
        JwsJson: {
            /** @description The payload in base64url. Absent if it is detached. */
            payload?: string;
            /** @description The signatures. An unprotected header (the member header) is refused. */
            signatures: {
                /** @description The protected header in base64url. Each signature has its own. */
                protected: string;
                /** @description The signature in base64url. */
                signature: string;
            }[];
        };
        VerifyResult: {
            /** @description False if the signature is not valid, which is not an error. */
            valid: boolean;
            /** Format: uuid */
            keyId: string;
            /** @description The version that verifies the signature; if none does, the first that was tried. */
            version: number;
            /** @enum {string} */
            algorithm: "RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-P256" | "EC-P384" | "EC-P521" | "Ed25519" | "AES-128" | "AES-256" | "HMAC-SHA256" | "HMAC-SHA384" | "HMAC-SHA512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f" | "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024";
            /** @enum {string} */
            custody: "token" | "wrapped" | "software" | "public";
            warnings?: {
                code: string;
                detail: string;
                /**
                 * Format: date-time
                 * @description The time from which the use is deprecated.
                 */
                deprecation?: string;
                /**
                 * Format: date-time
                 * @description The time from which the use is refused.
                 */
                sunset?: string;
            }[];
            /** @description The versions that do not verify the signature, if several were tried. */
            versionsTried?: number[];
            /** @description The other versions of the key, newest first, if no version verifies the signature and the request names none. One of them may have made it: send `version`, and `acceptRisk` for one that is suspended or compromised. */
            versionsNotTried?: components["schemas"]["VersionsNotTried"][];
            /** @enum {string} */
            alg: "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519" | "HS256" | "HS384" | "HS512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f";
            /** @description If the signature is not valid: what it may be instead, such as ECDSA in DER, or a detached JWS whose payload was not sent. */
            hint?: string;
        };
        VersionsNotTried: {
            from: number;
            to: number;
            /**
             * @description The state of the versions, the policy or the token’s algorithms do not allow it, or they are older than the newest 16.
             * @enum {string}
             */
            reason: "state" | "policy" | "algorithm" | "limit";
        };
        VerifyTogetherResult: {
            /** @description Whether the signatures fulfil the policy. */
            valid: boolean;
            /**
             * @description ALL: every signature is valid. ANY: at least one is. CLASSICAL_REQUIRED: at least one is valid whose key is classical. PQC_REQUIRED: at least one is valid whose key is quantum-safe. The class is that of the key’s record, and a MAC is no signature. A signature that was removed is not missed: compare the keyId of each with those you expect.
             * @enum {string}
             */
            policy: "ALL" | "ANY" | "CLASSICAL_REQUIRED" | "PQC_REQUIRED";
            /** @description The number of keys with a valid signature. Several signatures of one key count once. */
            signers: number;
            /** @description The verdict on each signature, in order. One that cannot be judged, such as a MAC or one of an unknown key, is not valid and has the error. */
            signatures: (components["schemas"]["VerifyResult"] | components["schemas"]["UnjudgedSignature"])[];
        };
        UnjudgedSignature: {
            /** @constant */
            valid: false;
            error: {
                code: string;
                status: number;
                title: string;
                detail: string;
                /**
                 * @description With policy-refused: the first rule that refuses the request.
                 * @enum {string}
                 */
                rule?: "allowedAlgorithms" | "fipsOnly" | "cnsa2" | "minimumStrength" | "purposes" | "custody" | "contentEncryption" | "rawKem" | "plaintextDataKeys" | "maxKeyLifeDays" | "maxRotationIntervalDays" | "sunsets" | "requiredLabels" | "dualControl";
                /** @description With policy-refused: the source of that rule. */
                source?: string;
                /** @description With policy-refused: every rule that refuses the request, and why. */
                reasons?: components["schemas"]["PolicyReason"][];
            };
        };
        EncapsulateRequest: {
            /**
             * Format: uuid
             * @description The key. Its current version is used.
             */
            keyId?: string;
            /** @description An alias of the key, instead of keyId. */
            alias?: string;
        } & (unknown | unknown);
        EncapsulateResult: {
            /** @description The ciphertext of ML-KEM (FIPS 203, section 7.2) in base64url. */
            ciphertext: string;
            /** @description The shared secret of 32 bytes in base64url. It left the HSM for this answer and is stored nowhere. */
            sharedSecret: string;
            /** Format: uuid */
            keyId: string;
            /** @description The version that the ciphertext is for. /decapsulate needs it. */
            version: number;
            /** @enum {string} */
            algorithm: "RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-P256" | "EC-P384" | "EC-P521" | "Ed25519" | "AES-128" | "AES-256" | "HMAC-SHA256" | "HMAC-SHA384" | "HMAC-SHA512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f" | "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024";
            /** @enum {string} */
            custody: "token" | "wrapped" | "software" | "public";
            warnings?: {
                code: string;
                detail: string;
                /**
                 * Format: date-time
                 * @description The time from which the use is deprecated.
                 */
                deprecation?: string;
                /**
                 * Format: date-time
                 * @description The time from which the use is refused.
                 */
                sunset?: string;
            }[];
            /** @enum {string} */
            alg: "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024";
        };
        DecapsulateRequest: {
            /**
             * Format: uuid
             * @description The key.
             */
            keyId?: string;
            /** @description An alias of the key, instead of keyId. */
            alias?: string;
            /** @description The version that the ciphertext is for. It is required, because nothing in a ciphertext tells: another version gives another secret, and no error. */
            version: number;
            /** @description The ciphertext of ML-KEM in base64url, with the length of the parameter set. A ciphertext that was changed gives another secret, and no error (implicit rejection, FIPS 203, section 7.3). */
            ciphertext: string;
            /** @description Allows a SUSPENDED or COMPROMISED version to decrypt, decapsulate or verify. The audit trail records that the caller accepted the risk. */
            acceptRisk?: boolean;
        } & (unknown | unknown);
        DecapsulateResult: {
            /** @description The shared secret of 32 bytes in base64url. It left the HSM for this answer and is stored nowhere. */
            sharedSecret: string;
            /** Format: uuid */
            keyId: string;
            version: number;
            /** @enum {string} */
            algorithm: "RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-P256" | "EC-P384" | "EC-P521" | "Ed25519" | "AES-128" | "AES-256" | "HMAC-SHA256" | "HMAC-SHA384" | "HMAC-SHA512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f" | "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024";
            /** @enum {string} */
            custody: "token" | "wrapped" | "software" | "public";
            warnings?: {
                code: string;
                detail: string;
                /**
                 * Format: date-time
                 * @description The time from which the use is deprecated.
                 */
                deprecation?: string;
                /**
                 * Format: date-time
                 * @description The time from which the use is refused.
                 */
                sunset?: string;
            }[];
            /** @enum {string} */
            alg: "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024";
        };
        ReencryptRequest: {
            /** @description Compact JWE (RFC 7516, section 3.1) under any key of the tenant that decrypts. */
            jwe: string;
            /**
             * Format: uuid
             * @description The key. Required without a kid that names a key of the tenant, as its own or as one of its formerKids. If sent, a kid of another key is ignored.
             */
            keyId?: string;
            /** @description An alias of the key, instead of keyId. */
            alias?: string;
            /** @description The version of keyId. Default: the version that a kid of this key names; without one, the current version and, if that does not fit, earlier versions that may be used, newest first, 16 at most. */
            version?: number;
            /** @description The additional data of the JWE, if it has any. It is bound to the new JWE in the same way. */
            aad?: string;
            /**
             * @description The encoding of the data in this request: canonical base64url without padding, or UTF-8 text.
             * @default base64url
             * @enum {string}
             */
            encoding?: "base64url" | "utf8";
            /** @description Allows a SUSPENDED or COMPROMISED version to decrypt, decapsulate or verify. The audit trail records that the caller accepted the risk. */
            acceptRisk?: boolean;
            /** @description The key to encrypt to. Default: the current version of the key that decrypts. */
            to?: {
                /**
                 * Format: uuid
                 * @description The key. Its current version is used.
                 */
                keyId?: string;
                /** @description An alias of the key, instead of keyId. */
                alias?: string;
            } & (unknown | unknown);
            /**
             * @description The content encryption of the new JWE, as in /encrypt. Default: A256GCM. The policy must allow it.
             * @enum {string}
             */
            enc?: "A128GCM" | "A192GCM" | "A256GCM" | "A128CBC-HS256" | "A192CBC-HS384" | "A256CBC-HS512";
        } & (unknown & unknown);
        ReencryptResult: {
            /** @description The content under the other key: a compact JWE. */
            jwe: string;
            /** Format: uuid */
            keyId: string;
            version: number;
            /** @enum {string} */
            algorithm: "RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-P256" | "EC-P384" | "EC-P521" | "Ed25519" | "AES-128" | "AES-256" | "HMAC-SHA256" | "HMAC-SHA384" | "HMAC-SHA512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f" | "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024";
            /** @enum {string} */
            custody: "token" | "wrapped" | "software" | "public";
            warnings?: {
                code: string;
                detail: string;
                /**
                 * Format: date-time
                 * @description The time from which the use is deprecated.
                 */
                deprecation?: string;
                /**
                 * Format: date-time
                 * @description The time from which the use is refused.
                 */
                sunset?: string;
            }[];
            /** @enum {string} */
            alg: "RSA-OAEP-256" | "ECDH-ES+A256KW" | "A128KW" | "A256KW" | "dir" | "urn:ankasecure:jwe:ML-KEM-512+A256KW" | "urn:ankasecure:jwe:ML-KEM-768+A256KW" | "urn:ankasecure:jwe:ML-KEM-1024+A256KW" | "HPKE-12" | "HPKE-12-KE" | "HPKE-13" | "HPKE-13-KE";
            /** @enum {string} */
            enc: "A128GCM" | "A192GCM" | "A256GCM" | "A128CBC-HS256" | "A192CBC-HS384" | "A256CBC-HS512";
            /** @description The key version that decrypted, and the algorithms of the JWE that was sent. */
            from: {
                /** Format: uuid */
                keyId: string;
                version: number;
                /** @enum {string} */
                algorithm: "RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-P256" | "EC-P384" | "EC-P521" | "Ed25519" | "AES-128" | "AES-256" | "HMAC-SHA256" | "HMAC-SHA384" | "HMAC-SHA512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f" | "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024";
                /** @enum {string} */
                custody: "token" | "wrapped" | "software" | "public";
                warnings?: {
                    code: string;
                    detail: string;
                    /**
                     * Format: date-time
                     * @description The time from which the use is deprecated.
                     */
                    deprecation?: string;
                    /**
                     * Format: date-time
                     * @description The time from which the use is refused.
                     */
                    sunset?: string;
                }[];
                /** @enum {string} */
                alg: "RSA-OAEP-256" | "ECDH-ES+A256KW" | "A128KW" | "A256KW" | "dir" | "urn:ankasecure:jwe:ML-KEM-512+A256KW" | "urn:ankasecure:jwe:ML-KEM-768+A256KW" | "urn:ankasecure:jwe:ML-KEM-1024+A256KW" | "HPKE-12" | "HPKE-12-KE" | "HPKE-13" | "HPKE-13-KE";
                /** @enum {string} */
                enc: "A128GCM" | "A192GCM" | "A256GCM" | "A128CBC-HS256" | "A192CBC-HS384" | "A256CBC-HS512";
            };
        };
        ResignRequest: {
            /** @description Compact JWS (RFC 7515, section 3.1) under any key of the tenant that verifies. */
            jws: string;
            /**
             * Format: uuid
             * @description The key. Required without a kid that names a key of the tenant, as its own or as one of its formerKids. If sent, a kid of another key is ignored.
             */
            keyId?: string;
            /** @description An alias of the key, instead of keyId. */
            alias?: string;
            /** @description The version of keyId. Default: the version that a kid of this key names; without one, the current version and, if that does not fit, earlier versions that may be used, newest first, 16 at most. */
            version?: number;
            /** @description The payload, if it is detached. It is detached from the new JWS, too. */
            payload?: string;
            /**
             * @description The encoding of the data in this request: canonical base64url without padding, or UTF-8 text.
             * @default base64url
             * @enum {string}
             */
            encoding?: "base64url" | "utf8";
            /** @description Allows a SUSPENDED or COMPROMISED version to decrypt, decapsulate or verify. The audit trail records that the caller accepted the risk. */
            acceptRisk?: boolean;
            /** @description The key to sign with. Default: the current version of the key that verifies. */
            to?: {
                /**
                 * Format: uuid
                 * @description The key. Its current version is used.
                 */
                keyId?: string;
                /** @description An alias of the key, instead of keyId. */
                alias?: string;
                /**
                 * @description One of the key’s algs. Default: the first.
                 * @enum {string}
                 */
                alg?: "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519" | "HS256" | "HS384" | "HS512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f";
            } & (unknown | unknown);
            /** @description Members of the new protected header, as in /sign. Default: those of these members that the JWS has. */
            header?: {
                /** @description The type of the JWS (RFC 7515, section 4.1.9), such as at+jwt (RFC 9068) or dpop+jwt. */
                typ?: string;
                /** @description The type of the payload (RFC 7515, section 4.1.10). */
                cty?: string;
                /** @description A claim repeated in the header (RFC 7519, section 5.3). */
                iss?: string;
                /** @description A claim repeated in the header (RFC 7519, section 5.3). */
                sub?: string;
                /** @description A claim repeated in the header (RFC 7519, section 5.3). */
                aud?: string;
                /** @description The URL that the request goes to (ACME: RFC 8555, section 6.4.1). */
                url?: string;
                /** @description The nonce of the server (ACME: RFC 8555, section 6.5.2). */
                nonce?: string;
            };
        } & (unknown & unknown);
        ResignResult: {
            /** @constant */
            valid: true;
            /** @description The payload under the other key: a compact JWS. */
            jws: string;
            /** Format: uuid */
            keyId: string;
            version: number;
            /** @enum {string} */
            algorithm: "RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-P256" | "EC-P384" | "EC-P521" | "Ed25519" | "AES-128" | "AES-256" | "HMAC-SHA256" | "HMAC-SHA384" | "HMAC-SHA512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f" | "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024";
            /** @enum {string} */
            custody: "token" | "wrapped" | "software" | "public";
            warnings?: {
                code: string;
                detail: string;
                /**
                 * Format: date-time
                 * @description The time from which the use is deprecated.
                 */
                deprecation?: string;
                /**
                 * Format: date-time
                 * @description The time from which the use is refused.
                 */
                sunset?: string;
            }[];
            /** @enum {string} */
            alg: "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519" | "HS256" | "HS384" | "HS512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f";
            from: components["schemas"]["VerifyResult"];
        };
        NotResigned: {
            /** @constant */
            valid: false;
            from: components["schemas"]["VerifyResult"];
        };
        RandomRequest: {
            /** @description The number of random bytes. */
            bytes: number;
        };
        RandomResult: {
            /** @description Random bytes of the HSM in base64url. They are stored nowhere. */
            random: string;
        };
        DataKeyRequest: {
            /**
             * Format: uuid
             * @description The key. Its current version is used.
             */
            keyId?: string;
            /** @description An alias of the key, instead of keyId. */
            alias?: string;
            /**
             * @description The length of the data key in bytes. Default: 32, a key of AES-256.
             * @default 32
             */
            bytes?: number;
            /**
             * @description The content encryption of the JWE, as in /encrypt. Default: A256GCM. The policy must allow it.
             * @enum {string}
             */
            enc?: "A128GCM" | "A192GCM" | "A256GCM" | "A128CBC-HS256" | "A192CBC-HS384" | "A256CBC-HS512";
            /**
             * @description Whether the answer has the data key in plaintext, too. The policy must set plaintextDataKeys. Without it, /decrypt tells the data key to whom it is granted.
             * @default false
             */
            plaintext?: boolean;
        } & (unknown | unknown);
        DataKeyResult: {
            /** @description The data key under the key: a compact JWE whose content is the bytes of the data key. */
            jwe: string;
            /** @description The data key in base64url. It left the HSM and is stored nowhere. */
            plaintext?: string;
            /** Format: uuid */
            keyId: string;
            version: number;
            /** @enum {string} */
            algorithm: "RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-P256" | "EC-P384" | "EC-P521" | "Ed25519" | "AES-128" | "AES-256" | "HMAC-SHA256" | "HMAC-SHA384" | "HMAC-SHA512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f" | "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024";
            /** @enum {string} */
            custody: "token" | "wrapped" | "software" | "public";
            warnings?: {
                code: string;
                detail: string;
                /**
                 * Format: date-time
                 * @description The time from which the use is deprecated.
                 */
                deprecation?: string;
                /**
                 * Format: date-time
                 * @description The time from which the use is refused.
                 */
                sunset?: string;
            }[];
            /** @enum {string} */
            alg: "RSA-OAEP-256" | "ECDH-ES+A256KW" | "A128KW" | "A256KW" | "dir" | "urn:ankasecure:jwe:ML-KEM-512+A256KW" | "urn:ankasecure:jwe:ML-KEM-768+A256KW" | "urn:ankasecure:jwe:ML-KEM-1024+A256KW" | "HPKE-12" | "HPKE-12-KE" | "HPKE-13" | "HPKE-13-KE";
            /** @enum {string} */
            enc: "A128GCM" | "A192GCM" | "A256GCM" | "A128CBC-HS256" | "A192CBC-HS384" | "A256CBC-HS512";
        };
        Policy: {
            /** Format: uuid */
            tenantId: string;
            version: number;
            /** @description The algorithms of keys that may be made and used. Checked at creation and at every use. */
            allowedAlgorithms: ("RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-P256" | "EC-P384" | "EC-P521" | "Ed25519" | "AES-128" | "AES-256" | "HMAC-SHA256" | "HMAC-SHA384" | "HMAC-SHA512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f" | "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024")[];
            /** @description Refuses every request that would use a primitive that is not FIPS-approved. algorithm is the same as true: NIST approves the algorithm. module requires more, at creation and at every use: the certificate of this HSM lists the algorithm as approved, and is active today for the firmware of the HSM. What is not known of the certificate counts as not fulfilled. */
            fipsOnly: boolean | ("algorithm" | "module");
            /** @description Allows only the algorithms of CNSA 2.0 to protect data. Algorithms of CNSA 1.0 still decrypt and verify until the end of 2033. */
            cnsa2?: boolean;
            /** @description The minimum security strength in bits for making keys and protecting data. Data that is already protected can still be processed. */
            minimumStrength?: number;
            /** @description The purposes that keys of an algorithm may have, at creation and at every use. An algorithm that is not listed may have any. */
            purposes?: {
                [key: string]: ("encrypt" | "sign" | "mac" | "wrap" | "encapsulate")[];
            };
            /** @description Where keys may be kept. Default: in the token or wrapped by it, not in software, and no public keys of others. */
            custody?: ("token" | "wrapped" | "software" | "public")[];
            /** @description The content encryption algorithms (the JWE header enc) that may encrypt. Default: A256GCM only. Data that is already encrypted with another can still be decrypted, except under cnsa2 with fewer than 256 bits. */
            contentEncryption?: ("A128GCM" | "A192GCM" | "A256GCM" | "A128CBC-HS256" | "A192CBC-HS384" | "A256CBC-HS512")[];
            /** @description Allows keys of the purpose encapsulate, at creation and at every use. The shared secrets of these keys leave the HSM in plaintext, because they are the answers of /encapsulate and /decapsulate. Default: false. */
            rawKem?: boolean;
            /** @description Allows /datakey to answer with the data key in plaintext as well as encrypted. FIPS-only refuses it all the same. Default: false. */
            plaintextDataKeys?: boolean;
            /** @description The maximum age of a key in days. An older key no longer protects data, but still decrypts and verifies. A new key cannot have a deactivation date beyond it. */
            maxKeyLifeDays?: number;
            /** @description The maximum age of a key version in days. An older version no longer protects data until its key is rotated. A rotation policy cannot plan a later or less frequent rotation, but a key need not have one. */
            maxRotationIntervalDays?: number;
            /** @description The end dates of algorithms, enforced to the second. */
            sunsets?: ({
                /** @enum {string} */
                algorithm: "RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-P256" | "EC-P384" | "EC-P521" | "Ed25519" | "AES-128" | "AES-256" | "HMAC-SHA256" | "HMAC-SHA384" | "HMAC-SHA512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f" | "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024";
                /**
                 * Format: date-time
                 * @description The time from which each use that will end carries a warning: always for making keys and protecting, and for processing if it has an end. Default: the time at which the policy version in force was applied.
                 */
                warnFrom?: string;
                /**
                 * Format: date-time
                 * @description The time from which keys are not made, and do not encrypt, sign or compute MACs. Default: processUntil.
                 */
                protectUntil?: string;
                /**
                 * Format: date-time
                 * @description The time from which keys do not decrypt or verify either. Default: no end.
                 */
                processUntil?: string;
                /** @description The document that requires the sunset. It is shown to callers that are refused. */
                source?: string;
            } | unknown | unknown | unknown)[];
            /** @description Names that the metadata of a new key must contain. They cannot be removed from a key later. */
            requiredLabels?: string[];
            /** @description The operations that one person requests and another approves: to destroy a key, to mark it as compromised, to deactivate or revoke it, to change this policy in any way, or to relax it. If the list is not empty, relax-policy is always included, so that one person alone cannot remove the others. It cannot be turned on while two issuers of the tenant can name the same people. */
            dualControl?: ("destroy" | "compromise" | "deactivate" | "change-policy" | "relax-policy")[];
            changedBy: string;
            /** Format: date-time */
            changedAt: string;
            pendingVersion: number | null;
        };
        PutPolicy: {
            /** @description The algorithms of keys that may be made and used. Checked at creation and at every use. */
            allowedAlgorithms: ("RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-P256" | "EC-P384" | "EC-P521" | "Ed25519" | "AES-128" | "AES-256" | "HMAC-SHA256" | "HMAC-SHA384" | "HMAC-SHA512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f" | "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024")[];
            /** @description Refuses every request that would use a primitive that is not FIPS-approved. algorithm is the same as true: NIST approves the algorithm. module requires more, at creation and at every use: the certificate of this HSM lists the algorithm as approved, and is active today for the firmware of the HSM. What is not known of the certificate counts as not fulfilled. */
            fipsOnly: boolean | ("algorithm" | "module");
            /** @description Allows only the algorithms of CNSA 2.0 to protect data. Algorithms of CNSA 1.0 still decrypt and verify until the end of 2033. */
            cnsa2?: boolean;
            /** @description The minimum security strength in bits for making keys and protecting data. Data that is already protected can still be processed. */
            minimumStrength?: number;
            /** @description The purposes that keys of an algorithm may have, at creation and at every use. An algorithm that is not listed may have any. */
            purposes?: {
                [key: string]: ("encrypt" | "sign" | "mac" | "wrap" | "encapsulate")[];
            };
            /** @description Where keys may be kept. Default: in the token or wrapped by it, not in software, and no public keys of others. */
            custody?: ("token" | "wrapped" | "software" | "public")[];
            /** @description The content encryption algorithms (the JWE header enc) that may encrypt. Default: A256GCM only. Data that is already encrypted with another can still be decrypted, except under cnsa2 with fewer than 256 bits. */
            contentEncryption?: ("A128GCM" | "A192GCM" | "A256GCM" | "A128CBC-HS256" | "A192CBC-HS384" | "A256CBC-HS512")[];
            /** @description Allows keys of the purpose encapsulate, at creation and at every use. The shared secrets of these keys leave the HSM in plaintext, because they are the answers of /encapsulate and /decapsulate. Default: false. */
            rawKem?: boolean;
            /** @description Allows /datakey to answer with the data key in plaintext as well as encrypted. FIPS-only refuses it all the same. Default: false. */
            plaintextDataKeys?: boolean;
            /** @description The maximum age of a key in days. An older key no longer protects data, but still decrypts and verifies. A new key cannot have a deactivation date beyond it. */
            maxKeyLifeDays?: number;
            /** @description The maximum age of a key version in days. An older version no longer protects data until its key is rotated. A rotation policy cannot plan a later or less frequent rotation, but a key need not have one. */
            maxRotationIntervalDays?: number;
            /** @description The end dates of algorithms, enforced to the second. */
            sunsets?: ({
                /** @enum {string} */
                algorithm: "RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-P256" | "EC-P384" | "EC-P521" | "Ed25519" | "AES-128" | "AES-256" | "HMAC-SHA256" | "HMAC-SHA384" | "HMAC-SHA512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f" | "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024";
                /**
                 * Format: date-time
                 * @description The time from which each use that will end carries a warning: always for making keys and protecting, and for processing if it has an end. Default: the time at which the policy version in force was applied.
                 */
                warnFrom?: string;
                /**
                 * Format: date-time
                 * @description The time from which keys are not made, and do not encrypt, sign or compute MACs. Default: processUntil.
                 */
                protectUntil?: string;
                /**
                 * Format: date-time
                 * @description The time from which keys do not decrypt or verify either. Default: no end.
                 */
                processUntil?: string;
                /** @description The document that requires the sunset. It is shown to callers that are refused. */
                source?: string;
            } | unknown | unknown | unknown)[];
            /** @description Names that the metadata of a new key must contain. They cannot be removed from a key later. */
            requiredLabels?: string[];
            /** @description The operations that one person requests and another approves: to destroy a key, to mark it as compromised, to deactivate or revoke it, to change this policy in any way, or to relax it. If the list is not empty, relax-policy is always included, so that one person alone cannot remove the others. It cannot be turned on while two issuers of the tenant can name the same people. */
            dualControl?: ("destroy" | "compromise" | "deactivate" | "change-policy" | "relax-policy")[];
        };
        EvaluatePolicy: {
            /**
             * @description create is to make a key with POST /keys; protect is to encrypt, encapsulate, sign or compute a MAC; process is to decrypt, decapsulate, verify or unwrap.
             * @enum {string}
             */
            use: "create" | "protect" | "process";
            /**
             * Format: uuid
             * @description An existing key, which then decides algorithm, purpose and custody.
             */
            keyId?: string;
            /** @enum {string} */
            algorithm?: "RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-P256" | "EC-P384" | "EC-P521" | "Ed25519" | "AES-128" | "AES-256" | "HMAC-SHA256" | "HMAC-SHA384" | "HMAC-SHA512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f" | "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024";
            /**
             * @description Default: the first purpose of the algorithm.
             * @enum {string}
             */
            purpose?: "encrypt" | "sign" | "mac" | "wrap" | "encapsulate";
            /**
             * @description Default: token.
             * @enum {string}
             */
            custody?: "token" | "wrapped" | "software" | "public";
            /** @description Planned lifetime of a new key in days. */
            lifeDays?: number;
            /** @description Planned rotation interval in days. */
            rotationDays?: number;
            /** @description The names in the metadata of a new key. */
            labels?: string[];
            /**
             * @description The content encryption, to evaluate encrypting or decrypting with it. Default: none.
             * @enum {string}
             */
            enc?: "A128GCM" | "A192GCM" | "A256GCM" | "A128CBC-HS256" | "A192CBC-HS384" | "A256CBC-HS512";
            /**
             * Format: date-time
             * @description The time to evaluate the policy at. Default: now.
             */
            at?: string;
        } & ((unknown | unknown) & unknown);
        PolicyEvaluation: {
            allow: boolean;
            /** @description The first rule that refuses the use, or the strictest rule that allows it. platform means that the policy allows the use but the platform or the token cannot perform it. */
            rule: ("allowedAlgorithms" | "fipsOnly" | "cnsa2" | "minimumStrength" | "purposes" | "custody" | "contentEncryption" | "rawKem" | "plaintextDataKeys" | "maxKeyLifeDays" | "maxRotationIntervalDays" | "sunsets" | "requiredLabels" | "dualControl") | "platform";
            source: string;
            reasons: (components["schemas"]["PolicyReason"] | components["schemas"]["PlatformReason"])[];
            /** @description The time at which the decision may change by itself, or null if it does not. */
            until: string | null;
            warnings: {
                code: string;
                detail: string;
                /**
                 * Format: date-time
                 * @description The time from which the use is deprecated.
                 */
                deprecation?: string;
                /**
                 * Format: date-time
                 * @description The time from which the use is refused.
                 */
                sunset?: string;
            }[];
            policyVersion: number;
            /** @enum {string} */
            algorithm: "RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-P256" | "EC-P384" | "EC-P521" | "Ed25519" | "AES-128" | "AES-256" | "HMAC-SHA256" | "HMAC-SHA384" | "HMAC-SHA512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f" | "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024";
            /** @enum {string} */
            purpose: "encrypt" | "sign" | "mac" | "wrap" | "encapsulate";
            /** @enum {string} */
            custody: "token" | "wrapped" | "software" | "public";
            /** @description The steps that this token leaves to the worker. */
            outsideSteps: string[];
        };
        PlatformReason: {
            /**
             * @description The code of the problem that the call would return.
             * @enum {string}
             */
            code: "purpose-mismatch" | "algorithm-unavailable";
            /**
             * @description The reason is not a rule of the policy: the platform or the token cannot do it.
             * @constant
             */
            rule: "platform";
            detail: string;
            source: string;
        };
        EvaluatePolicyChange: {
            /** @description The proposed policy document. */
            document: {
                /** @description The algorithms of keys that may be made and used. Checked at creation and at every use. */
                allowedAlgorithms: ("RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-P256" | "EC-P384" | "EC-P521" | "Ed25519" | "AES-128" | "AES-256" | "HMAC-SHA256" | "HMAC-SHA384" | "HMAC-SHA512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f" | "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024")[];
                /** @description Refuses every request that would use a primitive that is not FIPS-approved. algorithm is the same as true: NIST approves the algorithm. module requires more, at creation and at every use: the certificate of this HSM lists the algorithm as approved, and is active today for the firmware of the HSM. What is not known of the certificate counts as not fulfilled. */
                fipsOnly: boolean | ("algorithm" | "module");
                /** @description Allows only the algorithms of CNSA 2.0 to protect data. Algorithms of CNSA 1.0 still decrypt and verify until the end of 2033. */
                cnsa2?: boolean;
                /** @description The minimum security strength in bits for making keys and protecting data. Data that is already protected can still be processed. */
                minimumStrength?: number;
                /** @description The purposes that keys of an algorithm may have, at creation and at every use. An algorithm that is not listed may have any. */
                purposes?: {
                    [key: string]: ("encrypt" | "sign" | "mac" | "wrap" | "encapsulate")[];
                };
                /** @description Where keys may be kept. Default: in the token or wrapped by it, not in software, and no public keys of others. */
                custody?: ("token" | "wrapped" | "software" | "public")[];
                /** @description The content encryption algorithms (the JWE header enc) that may encrypt. Default: A256GCM only. Data that is already encrypted with another can still be decrypted, except under cnsa2 with fewer than 256 bits. */
                contentEncryption?: ("A128GCM" | "A192GCM" | "A256GCM" | "A128CBC-HS256" | "A192CBC-HS384" | "A256CBC-HS512")[];
                /** @description Allows keys of the purpose encapsulate, at creation and at every use. The shared secrets of these keys leave the HSM in plaintext, because they are the answers of /encapsulate and /decapsulate. Default: false. */
                rawKem?: boolean;
                /** @description Allows /datakey to answer with the data key in plaintext as well as encrypted. FIPS-only refuses it all the same. Default: false. */
                plaintextDataKeys?: boolean;
                /** @description The maximum age of a key in days. An older key no longer protects data, but still decrypts and verifies. A new key cannot have a deactivation date beyond it. */
                maxKeyLifeDays?: number;
                /** @description The maximum age of a key version in days. An older version no longer protects data until its key is rotated. A rotation policy cannot plan a later or less frequent rotation, but a key need not have one. */
                maxRotationIntervalDays?: number;
                /** @description The end dates of algorithms, enforced to the second. */
                sunsets?: ({
                    /** @enum {string} */
                    algorithm: "RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-P256" | "EC-P384" | "EC-P521" | "Ed25519" | "AES-128" | "AES-256" | "HMAC-SHA256" | "HMAC-SHA384" | "HMAC-SHA512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f" | "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024";
                    /**
                     * Format: date-time
                     * @description The time from which each use that will end carries a warning: always for making keys and protecting, and for processing if it has an end. Default: the time at which the policy version in force was applied.
                     */
                    warnFrom?: string;
                    /**
                     * Format: date-time
                     * @description The time from which keys are not made, and do not encrypt, sign or compute MACs. Default: processUntil.
                     */
                    protectUntil?: string;
                    /**
                     * Format: date-time
                     * @description The time from which keys do not decrypt or verify either. Default: no end.
                     */
                    processUntil?: string;
                    /** @description The document that requires the sunset. It is shown to callers that are refused. */
                    source?: string;
                } | unknown | unknown | unknown)[];
                /** @description Names that the metadata of a new key must contain. They cannot be removed from a key later. */
                requiredLabels?: string[];
                /** @description The operations that one person requests and another approves: to destroy a key, to mark it as compromised, to deactivate or revoke it, to change this policy in any way, or to relax it. If the list is not empty, relax-policy is always included, so that one person alone cannot remove the others. It cannot be turned on while two issuers of the tenant can name the same people. */
                dualControl?: ("destroy" | "compromise" | "deactivate" | "change-policy" | "relax-policy")[];
            };
            /**
             * @description The number of past days whose operations are checked.
             * @default 30
             */
            days?: number;
            /**
             * @description The number of key versions that one answer checks.
             * @default 1000
             */
            limit?: number;
            /** @description The value of `next` of the page before, with the same filter. */
            cursor?: string;
        };
        PolicyChangeEvaluation: {
            /** @description The policy version in force that the proposal is compared with. */
            policyVersion: number;
            /** @description The key versions on this page that would lose a use they have now. */
            versions: {
                checked: number;
                refused: number;
                items: {
                    /** Format: uuid */
                    keyId: string;
                    label: string;
                    version: number;
                    /** @enum {string} */
                    algorithm: "RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-P256" | "EC-P384" | "EC-P521" | "Ed25519" | "AES-128" | "AES-256" | "HMAC-SHA256" | "HMAC-SHA384" | "HMAC-SHA512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f" | "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024";
                    /** @enum {string} */
                    purpose: "encrypt" | "sign" | "mac" | "wrap" | "encapsulate";
                    /** @enum {string} */
                    custody: "token" | "wrapped" | "software" | "public";
                    refused: {
                        /** @enum {string} */
                        use: "protect" | "process";
                        reasons: components["schemas"]["PolicyReason"][];
                    }[];
                }[];
                next: string | null;
            };
            /** @description The recent calls that the proposed policy would have refused: encrypt, decrypt, sign, verify, encapsulate, decapsulate, key.create, key.import and key.rotate. Their content encryption is not taken into account. null after the first page. */
            operations: {
                /** Format: date-time */
                since: string;
                /** @description The number of sealed, successful calls since then. */
                checked: number;
                refused: number;
                /** @description False if only the most frequent kinds of calls were checked. */
                complete: boolean;
                items: {
                    operation: string;
                    /** Format: uuid */
                    keyId: string;
                    version: number;
                    /** @enum {string} */
                    algorithm: "RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-P256" | "EC-P384" | "EC-P521" | "Ed25519" | "AES-128" | "AES-256" | "HMAC-SHA256" | "HMAC-SHA384" | "HMAC-SHA512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f" | "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024";
                    count: number;
                    /** Format: date-time */
                    lastAt: string;
                    reasons: components["schemas"]["PolicyReason"][];
                }[];
            } | null;
        };
        PolicyVersion: {
            version: number;
            /**
             * @description An active version is in force on every worker. A failed version was refused by the workers and never in force.
             * @enum {string}
             */
            state: "pending" | "active" | "superseded" | "failed";
            changedBy: string;
            /** Format: date-time */
            changedAt: string;
            /** @description The earlier version that this version restored. */
            restores: number | null;
            /** @description Whether the tenant is disabled while the version is in force. The document is that of the version before. */
            disabled: boolean;
        };
        PolicyVersionDocument: {
            version: number;
            /**
             * @description An active version is in force on every worker. A failed version was refused by the workers and never in force.
             * @enum {string}
             */
            state: "pending" | "active" | "superseded" | "failed";
            changedBy: string;
            /** Format: date-time */
            changedAt: string;
            /** @description The earlier version that this version restored. */
            restores: number | null;
            /** @description Whether the tenant is disabled while the version is in force. The document is that of the version before. */
            disabled: boolean;
            document: {
                /** @description The algorithms of keys that may be made and used. Checked at creation and at every use. */
                allowedAlgorithms: ("RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-P256" | "EC-P384" | "EC-P521" | "Ed25519" | "AES-128" | "AES-256" | "HMAC-SHA256" | "HMAC-SHA384" | "HMAC-SHA512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f" | "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024")[];
                /** @description Refuses every request that would use a primitive that is not FIPS-approved. algorithm is the same as true: NIST approves the algorithm. module requires more, at creation and at every use: the certificate of this HSM lists the algorithm as approved, and is active today for the firmware of the HSM. What is not known of the certificate counts as not fulfilled. */
                fipsOnly: boolean | ("algorithm" | "module");
                /** @description Allows only the algorithms of CNSA 2.0 to protect data. Algorithms of CNSA 1.0 still decrypt and verify until the end of 2033. */
                cnsa2?: boolean;
                /** @description The minimum security strength in bits for making keys and protecting data. Data that is already protected can still be processed. */
                minimumStrength?: number;
                /** @description The purposes that keys of an algorithm may have, at creation and at every use. An algorithm that is not listed may have any. */
                purposes?: {
                    [key: string]: ("encrypt" | "sign" | "mac" | "wrap" | "encapsulate")[];
                };
                /** @description Where keys may be kept. Default: in the token or wrapped by it, not in software, and no public keys of others. */
                custody?: ("token" | "wrapped" | "software" | "public")[];
                /** @description The content encryption algorithms (the JWE header enc) that may encrypt. Default: A256GCM only. Data that is already encrypted with another can still be decrypted, except under cnsa2 with fewer than 256 bits. */
                contentEncryption?: ("A128GCM" | "A192GCM" | "A256GCM" | "A128CBC-HS256" | "A192CBC-HS384" | "A256CBC-HS512")[];
                /** @description Allows keys of the purpose encapsulate, at creation and at every use. The shared secrets of these keys leave the HSM in plaintext, because they are the answers of /encapsulate and /decapsulate. Default: false. */
                rawKem?: boolean;
                /** @description Allows /datakey to answer with the data key in plaintext as well as encrypted. FIPS-only refuses it all the same. Default: false. */
                plaintextDataKeys?: boolean;
                /** @description The maximum age of a key in days. An older key no longer protects data, but still decrypts and verifies. A new key cannot have a deactivation date beyond it. */
                maxKeyLifeDays?: number;
                /** @description The maximum age of a key version in days. An older version no longer protects data until its key is rotated. A rotation policy cannot plan a later or less frequent rotation, but a key need not have one. */
                maxRotationIntervalDays?: number;
                /** @description The end dates of algorithms, enforced to the second. */
                sunsets?: ({
                    /** @enum {string} */
                    algorithm: "RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-P256" | "EC-P384" | "EC-P521" | "Ed25519" | "AES-128" | "AES-256" | "HMAC-SHA256" | "HMAC-SHA384" | "HMAC-SHA512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f" | "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024";
                    /**
                     * Format: date-time
                     * @description The time from which each use that will end carries a warning: always for making keys and protecting, and for processing if it has an end. Default: the time at which the policy version in force was applied.
                     */
                    warnFrom?: string;
                    /**
                     * Format: date-time
                     * @description The time from which keys are not made, and do not encrypt, sign or compute MACs. Default: processUntil.
                     */
                    protectUntil?: string;
                    /**
                     * Format: date-time
                     * @description The time from which keys do not decrypt or verify either. Default: no end.
                     */
                    processUntil?: string;
                    /** @description The document that requires the sunset. It is shown to callers that are refused. */
                    source?: string;
                } | unknown | unknown | unknown)[];
                /** @description Names that the metadata of a new key must contain. They cannot be removed from a key later. */
                requiredLabels?: string[];
                /** @description The operations that one person requests and another approves: to destroy a key, to mark it as compromised, to deactivate or revoke it, to change this policy in any way, or to relax it. If the list is not empty, relax-policy is always included, so that one person alone cannot remove the others. It cannot be turned on while two issuers of the tenant can name the same people. */
                dualControl?: ("destroy" | "compromise" | "deactivate" | "change-policy" | "relax-policy")[];
            };
        };
        PolicyDifference: {
            /** @enum {string} */
            field: "allowedAlgorithms" | "fipsOnly" | "cnsa2" | "minimumStrength" | "purposes" | "custody" | "contentEncryption" | "rawKem" | "plaintextDataKeys" | "maxKeyLifeDays" | "maxRotationIntervalDays" | "sunsets" | "requiredLabels" | "dualControl";
            /**
             * @description The algorithm that the entry belongs to, in fields with one entry per algorithm.
             * @enum {string}
             */
            algorithm?: "RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-P256" | "EC-P384" | "EC-P521" | "Ed25519" | "AES-128" | "AES-256" | "HMAC-SHA256" | "HMAC-SHA384" | "HMAC-SHA512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f" | "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024";
            added?: string[];
            removed?: string[];
            /** @description The previous value, or null if there was none. */
            before?: unknown;
            /** @description The new value, or null if there is none. */
            after?: unknown;
        };
        RollbackPolicy: {
            /** @description The version to restore. It must have been in force. */
            version: number;
        };
        PolicyTemplate: {
            name: string;
            title: string;
            description: string;
            /** @description A policy document for PUT /policy, to be sent unchanged or edited. */
            document: {
                /** @description The algorithms of keys that may be made and used. Checked at creation and at every use. */
                allowedAlgorithms: ("RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-P256" | "EC-P384" | "EC-P521" | "Ed25519" | "AES-128" | "AES-256" | "HMAC-SHA256" | "HMAC-SHA384" | "HMAC-SHA512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f" | "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024")[];
                /** @description Refuses every request that would use a primitive that is not FIPS-approved. algorithm is the same as true: NIST approves the algorithm. module requires more, at creation and at every use: the certificate of this HSM lists the algorithm as approved, and is active today for the firmware of the HSM. What is not known of the certificate counts as not fulfilled. */
                fipsOnly: boolean | ("algorithm" | "module");
                /** @description Allows only the algorithms of CNSA 2.0 to protect data. Algorithms of CNSA 1.0 still decrypt and verify until the end of 2033. */
                cnsa2?: boolean;
                /** @description The minimum security strength in bits for making keys and protecting data. Data that is already protected can still be processed. */
                minimumStrength?: number;
                /** @description The purposes that keys of an algorithm may have, at creation and at every use. An algorithm that is not listed may have any. */
                purposes?: {
                    [key: string]: ("encrypt" | "sign" | "mac" | "wrap" | "encapsulate")[];
                };
                /** @description Where keys may be kept. Default: in the token or wrapped by it, not in software, and no public keys of others. */
                custody?: ("token" | "wrapped" | "software" | "public")[];
                /** @description The content encryption algorithms (the JWE header enc) that may encrypt. Default: A256GCM only. Data that is already encrypted with another can still be decrypted, except under cnsa2 with fewer than 256 bits. */
                contentEncryption?: ("A128GCM" | "A192GCM" | "A256GCM" | "A128CBC-HS256" | "A192CBC-HS384" | "A256CBC-HS512")[];
                /** @description Allows keys of the purpose encapsulate, at creation and at every use. The shared secrets of these keys leave the HSM in plaintext, because they are the answers of /encapsulate and /decapsulate. Default: false. */
                rawKem?: boolean;
                /** @description Allows /datakey to answer with the data key in plaintext as well as encrypted. FIPS-only refuses it all the same. Default: false. */
                plaintextDataKeys?: boolean;
                /** @description The maximum age of a key in days. An older key no longer protects data, but still decrypts and verifies. A new key cannot have a deactivation date beyond it. */
                maxKeyLifeDays?: number;
                /** @description The maximum age of a key version in days. An older version no longer protects data until its key is rotated. A rotation policy cannot plan a later or less frequent rotation, but a key need not have one. */
                maxRotationIntervalDays?: number;
                /** @description The end dates of algorithms, enforced to the second. */
                sunsets?: ({
                    /** @enum {string} */
                    algorithm: "RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-P256" | "EC-P384" | "EC-P521" | "Ed25519" | "AES-128" | "AES-256" | "HMAC-SHA256" | "HMAC-SHA384" | "HMAC-SHA512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f" | "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024";
                    /**
                     * Format: date-time
                     * @description The time from which each use that will end carries a warning: always for making keys and protecting, and for processing if it has an end. Default: the time at which the policy version in force was applied.
                     */
                    warnFrom?: string;
                    /**
                     * Format: date-time
                     * @description The time from which keys are not made, and do not encrypt, sign or compute MACs. Default: processUntil.
                     */
                    protectUntil?: string;
                    /**
                     * Format: date-time
                     * @description The time from which keys do not decrypt or verify either. Default: no end.
                     */
                    processUntil?: string;
                    /** @description The document that requires the sunset. It is shown to callers that are refused. */
                    source?: string;
                } | unknown | unknown | unknown)[];
                /** @description Names that the metadata of a new key must contain. They cannot be removed from a key later. */
                requiredLabels?: string[];
                /** @description The operations that one person requests and another approves: to destroy a key, to mark it as compromised, to deactivate or revoke it, to change this policy in any way, or to relax it. If the list is not empty, relax-policy is always included, so that one person alone cannot remove the others. It cannot be turned on while two issuers of the tenant can name the same people. */
                dualControl?: ("destroy" | "compromise" | "deactivate" | "change-policy" | "relax-policy")[];
            };
            /** @description The source of each rule: document and section. */
            sources: {
                /** @enum {string} */
                rule: "allowedAlgorithms" | "fipsOnly" | "cnsa2" | "minimumStrength" | "purposes" | "custody" | "contentEncryption" | "rawKem" | "plaintextDataKeys" | "maxKeyLifeDays" | "maxRotationIntervalDays" | "sunsets" | "requiredLabels" | "dualControl";
                source: string;
            }[];
        };
        ApproveRequest: Record<string, never>;
        RejectRequest: {
            /** @description The reason, for the requester. It is stored in the audit trail. */
            reason?: string;
        };
        CreateServiceAccount: {
            /** @description A name for people. */
            name: string;
            roles: ("tenant-admin" | "application-admin" | "user" | "auditor")[];
            /**
             * @description The groups of the account. Keys can be granted to them or to the account’s own id.
             * @default []
             */
            groups?: string[];
            /** @description Public keys as JWKs. */
            keys?: ({
                /** @constant */
                kty: "RSA";
                /** @description The id that tokens and assertions name the key by. Default: its SHA-256 thumbprint (RFC 7638). */
                kid?: string;
                /**
                 * @description The algorithm that the key signs with. Default: the only one that fits the key, if there is one.
                 * @enum {string}
                 */
                alg?: "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87";
                /** @enum {string} */
                use?: "sig";
                /** @description Must contain `verify`. It is not stored. */
                key_ops?: string[];
                n: string;
                e: string;
                d?: unknown;
                p?: unknown;
                q?: unknown;
                dp?: unknown;
                dq?: unknown;
                qi?: unknown;
                oth?: unknown;
                k?: unknown;
                priv?: unknown;
                /**
                 * Format: date-time
                 * @description The time from which it proves nothing, and until which its tokens live at most. Default: no end.
                 */
                expiresAt?: string;
            } | {
                /** @constant */
                kty: "EC";
                /** @description The id that tokens and assertions name the key by. Default: its SHA-256 thumbprint (RFC 7638). */
                kid?: string;
                /**
                 * @description The algorithm that the key signs with. Default: the only one that fits the key, if there is one.
                 * @enum {string}
                 */
                alg?: "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87";
                /** @enum {string} */
                use?: "sig";
                /** @description Must contain `verify`. It is not stored. */
                key_ops?: string[];
                /** @enum {string} */
                crv: "P-256" | "P-384" | "P-521";
                x: string;
                y: string;
                d?: unknown;
                p?: unknown;
                q?: unknown;
                dp?: unknown;
                dq?: unknown;
                qi?: unknown;
                oth?: unknown;
                k?: unknown;
                priv?: unknown;
                /**
                 * Format: date-time
                 * @description The time from which it proves nothing, and until which its tokens live at most. Default: no end.
                 */
                expiresAt?: string;
            } | {
                /** @constant */
                kty: "OKP";
                /** @description The id that tokens and assertions name the key by. Default: its SHA-256 thumbprint (RFC 7638). */
                kid?: string;
                /**
                 * @description The algorithm that the key signs with. Default: the only one that fits the key, if there is one.
                 * @enum {string}
                 */
                alg?: "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87";
                /** @enum {string} */
                use?: "sig";
                /** @description Must contain `verify`. It is not stored. */
                key_ops?: string[];
                /** @constant */
                crv: "Ed25519";
                x: string;
                d?: unknown;
                p?: unknown;
                q?: unknown;
                dp?: unknown;
                dq?: unknown;
                qi?: unknown;
                oth?: unknown;
                k?: unknown;
                priv?: unknown;
                /**
                 * Format: date-time
                 * @description The time from which it proves nothing, and until which its tokens live at most. Default: no end.
                 */
                expiresAt?: string;
            } | {
                /** @constant */
                kty: "AKP";
                /** @description The id that tokens and assertions name the key by. Default: its SHA-256 thumbprint (RFC 7638). */
                kid?: string;
                /**
                 * @description The algorithm that the key signs with. Default: the only one that fits the key, if there is one.
                 * @enum {string}
                 */
                alg?: "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87";
                /** @enum {string} */
                use?: "sig";
                /** @description Must contain `verify`. It is not stored. */
                key_ops?: string[];
                pub: string;
                d?: unknown;
                p?: unknown;
                q?: unknown;
                dp?: unknown;
                dq?: unknown;
                qi?: unknown;
                oth?: unknown;
                k?: unknown;
                priv?: unknown;
                /**
                 * Format: date-time
                 * @description The time from which it proves nothing, and until which its tokens live at most. Default: no end.
                 */
                expiresAt?: string;
            })[];
            /**
             * @description X.509 certificates, each in PEM or base64 DER.
             * @default []
             */
            certificates?: (string | {
                certificate: string;
                /**
                 * Format: date-time
                 * @description The time from which it proves nothing, and until which its tokens live at most. Default: no end.
                 */
                expiresAt?: string;
            })[];
        } | {
            keys: unknown;
        } | {
            certificates: unknown;
        };
        ServiceAccount: {
            /**
             * Format: uuid
             * @description The id of the account. It is the subject of its tokens and the grantee of its grants.
             */
            id: string;
            /** Format: uuid */
            tenantId: string;
            /** @description The client id for the token endpoint, used as iss and sub of assertions or as client_id. */
            clientId: string;
            /** @description A name for people. */
            name: string;
            roles: ("tenant-admin" | "application-admin" | "user" | "auditor")[];
            /** @description The groups of the account. Keys can be granted to them or to the account’s own id. */
            groups: string[];
            /** @description Public keys as JWKs, with their ends. */
            keys: {
                [key: string]: string;
            }[];
            certificates: {
                /** @description The SHA-256 of its DER encoding in base64url. Tokens bound to the certificate carry it as `x5t#S256`. */
                thumbprint: string;
                /** @description The subject of the certificate, for people. It decides nothing. */
                subject: string;
                /** Format: date-time */
                notAfter: string;
                /**
                 * Format: date-time
                 * @description The time from which it proves nothing, and until which its tokens live at most. Default: no end.
                 */
                expiresAt?: string;
            }[];
            createdBy: string;
            /** Format: date-time */
            createdAt: string;
            revision: number;
        };
        PutServiceAccount: {
            /** @description A name for people. */
            name: string;
            roles: ("tenant-admin" | "application-admin" | "user" | "auditor")[];
            /** @description The groups of the account. Keys can be granted to them or to the account’s own id. */
            groups: string[];
            /** @description All public keys as JWKs. Several can be valid at once. */
            keys: ({
                /** @constant */
                kty: "RSA";
                /** @description The id that tokens and assertions name the key by. Default: its SHA-256 thumbprint (RFC 7638). */
                kid?: string;
                /**
                 * @description The algorithm that the key signs with. Default: the only one that fits the key, if there is one.
                 * @enum {string}
                 */
                alg?: "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87";
                /** @enum {string} */
                use?: "sig";
                /** @description Must contain `verify`. It is not stored. */
                key_ops?: string[];
                n: string;
                e: string;
                d?: unknown;
                p?: unknown;
                q?: unknown;
                dp?: unknown;
                dq?: unknown;
                qi?: unknown;
                oth?: unknown;
                k?: unknown;
                priv?: unknown;
                /**
                 * Format: date-time
                 * @description The time from which it proves nothing, and until which its tokens live at most. Default: no end.
                 */
                expiresAt?: string;
            } | {
                /** @constant */
                kty: "EC";
                /** @description The id that tokens and assertions name the key by. Default: its SHA-256 thumbprint (RFC 7638). */
                kid?: string;
                /**
                 * @description The algorithm that the key signs with. Default: the only one that fits the key, if there is one.
                 * @enum {string}
                 */
                alg?: "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87";
                /** @enum {string} */
                use?: "sig";
                /** @description Must contain `verify`. It is not stored. */
                key_ops?: string[];
                /** @enum {string} */
                crv: "P-256" | "P-384" | "P-521";
                x: string;
                y: string;
                d?: unknown;
                p?: unknown;
                q?: unknown;
                dp?: unknown;
                dq?: unknown;
                qi?: unknown;
                oth?: unknown;
                k?: unknown;
                priv?: unknown;
                /**
                 * Format: date-time
                 * @description The time from which it proves nothing, and until which its tokens live at most. Default: no end.
                 */
                expiresAt?: string;
            } | {
                /** @constant */
                kty: "OKP";
                /** @description The id that tokens and assertions name the key by. Default: its SHA-256 thumbprint (RFC 7638). */
                kid?: string;
                /**
                 * @description The algorithm that the key signs with. Default: the only one that fits the key, if there is one.
                 * @enum {string}
                 */
                alg?: "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87";
                /** @enum {string} */
                use?: "sig";
                /** @description Must contain `verify`. It is not stored. */
                key_ops?: string[];
                /** @constant */
                crv: "Ed25519";
                x: string;
                d?: unknown;
                p?: unknown;
                q?: unknown;
                dp?: unknown;
                dq?: unknown;
                qi?: unknown;
                oth?: unknown;
                k?: unknown;
                priv?: unknown;
                /**
                 * Format: date-time
                 * @description The time from which it proves nothing, and until which its tokens live at most. Default: no end.
                 */
                expiresAt?: string;
            } | {
                /** @constant */
                kty: "AKP";
                /** @description The id that tokens and assertions name the key by. Default: its SHA-256 thumbprint (RFC 7638). */
                kid?: string;
                /**
                 * @description The algorithm that the key signs with. Default: the only one that fits the key, if there is one.
                 * @enum {string}
                 */
                alg?: "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87";
                /** @enum {string} */
                use?: "sig";
                /** @description Must contain `verify`. It is not stored. */
                key_ops?: string[];
                pub: string;
                d?: unknown;
                p?: unknown;
                q?: unknown;
                dp?: unknown;
                dq?: unknown;
                qi?: unknown;
                oth?: unknown;
                k?: unknown;
                priv?: unknown;
                /**
                 * Format: date-time
                 * @description The time from which it proves nothing, and until which its tokens live at most. Default: no end.
                 */
                expiresAt?: string;
            })[];
            /** @description All X.509 certificates, each in PEM or base64 DER, or by the thumbprint of one that the account has. */
            certificates: ((string | {
                certificate: string;
                /**
                 * Format: date-time
                 * @description The time from which it proves nothing, and until which its tokens live at most. Default: no end.
                 */
                expiresAt?: string;
            }) | {
                thumbprint: string;
                /**
                 * Format: date-time
                 * @description The time from which it proves nothing, and until which its tokens live at most. Default: no end.
                 */
                expiresAt?: string;
            })[];
        } | {
            keys: unknown;
        } | {
            certificates: unknown;
        };
        CreateIssuer: {
            /**
             * Format: uri
             * @description The value of `iss`, compared character by character.
             */
            issuer: string;
            /** @description The value that the claim with the audience (`aud`) must contain. */
            audience: string;
            algorithms: ("RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87")[];
            /**
             * @description Where the claims are. Each is a name, or a path with dots such as `realm_access.roles`; a claim with the whole name comes first.
             * @default {
             *       "tenant": "tenant",
             *       "roles": "roles",
             *       "groups": "groups",
             *       "audience": "aud",
             *       "required": []
             *     }
             */
            claims?: {
                /**
                 * @description The claim with the tenant’s id.
                 * @default tenant
                 */
                tenant?: string;
                /**
                 * @description The claim with the roles: a list, or a text with spaces between them.
                 * @default roles
                 */
                roles?: string;
                /**
                 * @description The claim with the groups, a list.
                 * @default groups
                 */
                groups?: string;
                /**
                 * @description The claim with the audience. `aud`, except for a provider whose access tokens have none: the others name the application that got the token (Amazon Cognito: `client_id`).
                 * @default aud
                 * @enum {string}
                 */
                audience?: "aud" | "client_id" | "azp" | "cid" | "appid";
                /**
                 * @description Claims that a token must have besides `iss`, the audience, `sub`, `exp`, and `iat` or `nbf`, from which its life is counted. `nbf` is checked whenever it is present.
                 * @default []
                 */
                required?: ("nbf" | "iat" | "jti" | "client_id")[];
            };
            /**
             * @description The roles that the issuer may assign. Other roles in its tokens are ignored.
             * @default [
             *       "tenant-admin",
             *       "application-admin",
             *       "user",
             *       "auditor"
             *     ]
             */
            roles?: ("tenant-admin" | "application-admin" | "user" | "auditor")[];
            /**
             * @description A prefix added to every `sub` and every group of the issuer’s tokens, in grants and in the audit trail. Without it, the issuer can issue tokens for every subject that does not begin with another issuer’s prefix.
             * @default
             */
            subjectPrefix?: string;
            /**
             * @description Allows the issuer to share its subjectPrefix with another issuer, for example while one replaces the other. Refused while the policy requires two people for anything.
             * @default false
             */
            sharesSubjects?: boolean;
            /** @description Public keys as JWKs. Default: they are fetched. */
            keys?: ({
                /** @constant */
                kty: "RSA";
                /** @description The id that tokens and assertions name the key by. Default: its SHA-256 thumbprint (RFC 7638). */
                kid?: string;
                /**
                 * @description The algorithm that the key signs with. Default: the only one that fits the key, if there is one.
                 * @enum {string}
                 */
                alg?: "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87";
                /** @enum {string} */
                use?: "sig";
                /** @description Must contain `verify`. It is not stored. */
                key_ops?: string[];
                n: string;
                e: string;
                d?: unknown;
                p?: unknown;
                q?: unknown;
                dp?: unknown;
                dq?: unknown;
                qi?: unknown;
                oth?: unknown;
                k?: unknown;
                priv?: unknown;
            } | {
                /** @constant */
                kty: "EC";
                /** @description The id that tokens and assertions name the key by. Default: its SHA-256 thumbprint (RFC 7638). */
                kid?: string;
                /**
                 * @description The algorithm that the key signs with. Default: the only one that fits the key, if there is one.
                 * @enum {string}
                 */
                alg?: "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87";
                /** @enum {string} */
                use?: "sig";
                /** @description Must contain `verify`. It is not stored. */
                key_ops?: string[];
                /** @enum {string} */
                crv: "P-256" | "P-384" | "P-521";
                x: string;
                y: string;
                d?: unknown;
                p?: unknown;
                q?: unknown;
                dp?: unknown;
                dq?: unknown;
                qi?: unknown;
                oth?: unknown;
                k?: unknown;
                priv?: unknown;
            } | {
                /** @constant */
                kty: "OKP";
                /** @description The id that tokens and assertions name the key by. Default: its SHA-256 thumbprint (RFC 7638). */
                kid?: string;
                /**
                 * @description The algorithm that the key signs with. Default: the only one that fits the key, if there is one.
                 * @enum {string}
                 */
                alg?: "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87";
                /** @enum {string} */
                use?: "sig";
                /** @description Must contain `verify`. It is not stored. */
                key_ops?: string[];
                /** @constant */
                crv: "Ed25519";
                x: string;
                d?: unknown;
                p?: unknown;
                q?: unknown;
                dp?: unknown;
                dq?: unknown;
                qi?: unknown;
                oth?: unknown;
                k?: unknown;
                priv?: unknown;
            } | {
                /** @constant */
                kty: "AKP";
                /** @description The id that tokens and assertions name the key by. Default: its SHA-256 thumbprint (RFC 7638). */
                kid?: string;
                /**
                 * @description The algorithm that the key signs with. Default: the only one that fits the key, if there is one.
                 * @enum {string}
                 */
                alg?: "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87";
                /** @enum {string} */
                use?: "sig";
                /** @description Must contain `verify`. It is not stored. */
                key_ops?: string[];
                pub: string;
                d?: unknown;
                p?: unknown;
                q?: unknown;
                dp?: unknown;
                dq?: unknown;
                qi?: unknown;
                oth?: unknown;
                k?: unknown;
                priv?: unknown;
            })[];
            /**
             * Format: uri
             * @description The URL of the issuer’s JWK Set. Default: found by OpenID discovery.
             */
            jwksUrl?: string;
        };
        Issuer: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            tenantId: string;
            /**
             * Format: uri
             * @description The value of `iss`, compared character by character.
             */
            issuer: string;
            /** @description The value that the claim with the audience (`aud`) must contain. */
            audience: string;
            algorithms: ("RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87")[];
            claims: {
                /** @description The claim with the tenant’s id. */
                tenant: string;
                /** @description The claim with the roles: a list, or a text with spaces between them. */
                roles: string;
                /** @description The claim with the groups, a list. */
                groups: string;
                /**
                 * @description The claim with the audience. `aud`, except for a provider whose access tokens have none: the others name the application that got the token (Amazon Cognito: `client_id`).
                 * @enum {string}
                 */
                audience: "aud" | "client_id" | "azp" | "cid" | "appid";
                /** @description Claims that a token must have besides `iss`, the audience, `sub`, `exp`, and `iat` or `nbf`, from which its life is counted. `nbf` is checked whenever it is present. */
                required: ("nbf" | "iat" | "jti" | "client_id")[];
            };
            /** @description The roles that the issuer may assign. Other roles in its tokens are ignored. */
            roles: ("tenant-admin" | "application-admin" | "user" | "auditor")[];
            /** @description A prefix added to every `sub` and every group of the issuer’s tokens, in grants and in the audit trail. Without it, the issuer can issue tokens for every subject that does not begin with another issuer’s prefix. */
            subjectPrefix: string;
            /** @description Allows the issuer to share its subjectPrefix with another issuer, for example while one replaces the other. Refused while the policy requires two people for anything. */
            sharesSubjects: boolean;
            keys: {
                [key: string]: string;
            }[] | null;
            jwksUrl: string | null;
            createdBy: string;
            /** Format: date-time */
            createdAt: string;
            /** @description The revision, also sent as the ETag. */
            revision: number;
        };
        PutIssuer: {
            /**
             * Format: uri
             * @description The value of `iss`, compared character by character.
             */
            issuer: string;
            /** @description The value that the claim with the audience (`aud`) must contain. */
            audience: string;
            algorithms: ("RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87")[];
            /**
             * @description Where the claims are. Each is a name, or a path with dots such as `realm_access.roles`; a claim with the whole name comes first.
             * @default {
             *       "tenant": "tenant",
             *       "roles": "roles",
             *       "groups": "groups",
             *       "audience": "aud",
             *       "required": []
             *     }
             */
            claims?: {
                /**
                 * @description The claim with the tenant’s id.
                 * @default tenant
                 */
                tenant?: string;
                /**
                 * @description The claim with the roles: a list, or a text with spaces between them.
                 * @default roles
                 */
                roles?: string;
                /**
                 * @description The claim with the groups, a list.
                 * @default groups
                 */
                groups?: string;
                /**
                 * @description The claim with the audience. `aud`, except for a provider whose access tokens have none: the others name the application that got the token (Amazon Cognito: `client_id`).
                 * @default aud
                 * @enum {string}
                 */
                audience?: "aud" | "client_id" | "azp" | "cid" | "appid";
                /**
                 * @description Claims that a token must have besides `iss`, the audience, `sub`, `exp`, and `iat` or `nbf`, from which its life is counted. `nbf` is checked whenever it is present.
                 * @default []
                 */
                required?: ("nbf" | "iat" | "jti" | "client_id")[];
            };
            /**
             * @description The roles that the issuer may assign. Other roles in its tokens are ignored.
             * @default [
             *       "tenant-admin",
             *       "application-admin",
             *       "user",
             *       "auditor"
             *     ]
             */
            roles?: ("tenant-admin" | "application-admin" | "user" | "auditor")[];
            /**
             * @description A prefix added to every `sub` and every group of the issuer’s tokens, in grants and in the audit trail. Without it, the issuer can issue tokens for every subject that does not begin with another issuer’s prefix.
             * @default
             */
            subjectPrefix?: string;
            /**
             * @description Allows the issuer to share its subjectPrefix with another issuer, for example while one replaces the other. Refused while the policy requires two people for anything.
             * @default false
             */
            sharesSubjects?: boolean;
            /** @description Public keys as JWKs. Default: they are fetched. */
            keys?: ({
                /** @constant */
                kty: "RSA";
                /** @description The id that tokens and assertions name the key by. Default: its SHA-256 thumbprint (RFC 7638). */
                kid?: string;
                /**
                 * @description The algorithm that the key signs with. Default: the only one that fits the key, if there is one.
                 * @enum {string}
                 */
                alg?: "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87";
                /** @enum {string} */
                use?: "sig";
                /** @description Must contain `verify`. It is not stored. */
                key_ops?: string[];
                n: string;
                e: string;
                d?: unknown;
                p?: unknown;
                q?: unknown;
                dp?: unknown;
                dq?: unknown;
                qi?: unknown;
                oth?: unknown;
                k?: unknown;
                priv?: unknown;
            } | {
                /** @constant */
                kty: "EC";
                /** @description The id that tokens and assertions name the key by. Default: its SHA-256 thumbprint (RFC 7638). */
                kid?: string;
                /**
                 * @description The algorithm that the key signs with. Default: the only one that fits the key, if there is one.
                 * @enum {string}
                 */
                alg?: "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87";
                /** @enum {string} */
                use?: "sig";
                /** @description Must contain `verify`. It is not stored. */
                key_ops?: string[];
                /** @enum {string} */
                crv: "P-256" | "P-384" | "P-521";
                x: string;
                y: string;
                d?: unknown;
                p?: unknown;
                q?: unknown;
                dp?: unknown;
                dq?: unknown;
                qi?: unknown;
                oth?: unknown;
                k?: unknown;
                priv?: unknown;
            } | {
                /** @constant */
                kty: "OKP";
                /** @description The id that tokens and assertions name the key by. Default: its SHA-256 thumbprint (RFC 7638). */
                kid?: string;
                /**
                 * @description The algorithm that the key signs with. Default: the only one that fits the key, if there is one.
                 * @enum {string}
                 */
                alg?: "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87";
                /** @enum {string} */
                use?: "sig";
                /** @description Must contain `verify`. It is not stored. */
                key_ops?: string[];
                /** @constant */
                crv: "Ed25519";
                x: string;
                d?: unknown;
                p?: unknown;
                q?: unknown;
                dp?: unknown;
                dq?: unknown;
                qi?: unknown;
                oth?: unknown;
                k?: unknown;
                priv?: unknown;
            } | {
                /** @constant */
                kty: "AKP";
                /** @description The id that tokens and assertions name the key by. Default: its SHA-256 thumbprint (RFC 7638). */
                kid?: string;
                /**
                 * @description The algorithm that the key signs with. Default: the only one that fits the key, if there is one.
                 * @enum {string}
                 */
                alg?: "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87";
                /** @enum {string} */
                use?: "sig";
                /** @description Must contain `verify`. It is not stored. */
                key_ops?: string[];
                pub: string;
                d?: unknown;
                p?: unknown;
                q?: unknown;
                dp?: unknown;
                dq?: unknown;
                qi?: unknown;
                oth?: unknown;
                k?: unknown;
                priv?: unknown;
            })[];
            /**
             * Format: uri
             * @description The URL of the issuer’s JWK Set. Default: found by OpenID discovery.
             */
            jwksUrl?: string;
        };
        CreateExclusion: {
            /** @description The `iss` of its tokens. It need not be one of the tenant’s issuers. */
            issuer: string;
            /** @description The subject as events name it: the `sub` of its tokens after the issuer’s subjectPrefix, or the id of a service account. A name that the issuer cannot give is refused. */
            subject: string;
            /** @description The reason. It is stored in the audit trail. */
            reason?: string;
        };
        Exclusion: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            tenantId: string;
            /** @description The `iss` of its tokens. It need not be one of the tenant’s issuers. */
            issuer: string;
            /** @description The subject as events name it: the `sub` of its tokens after the issuer’s subjectPrefix, or the id of a service account. A name that the issuer cannot give is refused. */
            subject: string;
            reason: string | null;
            createdBy: string;
            /** Format: date-time */
            createdAt: string;
        };
        AuditEvent: {
            /** Format: uuid */
            eventId: string;
            /** Format: uuid */
            tenantId: string;
            userId: string;
            keyId: string | null;
            algorithm: string | null;
            operation: string;
            /** @enum {string} */
            outcome: "success" | "failure" | "unknown";
            failureCode: string | null;
            correlationId: string;
            /** Format: date-time */
            occurredAt: string;
            details: {
                [key: string]: string;
            };
            seq: number;
            macKeyId: string;
            hmac: string;
            previousHash: string;
            hash: string;
            /** Format: date-time */
            sealedAt: string;
        };
        UnprovenEvent: {
            seq: number;
            /**
             * @description `content-changed`: the row contradicts its hash. `hmac-mismatch`: the tenant’s key did not make its MAC. `unsealed`: no seal of the tenant’s key covers it, for example because a later row of its batch was changed. `chain-broken`: another row has its place. `time-inconsistent`: its MAC key is of another day. `missing`: the database names the event and does not show it.
             * @enum {string}
             */
            reason: "missing" | "content-changed" | "hmac-mismatch" | "chain-broken" | "time-inconsistent" | "unsealed";
            /** @description What the row says, which proves nothing. Null if it does not have the form of an event. */
            event: components["schemas"]["AuditEvent"] | null;
        };
        VerifyTrail: {
            /** @description First event of the range. Default: the first event of the trail. */
            fromSeq?: number;
            /** @description Last event of the range. Default: the newest event. */
            untilSeq?: number;
        };
        TrailVerification: {
            valid: boolean;
            /** @description The number of events that were verified, from the start of the range. Events are verified in the batches they were sealed in. */
            checked: number;
            fromSeq: number;
            untilSeq: number;
            /** @description The first event that fails verification or, with `unsealed`, the first that no seal covers. */
            firstBadSeq: number | null;
            reason: ("missing" | "content-changed" | "hmac-mismatch" | "chain-broken" | "time-inconsistent" | "unsealed" | "tail-missing" | "record-forgotten" | "anchor-mismatch") | null;
            headHash: string | null;
            /** @description The comparison of the trail with the HSM. If it differs, a range that reaches the end of the trail is not valid. */
            anchor: components["schemas"]["AnchorComparison"];
        };
        AnchorComparison: {
            /**
             * @description `matches`: the trail has the event that the HSM holds as its end, or is newer than the anchor. `differs`: it has not; `detail` says why. `none`: the HSM holds no anchor yet. `unsupported`: the HSM stores no data. `unknown`: the HSM did not answer.
             * @enum {string}
             */
            standing: "matches" | "differs" | "none" | "unsupported" | "unknown";
            /** @description The last event of the trail that the HSM holds. Later events are anchored within a minute. */
            seq: number | null;
            detail: string | null;
        };
        CreateConnector: {
            /** @description For people: such as the name of the receiver. */
            name: string;
            /**
             * @description Whether it delivers.
             * @default true
             */
            enabled?: boolean;
            /** @description Where events go, and how. Secrets are named and never sent: each name is that of a file in the tenant’s own folder below the secrets directory of the audit service, where the operator puts it. */
            settings: {
                /** @constant */
                kind: "splunk";
                /** Format: uri */
                url: string;
                token: string;
                /** @default false */
                acknowledged?: boolean;
                index?: string;
                /** @default ankasecure:audit */
                sourcetype?: string;
                /** @default ankasecure */
                host?: string;
                /** @default {} */
                tls?: {
                    authority?: string;
                    certificate?: string;
                    key?: string;
                };
            } | {
                /** @constant */
                kind: "elastic";
                /** Format: uri */
                url: string;
                apiKey: string;
                /** @default logs-ankasecure.audit-default */
                dataStream?: string;
                /** @default true */
                requireDataStream?: boolean;
                /** @default {} */
                tls?: {
                    authority?: string;
                    certificate?: string;
                    key?: string;
                };
            } | {
                /** @constant */
                kind: "arcsight";
                host: string;
                /** @default 6514 */
                port?: number;
                /** @default 1000 */
                rewind?: number;
                /** @default {} */
                tls?: {
                    authority?: string;
                    certificate?: string;
                    key?: string;
                };
            } | {
                /** @constant */
                kind: "otlp";
                /** Format: uri */
                url: string;
                authorization?: string;
                /** @default {} */
                tls?: {
                    authority?: string;
                    certificate?: string;
                    key?: string;
                };
            } | {
                /** @constant */
                kind: "webhook";
                /** Format: uri */
                url: string;
                signing: string[];
                /** @default {} */
                tls?: {
                    authority?: string;
                    certificate?: string;
                    key?: string;
                };
            } | {
                /** @constant */
                kind: "sentinel";
                /** Format: uri */
                url: string;
                rule: string;
                /** @default Custom-AnkaSecure_CL */
                stream?: string;
                directory: string;
                clientId: string;
                credential: {
                    /** @constant */
                    by: "secret";
                    secret: string;
                } | {
                    /** @constant */
                    by: "certificate";
                    certificate: string;
                    key: string;
                } | {
                    /** @constant */
                    by: "workload-identity";
                    token: string;
                };
                /**
                 * Format: uri
                 * @default https://login.microsoftonline.com
                 */
                login?: string;
                /** @default https://monitor.azure.com/.default */
                scope?: string;
                /** @default {} */
                tls?: {
                    authority?: string;
                    certificate?: string;
                    key?: string;
                };
            };
        };
        Connector: {
            /** Format: uuid */
            id: string;
            /** Format: uuid */
            tenantId: string;
            /** @description For people: such as the name of the receiver. */
            name: string;
            /** @description Whether it delivers. */
            enabled: boolean;
            /** @description Where events go, and how. Secrets are named and never sent: each name is that of a file in the tenant’s own folder below the secrets directory of the audit service, where the operator puts it. */
            settings: {
                /** @constant */
                kind: "splunk";
                /** Format: uri */
                url: string;
                token: string;
                /** @default false */
                acknowledged: boolean;
                index?: string;
                /** @default ankasecure:audit */
                sourcetype: string;
                /** @default ankasecure */
                host: string;
                /** @default {} */
                tls: {
                    authority?: string;
                    certificate?: string;
                    key?: string;
                };
            } | {
                /** @constant */
                kind: "elastic";
                /** Format: uri */
                url: string;
                apiKey: string;
                /** @default logs-ankasecure.audit-default */
                dataStream: string;
                /** @default true */
                requireDataStream: boolean;
                /** @default {} */
                tls: {
                    authority?: string;
                    certificate?: string;
                    key?: string;
                };
            } | {
                /** @constant */
                kind: "arcsight";
                host: string;
                /** @default 6514 */
                port: number;
                /** @default 1000 */
                rewind: number;
                /** @default {} */
                tls: {
                    authority?: string;
                    certificate?: string;
                    key?: string;
                };
            } | {
                /** @constant */
                kind: "otlp";
                /** Format: uri */
                url: string;
                authorization?: string;
                /** @default {} */
                tls: {
                    authority?: string;
                    certificate?: string;
                    key?: string;
                };
            } | {
                /** @constant */
                kind: "webhook";
                /** Format: uri */
                url: string;
                signing: string[];
                /** @default {} */
                tls: {
                    authority?: string;
                    certificate?: string;
                    key?: string;
                };
            } | {
                /** @constant */
                kind: "sentinel";
                /** Format: uri */
                url: string;
                rule: string;
                /** @default Custom-AnkaSecure_CL */
                stream: string;
                directory: string;
                clientId: string;
                credential: {
                    /** @constant */
                    by: "secret";
                    secret: string;
                } | {
                    /** @constant */
                    by: "certificate";
                    certificate: string;
                    key: string;
                } | {
                    /** @constant */
                    by: "workload-identity";
                    token: string;
                };
                /**
                 * Format: uri
                 * @default https://login.microsoftonline.com
                 */
                login: string;
                /** @default https://monitor.azure.com/.default */
                scope: string;
                /** @default {} */
                tls: {
                    authority?: string;
                    certificate?: string;
                    key?: string;
                };
            };
            /** @description Who made the connector, or changed it last. */
            createdBy: string;
            /** Format: date-time */
            changedAt: string;
            /** @description The revision, also sent as the ETag. */
            revision: number;
            status: components["schemas"]["ConnectorStatus"];
        };
        ConnectorStatus: {
            /** @description The last event of the tenant that the receiver has, or that it refuses for good; 0 before the first. Null for a connector of the platform’s tenant, which delivers the events of every tenant. */
            seq: number | null;
            /** @description Sealed events that it has not delivered yet. */
            lag: number;
            /** @description Events that the receiver refuses for good. */
            deadLetters: number;
            /** @description Whether nothing is sent until somebody puts right what `lastError` says. It is tried again at `retryAt`. */
            paused: boolean;
            /** @description Why the last attempt failed; null if it did not. */
            lastError: string | null;
            /** @description Nothing is sent before; null if it does not wait. */
            retryAt: string | null;
            /** @description When the receiver last took an event. */
            deliveredAt: string | null;
        };
        EditConnector: {
            /** @description For people: such as the name of the receiver. */
            name?: string;
            /** @description Whether it delivers. */
            enabled?: boolean;
            /** @description Where events go, and how. Secrets are named and never sent: each name is that of a file in the tenant’s own folder below the secrets directory of the audit service, where the operator puts it. */
            settings?: {
                /** @constant */
                kind: "splunk";
                /** Format: uri */
                url: string;
                token: string;
                /** @default false */
                acknowledged?: boolean;
                index?: string;
                /** @default ankasecure:audit */
                sourcetype?: string;
                /** @default ankasecure */
                host?: string;
                /** @default {} */
                tls?: {
                    authority?: string;
                    certificate?: string;
                    key?: string;
                };
            } | {
                /** @constant */
                kind: "elastic";
                /** Format: uri */
                url: string;
                apiKey: string;
                /** @default logs-ankasecure.audit-default */
                dataStream?: string;
                /** @default true */
                requireDataStream?: boolean;
                /** @default {} */
                tls?: {
                    authority?: string;
                    certificate?: string;
                    key?: string;
                };
            } | {
                /** @constant */
                kind: "arcsight";
                host: string;
                /** @default 6514 */
                port?: number;
                /** @default 1000 */
                rewind?: number;
                /** @default {} */
                tls?: {
                    authority?: string;
                    certificate?: string;
                    key?: string;
                };
            } | {
                /** @constant */
                kind: "otlp";
                /** Format: uri */
                url: string;
                authorization?: string;
                /** @default {} */
                tls?: {
                    authority?: string;
                    certificate?: string;
                    key?: string;
                };
            } | {
                /** @constant */
                kind: "webhook";
                /** Format: uri */
                url: string;
                signing: string[];
                /** @default {} */
                tls?: {
                    authority?: string;
                    certificate?: string;
                    key?: string;
                };
            } | {
                /** @constant */
                kind: "sentinel";
                /** Format: uri */
                url: string;
                rule: string;
                /** @default Custom-AnkaSecure_CL */
                stream?: string;
                directory: string;
                clientId: string;
                credential: {
                    /** @constant */
                    by: "secret";
                    secret: string;
                } | {
                    /** @constant */
                    by: "certificate";
                    certificate: string;
                    key: string;
                } | {
                    /** @constant */
                    by: "workload-identity";
                    token: string;
                };
                /**
                 * Format: uri
                 * @default https://login.microsoftonline.com
                 */
                login?: string;
                /** @default https://monitor.azure.com/.default */
                scope?: string;
                /** @default {} */
                tls?: {
                    authority?: string;
                    certificate?: string;
                    key?: string;
                };
            };
        };
        DeletedConnector: {
            /** Format: uuid */
            id: string;
            revision: number;
        };
        ResumeConnector: Record<string, never>;
        TestConnector: Record<string, never>;
        ConnectorTest: {
            /**
             * Format: uuid
             * @description The connector.
             */
            id: string;
            /**
             * Format: uuid
             * @description The id of the test event.
             */
            eventId: string;
            /** @description The place of the test event in the trail. */
            seq: number;
            /**
             * @description `delivered`: the receiver has the event; over syslog, it was written to the connection. `retry`: it was not taken now, and may be later. `pause`: the settings, the secrets or the receiver must be put right first. `poison`: the receiver refuses the event.
             * @enum {string}
             */
            result: "delivered" | "retry" | "pause" | "poison";
            /** @description What the receiver or the network has said, without the credentials of the request; null if delivered. */
            reason: string | null;
            /** @description The time of the attempt, in milliseconds. */
            tookMs: number;
        };
        ReplayConnector: {
            /** @description The first event to repeat. */
            fromSeq?: number;
            /**
             * Format: date-time
             * @description Repeats the events that were sealed then or later.
             */
            from?: string;
            /**
             * Format: uuid
             * @description Whose events are repeated, for a connector of the platform’s own tenant. Default: those of the connector’s tenant.
             */
            tenantId?: string;
        } & (unknown | unknown);
        ConnectorReplay: {
            /**
             * Format: uuid
             * @description The connector.
             */
            id: string;
            /**
             * Format: uuid
             * @description Whose events are repeated.
             */
            tenantId: string;
            /** @description The first event that is delivered again. */
            fromSeq: number;
            /** @description The last event that was delivered before, and is a repeat. */
            untilSeq: number;
        };
        Checkpoint: {
            /** @description The number of events: the last one has this `seq`. */
            size: number;
            /**
             * Format: base64
             * @description The root of the tree over them (RFC 6962), in base64.
             */
            root: string;
            /** @description The signed checkpoint (C2SP tlog-checkpoint). Keep it: it proves what the trail was. */
            note: string;
            /** Format: date-time */
            signedAt: string;
        };
        CheckpointKeys: {
            /** @description The name of the tenant’s log: the first line of its checkpoints. */
            origin: string;
            keys: {
                /** @enum {string} */
                algorithm: "Ed25519" | "EC-P256" | "ML-DSA-44";
                generation: number;
                /** @description The key in the form of C2SP signed-note (vkey): its name is the origin. */
                verifierKey: string;
                /** @description The last checkpoint that it has signed; null for none that is stored. */
                lastSize: number | null;
            }[];
        };
        InclusionProof: {
            seq: number;
            size: number;
            /** Format: base64 */
            root: string;
            /**
             * Format: base64
             * @description The hash of the event: `hash` of `GET /audit/events`, in base64.
             */
            leafHash: string;
            /** @description Hashes in base64, in the order of RFC 6962. */
            proof: string[];
            /** @description The proof with its checkpoint (C2SP tlog-proof); null if no checkpoint has this size. */
            tlogProof: string | null;
        };
        ConsistencyProof: {
            from: number;
            to: number;
            /** Format: base64 */
            fromRoot: string;
            /** Format: base64 */
            toRoot: string;
            /** @description Hashes in base64, in the order of RFC 6962. */
            proof: string[];
        };
        Tile: {
            /** @description The path of the tile in C2SP tlog-tiles. */
            path: string;
            width: number;
            /**
             * Format: base64
             * @description The hashes, concatenated, in base64.
             */
            hashes: string;
        };
        CreateTenant: {
            slug: string;
            name: string;
            /** @description The HSM partition that holds all keys of the tenant. It must be configured and cannot be changed later. Default: the platform’s default partition. */
            partition?: string;
        };
        Tenant: {
            /** Format: uuid */
            id: string;
            slug: string;
            name: string;
            partition: string;
            /**
             * @description No key of a disabled tenant is used, made or changed, and it gets no tokens. Reading stays possible.
             * @enum {string}
             */
            state: "active" | "disabled";
            /** Format: date-time */
            createdAt: string;
        };
        DisableTenant: {
            /** @description The reason. It is stored in the audit trails of the tenant and the platform. */
            reason?: string;
        };
        EnableTenant: {
            /** @description The reason. It is stored in the audit trails of the tenant and the platform. */
            reason?: string;
        };
        RotateKek: Record<string, never>;
        Kek: {
            /** Format: uuid */
            tenantId: string;
            /** @description The generation of the KEK that wraps new keys. */
            generation: number;
            /**
             * @description `rotating` until every key is rewrapped and the previous KEK is retired.
             * @enum {string}
             */
            state: "idle" | "rotating";
            /** @description The number of wrapped key versions when the last rotation began. */
            total: number;
            /** @description The number of those that no longer need the previous KEK. */
            done: number;
            /** @description The number of those that could not be rewrapped. Each is retried, and the previous KEK stays in use until none is left. */
            failed: number;
            /** @description The first failures, each with the code of a problem. */
            failures: {
                /** Format: uuid */
                keyId: string;
                version: number;
                code: string;
            }[];
            /** @description Replaced KEKs that the HSM still holds, oldest first. They serve only a database that is restored from a backup, and are destroyed at `destroyAt`. Until then, such a backup can bring back the keys that they wrapped. */
            retired: {
                generation: number;
                /** Format: date-time */
                retiredAt: string;
                /** Format: date-time */
                destroyAt: string;
            }[];
            /** @description The time the last rotation began, or null if there was none. */
            startedAt: string | null;
            finishedAt: string | null;
        };
        RestoreTenant: Record<string, never>;
        RestoreReport: {
            /** Format: uuid */
            tenantId: string;
            counts: {
                reapplied: number;
                accepted: number;
                removed: number;
                lost: number;
            };
            /** @description The first of these records. */
            records: {
                /** @enum {string} */
                kind: "key" | "key_version" | "key_alias" | "former_kid" | "key_grant" | "rotation_policy" | "platform_key" | "kek_rotation" | "tenant_policy" | "tenant" | "policy_version" | "service_account" | "issuer" | "approval" | "token_key" | "excluded_subject" | "connector";
                id: string;
                /**
                 * @description `reapplied`: the record has the state that the trail holds, or names a key that the HSM still has. `accepted`: its restored form counts from now on, with its own state if the trail’s allows more. `removed`: the trail says that it was deleted, or its restored form grants too much. `lost`: the backup does not have it.
                 * @enum {string}
                 */
                outcome: "reapplied" | "accepted" | "removed" | "lost";
                /** @description The state that was applied again. */
                state: string | null;
            }[];
            /** @description The version of the policy in force. */
            policyVersion: number;
        };
        HsmReport: {
            /** @constant */
            format: "ankasecure-hsm-doctor";
            /** @constant */
            version: 1;
            /** Format: date-time */
            at: string;
            ok: boolean;
            exitCode: number;
            stopped: boolean;
            partition: string;
            library: {
                path: string;
                description: string;
                manufacturer: string;
                version: string;
                cryptoki: string;
                interfaces: {
                    name: string;
                    version: string;
                    flags: number;
                }[] | null;
                hasVendorKem: boolean;
            } | null;
            slots: {
                index: number;
                description: string;
                label: string;
                serialNumber: string;
                manufacturer: string;
                model: string;
                hardware: string;
                firmware: string;
                flags: string[];
            }[];
            token: {
                index: number;
                description: string;
                label: string;
                serialNumber: string;
                manufacturer: string;
                model: string;
                hardware: string;
                firmware: string;
                flags: string[];
                minPinLength: number;
                maxPinLength: number;
            } | null;
            mechanisms: {
                number: number;
                name: string;
                flags: string[];
                minKeySize: number;
                maxKeySize: number;
            }[];
            profile: {
                configured: string | null;
                used: string;
                /** @enum {string} */
                evidence: "run" | "documented";
                fits: string;
                differences: {
                    property: string;
                    used: string;
                    fits: string;
                }[];
                candidates: {
                    name: string;
                    points: number;
                    reasons: string[];
                }[];
            } | null;
            keys: {
                algorithm: string;
                purpose: string;
                /** @enum {string} */
                custody: "token" | "wrapped" | "platform";
                /** @enum {string} */
                outcome: "works" | "fails" | "lacking" | "not-wrapped" | "skipped";
                algs: {
                    alg: string;
                    works: boolean;
                    detail: string;
                }[];
                ms: {
                    generate?: number;
                    use?: number;
                    destroy?: number;
                    test?: number;
                };
            }[];
            findings: {
                /**
                 * @description What was found, for programs. Absent in the report of a worker of an earlier release.
                 * @enum {string}
                 */
                code?: "configuration-unreadable" | "library-missing" | "library-unusable" | "profile-unknown" | "profile-fits-less" | "profile-lacks-mechanisms" | "token-not-selected" | "token-by-index" | "token-not-initialised" | "token-not-opened" | "token-silent" | "pin-not-set" | "pin-tries-few" | "pin-to-be-changed" | "pin-entered-elsewhere" | "pin-locked" | "pin-last-try" | "pin-form" | "pin-length" | "pin-refused" | "keys-unsupported" | "mechanisms-missing" | "key-wrap-missing" | "step-outside-module" | "key-not-generated" | "key-not-usable" | "key-not-destroyed" | "algorithm-in-trouble" | "algorithm-refused" | "algorithm-wrong" | "step-slow" | "leftovers-removed" | "object-not-removed" | "run-stopped";
                /** @enum {string} */
                level: "red" | "note";
                about: string;
                problem: string;
                remedy: string;
            }[];
            removed: string[];
            left: string[];
        };
        HsmTest: {
            /**
             * @description Whether keys are left out that take long to make or use, such as RSA-3072 and longer.
             * @default true
             */
            quick?: boolean;
        };
        KeySet: {
            keys: {
                [key: string]: string;
            }[];
            /**
             * @description Set if the tenant has more keys than one set holds. Ask for each of the others by its kid.
             * @constant
             */
            truncated?: true;
        };
    };
    responses: {
        /** @description `alias-not-found`: No such alias. */
        "alias-not-found": {
            headers: {
                "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `approval-not-found`: No such request for approval. */
        "approval-not-found": {
            headers: {
                "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `approval-state`: The state of the request for approval does not allow this. */
        "approval-state": {
            headers: {
                "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `authentication-required`: A valid bearer token is required. */
        "authentication-required": {
            headers: {
                "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `body-too-large`: The body is too large. */
        "body-too-large": {
            headers: {
                "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `checkpoint-not-found`: No such checkpoint. */
        "checkpoint-not-found": {
            headers: {
                "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `connector-not-found`: No such connector. */
        "connector-not-found": {
            headers: {
                "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `deadline-exceeded`: The request did not finish in time. */
        "deadline-exceeded": {
            headers: {
                "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `exclusion-not-found`: No such exclusion. */
        "exclusion-not-found": {
            headers: {
                "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `header-too-large`: The request header is too large. */
        "header-too-large": {
            headers: {
                "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `hsm-error`: The HSM reported an error. */
        "hsm-error": {
            headers: {
                "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `idempotency-in-flight`: A request with this Idempotency-Key is still running. */
        "idempotency-in-flight": {
            headers: {
                "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `idempotency-mismatch`: The Idempotency-Key was used with another body. */
        "idempotency-mismatch": {
            headers: {
                "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `issuer-not-found`: No such issuer. */
        "issuer-not-found": {
            headers: {
                "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `key-not-found`: No such key or version. */
        "key-not-found": {
            headers: {
                "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `key-set-not-found`: No such key set. */
        "key-set-not-found": {
            headers: {
                "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `key-state`: The state of the key does not allow this. */
        "key-state": {
            headers: {
                "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `media-type-unsupported`: The media type is not supported. */
        "media-type-unsupported": {
            headers: {
                "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `partition-not-found`: No such HSM partition. */
        "partition-not-found": {
            headers: {
                "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `policy-pending`: An earlier policy change is still being applied. */
        "policy-pending": {
            headers: {
                "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `policy-template-not-found`: No such policy template. */
        "policy-template-not-found": {
            headers: {
                "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `policy-version-not-found`: No such policy version. */
        "policy-version-not-found": {
            headers: {
                "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `precondition-failed`: The resource has changed. */
        "precondition-failed": {
            headers: {
                "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `precondition-required`: If-Match is required. */
        "precondition-required": {
            headers: {
                "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `purpose-mismatch`: The purpose of the key does not allow this. */
        "purpose-mismatch": {
            headers: {
                "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `quota-exceeded`: Too many requests. */
        "quota-exceeded": {
            headers: {
                "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                "Retry-After": components["headers"]["Retry-After"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `request-invalid`: The request is not valid. */
        "request-invalid": {
            headers: {
                "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `service-account-not-found`: No such service account. */
        "service-account-not-found": {
            headers: {
                "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `tenant-mismatch`: No such tenant. */
        "tenant-mismatch": {
            headers: {
                "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `trail-unsound`: No refused audit trail was proved sound. */
        "trail-unsound": {
            headers: {
                "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Server-Timing": components["headers"]["Server-Timing"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
        DryRun: boolean;
        /** @description Your identifier for this request. An invalid value is replaced. */
        CorrelationId: string;
        /** @description Makes the request safe to repeat for 24 hours: what was done is done once, and is answered again to the same caller. Another body (compared as JSON), path or If-Match with the same key is refused. A refused request has changed nothing and is decided anew. Use a UUID. */
        IdempotencyKey: string;
        /** @description ETag of the revision that the change is based on, a list of ETags, or `*` for any (RFC 9110, section 13.1.1). Weak ETags never match. */
        IfMatch: string;
        /** @description ETag of the revision that the change is based on, a list of ETags, or `*` for any (RFC 9110, section 13.1.1). Weak ETags never match. */
        OptionalIfMatch: string;
        /** @description ETags of the states that the change must not meet, or `*` if the resource must not exist (RFC 9110, section 13.1.2). */
        IfNoneMatch: string;
        /** @description ETags that you have. If one of them is the present one, the answer is 304 (RFC 9110, section 13.1.2). */
        IfModified: string;
    };
    requestBodies: never;
    headers: {
        /**
         * @description Identifies the request in logs and in the audit trail. It is the value you sent, if that was valid.
         * @example invoice-run-47
         */
        "X-Correlation-Id": string;
        /**
         * @description The same as X-Correlation-Id. Sent if the request has this header, whose value is taken if it has no valid X-Correlation-Id.
         * @example invoice-run-47
         */
        "X-Request-Id": string;
        /**
         * @description Milliseconds spent in the HSM, in the answering service and in total (W3C Server Timing).
         * @example hsm;dur=1.842, worker;dur=2.977, total;dur=4.120
         */
        "Server-Timing": string;
        /**
         * @description Revision of the resource. Send it as If-Match when you change the resource, and as If-None-Match to read it only if it is another. A part after a point names what a date or a pending change shows beside the revision; a change ignores it.
         * @example "3"
         */
        ETag: string;
        /**
         * @description Who may cache the answer, and for how long.
         * @example public, max-age=60
         */
        "Cache-Control": string;
        /**
         * @description Path of the new resource.
         * @example /api/v1/keys/01939f31-07c2-7a44-8f0e-2b9d6c1a3f10
         */
        Location: string;
        /**
         * @description `true` if the answer is the stored answer to an earlier request.
         * @example true
         */
        "Idempotency-Replayed": string;
        /**
         * @description Remaining quota of the tenant and of the key, where configured (draft-ietf-httpapi-ratelimit-headers).
         * @example "tenant";r=99;t=1, "key";r=9;t=1
         */
        RateLimit: string;
        /**
         * @description Quota of the tenant and of each key, where configured.
         * @example "tenant";q=100;w=1, "key";q=10;w=1
         */
        "RateLimit-Policy": string;
        /**
         * @description Time from which the use of this algorithm is deprecated (RFC 9745). Sent only if it is.
         * @example @1798761600
         */
        Deprecation: string;
        /**
         * @description Time from which the same call will be refused (RFC 8594).
         * @example Sat, 01 Jan 2028 00:00:00 GMT
         */
        Sunset: string;
        /**
         * @description Seconds to wait before the request is repeated.
         * @example 1
         */
        "Retry-After": string;
        /**
         * @description Authentication scheme (RFC 6750).
         * @example Bearer realm="ankasecure"
         */
        "WWW-Authenticate": string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listKeys: {
        parameters: {
            query?: {
                algorithm?: "RSA-2048" | "RSA-3072" | "RSA-4096" | "EC-P256" | "EC-P384" | "EC-P521" | "Ed25519" | "AES-128" | "AES-256" | "HMAC-SHA256" | "HMAC-SHA384" | "HMAC-SHA512" | "ML-DSA-44" | "ML-DSA-65" | "ML-DSA-87" | "SLH-DSA-SHA2-128s" | "SLH-DSA-SHAKE-128s" | "SLH-DSA-SHA2-128f" | "SLH-DSA-SHAKE-128f" | "SLH-DSA-SHA2-192s" | "SLH-DSA-SHAKE-192s" | "SLH-DSA-SHA2-192f" | "SLH-DSA-SHAKE-192f" | "SLH-DSA-SHA2-256s" | "SLH-DSA-SHAKE-256s" | "SLH-DSA-SHA2-256f" | "SLH-DSA-SHAKE-256f" | "ML-KEM-512" | "ML-KEM-768" | "ML-KEM-1024";
                purpose?: "encrypt" | "sign" | "mac" | "wrap" | "encapsulate";
                state?: "PRE_ACTIVE" | "ACTIVE" | "SUSPENDED" | "DEACTIVATED" | "COMPROMISED" | "DESTROY_SCHEDULED" | "DESTROYED";
                label?: string;
                limit?: number;
                cursor?: string;
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *           "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *           "label": "invoice signing",
                     *           "algorithm": "EC-P256",
                     *           "purpose": "sign",
                     *           "algs": [
                     *             "ES256"
                     *           ],
                     *           "custody": "token",
                     *           "version": 1,
                     *           "state": "ACTIVE",
                     *           "activateAt": null,
                     *           "deactivateAt": null,
                     *           "revocation": null,
                     *           "destroyAt": null,
                     *           "destroyedAt": null,
                     *           "recovery": null,
                     *           "publicKey": {
                     *             "jwk": {
                     *               "kty": "EC",
                     *               "crv": "P-256",
                     *               "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                     *               "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                     *               "kid": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10.1",
                     *               "alg": "ES256",
                     *               "use": "sig"
                     *             },
                     *             "pem": "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n-----END PUBLIC KEY-----\n"
                     *           },
                     *           "hsm": {
                     *             "partition": "default",
                     *             "uri": "pkcs11:token=ankasecure;id=%01%93%9f%31;type=private"
                     *           },
                     *           "description": null,
                     *           "metadata": {},
                     *           "purgeProtection": false,
                     *           "fips": {
                     *             "approved": true,
                     *             "source": "FIPS 186-5 §6 (ECDSA)"
                     *           },
                     *           "createdAt": "2026-11-23T09:30:00.000Z",
                     *           "revision": 1
                     *         }
                     *       ],
                     *       "next": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["Key"][];
                        next: string | null;
                    };
                };
            };
            /**
             * @description `cursor-invalid`: The cursor is not valid for this request.
             *     `request-invalid`: The request is not valid.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    createKey: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Makes the request safe to repeat for 24 hours: what was done is done once, and is answered again to the same caller. Another body (compared as JSON), path or If-Match with the same key is refused. A refused request has changed nothing and is decided anew. Use a UUID. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "algorithm": "EC-P256",
                 *       "label": "invoice signing",
                 *       "purpose": "sign"
                 *     }
                 */
                "application/json": components["schemas"]["CreateKey"];
            };
        };
        responses: {
            /** @description Dry run. Nothing was created. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRun"];
                };
            };
            /** @description Created. */
            201: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    Location: components["headers"]["Location"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    Deprecation: components["headers"]["Deprecation"];
                    Sunset: components["headers"]["Sunset"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "label": "invoice signing",
                     *       "algorithm": "EC-P256",
                     *       "purpose": "sign",
                     *       "algs": [
                     *         "ES256"
                     *       ],
                     *       "custody": "token",
                     *       "version": 1,
                     *       "state": "ACTIVE",
                     *       "activateAt": null,
                     *       "deactivateAt": null,
                     *       "revocation": null,
                     *       "destroyAt": null,
                     *       "destroyedAt": null,
                     *       "recovery": null,
                     *       "publicKey": {
                     *         "jwk": {
                     *           "kty": "EC",
                     *           "crv": "P-256",
                     *           "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                     *           "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                     *           "kid": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10.1",
                     *           "alg": "ES256",
                     *           "use": "sig"
                     *         },
                     *         "pem": "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n-----END PUBLIC KEY-----\n"
                     *       },
                     *       "hsm": {
                     *         "partition": "default",
                     *         "uri": "pkcs11:token=ankasecure;id=%01%93%9f%31;type=private"
                     *       },
                     *       "description": null,
                     *       "metadata": {},
                     *       "purgeProtection": false,
                     *       "fips": {
                     *         "approved": true,
                     *         "source": "FIPS 186-5 §6 (ECDSA)"
                     *       },
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "revision": 1
                     *     }
                     */
                    "application/json": components["schemas"]["Key"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `policy-refused`: The tenant policy refuses this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["tenant-mismatch"];
            409: components["responses"]["idempotency-in-flight"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            /**
             * @description `purpose-mismatch`: The purpose of the key does not allow this.
             *     `algorithm-mismatch`: The algorithm does not match the key.
             *     `algorithm-unavailable`: The algorithm is not available on this token.
             *     `idempotency-mismatch`: The Idempotency-Key was used with another body.
             */
            422: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `platform-key-unrecorded`: The HSM holds a platform key that no record names.
             *     `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            502: components["responses"]["hsm-error"];
            /**
             * @description `hsm-unavailable`: The HSM is not available.
             *     `hsm-timeout`: The HSM did not answer in time.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `decision-outdated`: The key or the policy changed while the request ran.
             *     `service-unavailable`: A service is not available.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    getKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description ETags that you have. If one of them is the present one, the answer is 304 (RFC 9110, section 13.1.2). */
                "If-None-Match"?: components["parameters"]["IfModified"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /**
                 * @description The id of the key, or an alias of it. The operation concerns the key that the alias names when the request arrives.
                 * @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "label": "invoice signing",
                     *       "algorithm": "EC-P256",
                     *       "purpose": "sign",
                     *       "algs": [
                     *         "ES256"
                     *       ],
                     *       "custody": "token",
                     *       "version": 1,
                     *       "state": "ACTIVE",
                     *       "activateAt": null,
                     *       "deactivateAt": null,
                     *       "revocation": null,
                     *       "destroyAt": null,
                     *       "destroyedAt": null,
                     *       "recovery": null,
                     *       "publicKey": {
                     *         "jwk": {
                     *           "kty": "EC",
                     *           "crv": "P-256",
                     *           "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                     *           "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                     *           "kid": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10.1",
                     *           "alg": "ES256",
                     *           "use": "sig"
                     *         },
                     *         "pem": "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n-----END PUBLIC KEY-----\n"
                     *       },
                     *       "hsm": {
                     *         "partition": "default",
                     *         "uri": "pkcs11:token=ankasecure;id=%01%93%9f%31;type=private"
                     *       },
                     *       "description": null,
                     *       "metadata": {},
                     *       "purgeProtection": false,
                     *       "fips": {
                     *         "approved": true,
                     *         "source": "FIPS 186-5 §6 (ECDSA)"
                     *       },
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "revision": 1
                     *     }
                     */
                    "application/json": components["schemas"]["Key"];
                };
            };
            /** @description Not modified. If-None-Match names the present ETag. */
            304: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `key-access-denied`: No grant on the key allows this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    deleteKey: {
        parameters: {
            query?: {
                waitingDays?: number;
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Makes the request safe to repeat for 24 hours: what was done is done once, and is answered again to the same caller. Another body (compared as JSON), path or If-Match with the same key is refused. A refused request has changed nothing and is decided anew. Use a UUID. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description ETag of the revision that the change is based on, a list of ETags, or `*` for any (RFC 9110, section 13.1.1). Weak ETags never match. */
                "If-Match"?: components["parameters"]["OptionalIfMatch"];
                /** @description ETags of the states that the change must not meet, or `*` if the resource must not exist (RFC 9110, section 13.1.2). */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /**
                 * @description The id of the key, or an alias of it. The operation concerns the key that the alias names when the request arrives.
                 * @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "label": "invoice signing",
                     *       "algorithm": "EC-P256",
                     *       "purpose": "sign",
                     *       "algs": [
                     *         "ES256"
                     *       ],
                     *       "custody": "token",
                     *       "version": 1,
                     *       "state": "DESTROY_SCHEDULED",
                     *       "activateAt": null,
                     *       "deactivateAt": null,
                     *       "revocation": null,
                     *       "destroyAt": "2026-12-23T09:30:00.000Z",
                     *       "destroyedAt": null,
                     *       "recovery": null,
                     *       "publicKey": {
                     *         "jwk": {
                     *           "kty": "EC",
                     *           "crv": "P-256",
                     *           "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                     *           "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                     *           "kid": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10.1",
                     *           "alg": "ES256",
                     *           "use": "sig"
                     *         },
                     *         "pem": "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n-----END PUBLIC KEY-----\n"
                     *       },
                     *       "hsm": {
                     *         "partition": "default",
                     *         "uri": "pkcs11:token=ankasecure;id=%01%93%9f%31;type=private"
                     *       },
                     *       "description": null,
                     *       "metadata": {},
                     *       "purgeProtection": false,
                     *       "fips": {
                     *         "approved": true,
                     *         "source": "FIPS 186-5 §6 (ECDSA)"
                     *       },
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "revision": 2
                     *     }
                     */
                    "application/json": components["schemas"]["Key"] | components["schemas"]["DryRun"];
                };
            };
            /** @description The tenant’s policy requires two people. The request waits for the approval of a second person. */
            202: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-38c4-7e2a-9d05-1f6b8a3c7e42",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "operation": "deleteKey",
                     *       "request": {
                     *         "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *         "waitingDays": "30"
                     *       },
                     *       "ifMatch": 1,
                     *       "requestedBy": "alice@acme.example",
                     *       "requestedByIssuer": "https://login.acme.example",
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "expiresAt": "2026-11-24T09:30:00.000Z",
                     *       "state": "pending",
                     *       "decidedBy": null,
                     *       "decidedByIssuer": null,
                     *       "decidedAt": null,
                     *       "reason": null,
                     *       "outcome": null
                     *     }
                     */
                    "application/json": components["schemas"]["Approval"];
                };
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `key-access-denied`: No grant on the key allows this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             *     `approval-required`: A second person must approve this.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            /**
             * @description `key-state`: The state of the key does not allow this.
             *     `idempotency-in-flight`: A request with this Idempotency-Key is still running.
             */
            409: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            422: components["responses"]["idempotency-mismatch"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    editKey: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header: {
                /** @description ETag of the revision that the change is based on, a list of ETags, or `*` for any (RFC 9110, section 13.1.1). Weak ETags never match. */
                "If-Match": components["parameters"]["IfMatch"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /**
                 * @description The id of the key, or an alias of it. The operation concerns the key that the alias names when the request arrives.
                 * @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "label": "invoice signing",
                 *       "metadata": {
                 *         "owner": "payments"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["EditKey"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "label": "invoice signing",
                     *       "algorithm": "EC-P256",
                     *       "purpose": "sign",
                     *       "algs": [
                     *         "ES256"
                     *       ],
                     *       "custody": "token",
                     *       "version": 1,
                     *       "state": "ACTIVE",
                     *       "activateAt": null,
                     *       "deactivateAt": null,
                     *       "revocation": null,
                     *       "destroyAt": null,
                     *       "destroyedAt": null,
                     *       "recovery": null,
                     *       "publicKey": {
                     *         "jwk": {
                     *           "kty": "EC",
                     *           "crv": "P-256",
                     *           "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                     *           "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                     *           "kid": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10.1",
                     *           "alg": "ES256",
                     *           "use": "sig"
                     *         },
                     *         "pem": "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n-----END PUBLIC KEY-----\n"
                     *       },
                     *       "hsm": {
                     *         "partition": "default",
                     *         "uri": "pkcs11:token=ankasecure;id=%01%93%9f%31;type=private"
                     *       },
                     *       "description": null,
                     *       "metadata": {
                     *         "owner": "payments"
                     *       },
                     *       "purgeProtection": false,
                     *       "fips": {
                     *         "approved": true,
                     *         "source": "FIPS 186-5 §6 (ECDSA)"
                     *       },
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "revision": 2
                     *     }
                     */
                    "application/json": components["schemas"]["Key"] | components["schemas"]["DryRun"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `policy-refused`: The tenant policy refuses this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            409: components["responses"]["key-state"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            428: components["responses"]["precondition-required"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    listAlgorithms: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "algorithm": "EC-P256",
                     *           "purpose": "sign",
                     *           "algs": [
                     *             "ES256"
                     *           ],
                     *           "available": true,
                     *           "custodies": [
                     *             "token",
                     *             "wrapped"
                     *           ],
                     *           "publicKeys": [
                     *             "verify"
                     *           ],
                     *           "software": false,
                     *           "uses": [
                     *             "protect",
                     *             "process"
                     *           ],
                     *           "reasons": [],
                     *           "warnings": [],
                     *           "outsideSteps": [
                     *             {
                     *               "alg": "ES256",
                     *               "step": "message-hash",
                     *               "detail": "The worker hashes the message, and the token signs the hash.",
                     *               "fipsOnlyRefuses": false
                     *             }
                     *           ],
                     *           "strength": 128,
                     *           "quantumSafe": false,
                     *           "fips": {
                     *             "approved": true,
                     *             "source": "FIPS 186-5 §6 (ECDSA)"
                     *           },
                     *           "verdicts": {
                     *             "approved": {
                     *               "verdict": "yes",
                     *               "reason": "EC-P256 for sign is approved to protect data (FIPS 186-5 §6 (ECDSA))"
                     *             },
                     *             "listed": {
                     *               "verdict": "unknown",
                     *               "reason": "No CMVP certificate is configured for this HSM"
                     *             },
                     *             "active": {
                     *               "verdict": "unknown",
                     *               "reason": "No CMVP certificate is configured for this HSM"
                     *             }
                     *           }
                     *         },
                     *         {
                     *           "algorithm": "Ed25519",
                     *           "purpose": "sign",
                     *           "algs": [],
                     *           "available": false,
                     *           "custodies": [],
                     *           "publicKeys": [],
                     *           "software": false,
                     *           "uses": [],
                     *           "reasons": [
                     *             {
                     *               "code": "policy",
                     *               "detail": "Ed25519 is not allowed by the tenant’s policy",
                     *               "rule": "allowedAlgorithms",
                     *               "source": "the tenant’s policy"
                     *             }
                     *           ],
                     *           "warnings": [],
                     *           "outsideSteps": [],
                     *           "strength": 128,
                     *           "quantumSafe": false,
                     *           "fips": {
                     *             "approved": true,
                     *             "source": "FIPS 186-5 §7 (EdDSA)"
                     *           },
                     *           "verdicts": {
                     *             "approved": {
                     *               "verdict": "yes",
                     *               "reason": "Ed25519 for sign is approved to protect data (FIPS 186-5 §7 (EdDSA))"
                     *             },
                     *             "listed": {
                     *               "verdict": "unknown",
                     *               "reason": "No CMVP certificate is configured for this HSM"
                     *             },
                     *             "active": {
                     *               "verdict": "unknown",
                     *               "reason": "No CMVP certificate is configured for this HSM"
                     *             }
                     *           }
                     *         }
                     *       ],
                     *       "contentEncryption": [
                     *         {
                     *           "enc": "A256GCM",
                     *           "uses": [
                     *             "protect",
                     *             "process"
                     *           ],
                     *           "strength": 256,
                     *           "quantumSafe": true,
                     *           "fips": {
                     *             "approved": true,
                     *             "source": "FIPS 197; SP 800-38D (GCM)"
                     *           }
                     *         }
                     *       ],
                     *       "hsm": {
                     *         "partition": "default",
                     *         "profile": "softhsm",
                     *         "token": "ankasecure",
                     *         "serial": "5d1b2c7a90e4f316",
                     *         "manufacturer": "SoftHSM project",
                     *         "model": "SoftHSM v2",
                     *         "firmware": "2.6",
                     *         "cmvp": null
                     *       },
                     *       "policyVersion": 3,
                     *       "fipsOnly": false
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["AlgorithmAvailability"][];
                        /** @description The content encryption algorithms of JWEs (the header enc). A key with alg dir has only A256GCM. */
                        contentEncryption: components["schemas"]["ContentEncryption"][];
                        hsm: {
                            partition: string;
                            profile: string;
                            token: string;
                            serial: string;
                            manufacturer: string;
                            model: string;
                            firmware: string;
                            /** @description The certificate of the HSM’s module, as the configuration of the partition has it. */
                            cmvp: {
                                /** @description The number of the certificate. */
                                certificate: string;
                                /** @description The standard that it was issued for, such as FIPS 140-3. */
                                standard: string;
                                /** @description Its status in the list: Active, Historical or Revoked. */
                                status: string;
                                /** @description The overall level. */
                                level?: number;
                                /**
                                 * Format: date
                                 * @description The day on which it becomes historical. It is active until that day begins in UTC.
                                 */
                                sunset?: string;
                                /** @description The firmware versions that it names, as the token reports them. */
                                firmware?: string[];
                                /** @description All that it lists as approved: algorithms of keys, such as AES-256, or one purpose of them, such as EC-P256/sign. */
                                approved?: string[];
                                /**
                                 * Format: date
                                 * @description The day on which the list was read.
                                 */
                                asOf?: string;
                                /** @description Where it was read. */
                                source?: string;
                            } | null;
                        };
                        policyVersion: number;
                        /** @description Refuses every request that would use a primitive that is not FIPS-approved. algorithm is the same as true: NIST approves the algorithm. module requires more, at creation and at every use: the certificate of this HSM lists the algorithm as approved, and is active today for the firmware of the HSM. What is not known of the certificate counts as not fulfilled. */
                        fipsOnly: boolean | ("algorithm" | "module");
                    };
                };
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `platform-key-unrecorded`: The HSM holds a platform key that no record names.
             *     `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            502: components["responses"]["hsm-error"];
            /**
             * @description `hsm-unavailable`: The HSM is not available.
             *     `hsm-timeout`: The HSM did not answer in time.
             *     `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    getGrants: {
        parameters: {
            query?: never;
            header?: {
                /** @description ETags that you have. If one of them is the present one, the answer is 304 (RFC 9110, section 13.1.2). */
                "If-None-Match"?: components["parameters"]["IfModified"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /**
                 * @description The id of the key, or an alias of it. The operation concerns the key that the alias names when the request arrives.
                 * @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "keyId": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *       "grants": [
                     *         {
                     *           "kind": "subject",
                     *           "grantee": "payments-service",
                     *           "rights": [
                     *             "use:sign"
                     *           ]
                     *         },
                     *         {
                     *           "kind": "group",
                     *           "grantee": "invoice-readers",
                     *           "rights": [
                     *             "use:verify",
                     *             "view"
                     *           ]
                     *         }
                     *       ],
                     *       "revision": 2
                     *     }
                     */
                    "application/json": components["schemas"]["KeyGrants"];
                };
            };
            /** @description Not modified. If-None-Match names the present ETag. */
            304: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `key-access-denied`: No grant on the key allows this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    putGrants: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header: {
                /** @description ETag of the revision that the change is based on, a list of ETags, or `*` for any (RFC 9110, section 13.1.1). Weak ETags never match. */
                "If-Match": components["parameters"]["IfMatch"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /**
                 * @description The id of the key, or an alias of it. The operation concerns the key that the alias names when the request arrives.
                 * @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "grants": [
                 *         {
                 *           "kind": "subject",
                 *           "grantee": "payments-service",
                 *           "rights": [
                 *             "use:sign"
                 *           ]
                 *         },
                 *         {
                 *           "kind": "group",
                 *           "grantee": "invoice-readers",
                 *           "rights": [
                 *             "use:verify",
                 *             "view"
                 *           ]
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["PutGrants"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "keyId": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *       "grants": [
                     *         {
                     *           "kind": "subject",
                     *           "grantee": "payments-service",
                     *           "rights": [
                     *             "use:sign"
                     *           ]
                     *         },
                     *         {
                     *           "kind": "group",
                     *           "grantee": "invoice-readers",
                     *           "rights": [
                     *             "use:verify",
                     *             "view"
                     *           ]
                     *         }
                     *       ],
                     *       "revision": 2
                     *     }
                     */
                    "application/json": components["schemas"]["KeyGrants"] | components["schemas"]["DryRun"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `key-access-denied`: No grant on the key allows this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            428: components["responses"]["precondition-required"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `audit-unavailable`: The audit trail cannot record the request.
             *     `decision-outdated`: The key or the policy changed while the request ran.
             *     `service-unavailable`: A service is not available.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    deleteGrants: {
        parameters: {
            query?: {
                kind?: "subject" | "group";
                grantee?: string;
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description ETag of the revision that the change is based on, a list of ETags, or `*` for any (RFC 9110, section 13.1.1). Weak ETags never match. */
                "If-Match"?: components["parameters"]["OptionalIfMatch"];
                /** @description ETags of the states that the change must not meet, or `*` if the resource must not exist (RFC 9110, section 13.1.2). */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /**
                 * @description The id of the key, or an alias of it. The operation concerns the key that the alias names when the request arrives.
                 * @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "keyId": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *       "grants": [
                     *         {
                     *           "kind": "group",
                     *           "grantee": "invoice-readers",
                     *           "rights": [
                     *             "use:verify",
                     *             "view"
                     *           ]
                     *         }
                     *       ],
                     *       "revision": 2
                     *     }
                     */
                    "application/json": components["schemas"]["KeyGrants"] | components["schemas"]["DryRun"];
                };
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `key-access-denied`: No grant on the key allows this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `audit-unavailable`: The audit trail cannot record the request.
             *     `decision-outdated`: The key or the policy changed while the request ran.
             *     `service-unavailable`: A service is not available.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    listAliases: {
        parameters: {
            query?: {
                keyId?: string;
                limit?: number;
                cursor?: string;
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "name": "invoice-signing",
                     *           "keyId": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *           "changedAt": "2026-11-23T09:30:00.000Z",
                     *           "revision": 1
                     *         }
                     *       ],
                     *       "next": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["Alias"][];
                        next: string | null;
                    };
                };
            };
            /**
             * @description `cursor-invalid`: The cursor is not valid for this request.
             *     `request-invalid`: The request is not valid.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    getAlias: {
        parameters: {
            query?: never;
            header?: {
                /** @description ETags that you have. If one of them is the present one, the answer is 304 (RFC 9110, section 13.1.2). */
                "If-None-Match"?: components["parameters"]["IfModified"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example invoice-signing */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "invoice-signing",
                     *       "keyId": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *       "changedAt": "2026-11-23T09:30:00.000Z",
                     *       "revision": 1
                     *     }
                     */
                    "application/json": components["schemas"]["Alias"];
                };
            };
            /** @description Not modified. If-None-Match names the present ETag. */
            304: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `key-access-denied`: No grant on the key allows this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["alias-not-found"];
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    putAlias: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description ETag of the revision that the change is based on, a list of ETags, or `*` for any (RFC 9110, section 13.1.1). Weak ETags never match. */
                "If-Match"?: components["parameters"]["OptionalIfMatch"];
                /** @description ETags of the states that the change must not meet, or `*` if the resource must not exist (RFC 9110, section 13.1.2). */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example invoice-signing */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "keyId": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10"
                 *     }
                 */
                "application/json": components["schemas"]["PutAlias"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "invoice-signing",
                     *       "keyId": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *       "changedAt": "2026-11-23T09:30:00.000Z",
                     *       "revision": 1
                     *     }
                     */
                    "application/json": components["schemas"]["Alias"] | components["schemas"]["DryRun"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            409: components["responses"]["key-state"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    deleteAlias: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description ETag of the revision that the change is based on, a list of ETags, or `*` for any (RFC 9110, section 13.1.1). Weak ETags never match. */
                "If-Match"?: components["parameters"]["OptionalIfMatch"];
                /** @description ETags of the states that the change must not meet, or `*` if the resource must not exist (RFC 9110, section 13.1.2). */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example invoice-signing */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "invoice-signing",
                     *       "keyId": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *       "changedAt": "2026-11-23T09:30:00.000Z",
                     *       "revision": 1
                     *     }
                     */
                    "application/json": components["schemas"]["Alias"] | components["schemas"]["DryRun"];
                };
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["alias-not-found"];
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    getWrappingKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "algorithm": "RSA-4096",
                     *       "generation": 1,
                     *       "publicKey": {
                     *         "jwk": {
                     *           "kty": "RSA",
                     *           "n": "r5tGh…",
                     *           "e": "AQAB",
                     *           "use": "enc"
                     *         },
                     *         "pem": "-----BEGIN PUBLIC KEY-----\n…\n-----END PUBLIC KEY-----\n"
                     *       },
                     *       "methods": [
                     *         {
                     *           "method": "rsa-aes-kwp",
                     *           "available": true,
                     *           "oaepHash": "SHA-256",
                     *           "detail": "The token unwraps RSA-OAEP, then AES key wrap with padding"
                     *         },
                     *         {
                     *           "method": "aes-kwp",
                     *           "available": true,
                     *           "detail": "The token unwraps AES key wrap with padding, under a key whose purpose is wrap"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["WrappingKey"];
                };
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `platform-key-unrecorded`: The HSM holds a platform key that no record names.
             *     `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            502: components["responses"]["hsm-error"];
            /**
             * @description `hsm-unavailable`: The HSM is not available.
             *     `hsm-timeout`: The HSM did not answer in time.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `service-unavailable`: A service is not available.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    importKey: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Makes the request safe to repeat for 24 hours: what was done is done once, and is answered again to the same caller. Another body (compared as JSON), path or If-Match with the same key is refused. A refused request has changed nothing and is decided anew. Use a UUID. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "algorithm": "EC-P256",
                 *       "label": "invoice signing",
                 *       "purpose": "sign",
                 *       "method": "rsa-aes-kwp",
                 *       "wrappedKey": "UlNBLU9BRVAgb2YgYW4gQUVTIGtleSwgdGhlbiBLV1Agb2YgdGhlIGtleQ"
                 *     }
                 */
                "application/json": components["schemas"]["ImportKey"];
            };
        };
        responses: {
            /** @description Dry run. Nothing was created. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRun"];
                };
            };
            /** @description Created. */
            201: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    Location: components["headers"]["Location"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    Deprecation: components["headers"]["Deprecation"];
                    Sunset: components["headers"]["Sunset"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "label": "invoice signing",
                     *       "algorithm": "EC-P256",
                     *       "purpose": "sign",
                     *       "algs": [
                     *         "ES256"
                     *       ],
                     *       "custody": "token",
                     *       "version": 1,
                     *       "state": "ACTIVE",
                     *       "activateAt": null,
                     *       "deactivateAt": null,
                     *       "revocation": null,
                     *       "destroyAt": null,
                     *       "destroyedAt": null,
                     *       "recovery": null,
                     *       "publicKey": {
                     *         "jwk": {
                     *           "kty": "EC",
                     *           "crv": "P-256",
                     *           "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                     *           "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                     *           "kid": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10.1",
                     *           "alg": "ES256",
                     *           "use": "sig"
                     *         },
                     *         "pem": "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n-----END PUBLIC KEY-----\n"
                     *       },
                     *       "hsm": {
                     *         "partition": "default",
                     *         "uri": "pkcs11:token=ankasecure;id=%01%93%9f%31;type=private"
                     *       },
                     *       "description": null,
                     *       "metadata": {},
                     *       "purgeProtection": false,
                     *       "fips": {
                     *         "approved": true,
                     *         "source": "FIPS 186-5 §6 (ECDSA)"
                     *       },
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "revision": 1
                     *     }
                     */
                    "application/json": components["schemas"]["Key"];
                };
            };
            /**
             * @description `decryption-failed`: Decryption failed.
             *     `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `policy-refused`: The tenant policy refuses this.
             *     `key-access-denied`: No grant on the key allows this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `tenant-mismatch`: No such tenant.
             *     `key-not-found`: No such key or version.
             */
            404: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `key-state`: The state of the key does not allow this.
             *     `former-kid-taken`: Another key of the tenant has this former kid.
             *     `idempotency-in-flight`: A request with this Idempotency-Key is still running.
             */
            409: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            /**
             * @description `purpose-mismatch`: The purpose of the key does not allow this.
             *     `algorithm-mismatch`: The algorithm does not match the key.
             *     `algorithm-unavailable`: The algorithm is not available on this token.
             *     `wrapping-key-weak`: The wrapping key is weaker than the key it wraps.
             *     `idempotency-mismatch`: The Idempotency-Key was used with another body.
             */
            422: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `platform-key-unrecorded`: The HSM holds a platform key that no record names.
             *     `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            502: components["responses"]["hsm-error"];
            /**
             * @description `hsm-unavailable`: The HSM is not available.
             *     `hsm-timeout`: The HSM did not answer in time.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `decision-outdated`: The key or the policy changed while the request ran.
             *     `service-unavailable`: A service is not available.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    activateKey: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description ETag of the revision that the change is based on, a list of ETags, or `*` for any (RFC 9110, section 13.1.1). Weak ETags never match. */
                "If-Match"?: components["parameters"]["OptionalIfMatch"];
                /** @description ETags of the states that the change must not meet, or `*` if the resource must not exist (RFC 9110, section 13.1.2). */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /**
                 * @description The id of the key, or an alias of it. The operation concerns the key that the alias names when the request arrives.
                 * @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": components["schemas"]["ActivateKey"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "label": "invoice signing",
                     *       "algorithm": "EC-P256",
                     *       "purpose": "sign",
                     *       "algs": [
                     *         "ES256"
                     *       ],
                     *       "custody": "token",
                     *       "version": 1,
                     *       "state": "ACTIVE",
                     *       "activateAt": "2026-11-23T09:30:00.000Z",
                     *       "deactivateAt": null,
                     *       "revocation": null,
                     *       "destroyAt": null,
                     *       "destroyedAt": null,
                     *       "recovery": null,
                     *       "publicKey": {
                     *         "jwk": {
                     *           "kty": "EC",
                     *           "crv": "P-256",
                     *           "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                     *           "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                     *           "kid": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10.1",
                     *           "alg": "ES256",
                     *           "use": "sig"
                     *         },
                     *         "pem": "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n-----END PUBLIC KEY-----\n"
                     *       },
                     *       "hsm": {
                     *         "partition": "default",
                     *         "uri": "pkcs11:token=ankasecure;id=%01%93%9f%31;type=private"
                     *       },
                     *       "description": null,
                     *       "metadata": {},
                     *       "purgeProtection": false,
                     *       "fips": {
                     *         "approved": true,
                     *         "source": "FIPS 186-5 §6 (ECDSA)"
                     *       },
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "revision": 2
                     *     }
                     */
                    "application/json": components["schemas"]["Key"] | components["schemas"]["DryRun"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `key-access-denied`: No grant on the key allows this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            409: components["responses"]["key-state"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    suspendKey: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description ETag of the revision that the change is based on, a list of ETags, or `*` for any (RFC 9110, section 13.1.1). Weak ETags never match. */
                "If-Match"?: components["parameters"]["OptionalIfMatch"];
                /** @description ETags of the states that the change must not meet, or `*` if the resource must not exist (RFC 9110, section 13.1.2). */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /**
                 * @description The id of the key, or an alias of it. The operation concerns the key that the alias names when the request arrives.
                 * @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": components["schemas"]["SuspendKey"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "label": "invoice signing",
                     *       "algorithm": "EC-P256",
                     *       "purpose": "sign",
                     *       "algs": [
                     *         "ES256"
                     *       ],
                     *       "custody": "token",
                     *       "version": 1,
                     *       "state": "SUSPENDED",
                     *       "activateAt": null,
                     *       "deactivateAt": null,
                     *       "revocation": null,
                     *       "destroyAt": null,
                     *       "destroyedAt": null,
                     *       "recovery": null,
                     *       "publicKey": {
                     *         "jwk": {
                     *           "kty": "EC",
                     *           "crv": "P-256",
                     *           "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                     *           "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                     *           "kid": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10.1",
                     *           "alg": "ES256",
                     *           "use": "sig"
                     *         },
                     *         "pem": "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n-----END PUBLIC KEY-----\n"
                     *       },
                     *       "hsm": {
                     *         "partition": "default",
                     *         "uri": "pkcs11:token=ankasecure;id=%01%93%9f%31;type=private"
                     *       },
                     *       "description": null,
                     *       "metadata": {},
                     *       "purgeProtection": false,
                     *       "fips": {
                     *         "approved": true,
                     *         "source": "FIPS 186-5 §6 (ECDSA)"
                     *       },
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "revision": 2
                     *     }
                     */
                    "application/json": components["schemas"]["Key"] | components["schemas"]["DryRun"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `key-access-denied`: No grant on the key allows this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            409: components["responses"]["key-state"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    resumeKey: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description ETag of the revision that the change is based on, a list of ETags, or `*` for any (RFC 9110, section 13.1.1). Weak ETags never match. */
                "If-Match"?: components["parameters"]["OptionalIfMatch"];
                /** @description ETags of the states that the change must not meet, or `*` if the resource must not exist (RFC 9110, section 13.1.2). */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /**
                 * @description The id of the key, or an alias of it. The operation concerns the key that the alias names when the request arrives.
                 * @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": components["schemas"]["ResumeKey"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "label": "invoice signing",
                     *       "algorithm": "EC-P256",
                     *       "purpose": "sign",
                     *       "algs": [
                     *         "ES256"
                     *       ],
                     *       "custody": "token",
                     *       "version": 1,
                     *       "state": "ACTIVE",
                     *       "activateAt": null,
                     *       "deactivateAt": null,
                     *       "revocation": null,
                     *       "destroyAt": null,
                     *       "destroyedAt": null,
                     *       "recovery": null,
                     *       "publicKey": {
                     *         "jwk": {
                     *           "kty": "EC",
                     *           "crv": "P-256",
                     *           "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                     *           "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                     *           "kid": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10.1",
                     *           "alg": "ES256",
                     *           "use": "sig"
                     *         },
                     *         "pem": "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n-----END PUBLIC KEY-----\n"
                     *       },
                     *       "hsm": {
                     *         "partition": "default",
                     *         "uri": "pkcs11:token=ankasecure;id=%01%93%9f%31;type=private"
                     *       },
                     *       "description": null,
                     *       "metadata": {},
                     *       "purgeProtection": false,
                     *       "fips": {
                     *         "approved": true,
                     *         "source": "FIPS 186-5 §6 (ECDSA)"
                     *       },
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "revision": 2
                     *     }
                     */
                    "application/json": components["schemas"]["Key"] | components["schemas"]["DryRun"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `key-access-denied`: No grant on the key allows this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            409: components["responses"]["key-state"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    deactivateKey: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description ETag of the revision that the change is based on, a list of ETags, or `*` for any (RFC 9110, section 13.1.1). Weak ETags never match. */
                "If-Match"?: components["parameters"]["OptionalIfMatch"];
                /** @description ETags of the states that the change must not meet, or `*` if the resource must not exist (RFC 9110, section 13.1.2). */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /**
                 * @description The id of the key, or an alias of it. The operation concerns the key that the alias names when the request arrives.
                 * @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": components["schemas"]["DeactivateKey"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "label": "invoice signing",
                     *       "algorithm": "EC-P256",
                     *       "purpose": "sign",
                     *       "algs": [
                     *         "ES256"
                     *       ],
                     *       "custody": "token",
                     *       "version": 1,
                     *       "state": "DEACTIVATED",
                     *       "activateAt": null,
                     *       "deactivateAt": "2026-11-23T09:30:00.000Z",
                     *       "revocation": null,
                     *       "destroyAt": null,
                     *       "destroyedAt": null,
                     *       "recovery": null,
                     *       "publicKey": {
                     *         "jwk": {
                     *           "kty": "EC",
                     *           "crv": "P-256",
                     *           "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                     *           "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                     *           "kid": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10.1",
                     *           "alg": "ES256",
                     *           "use": "sig"
                     *         },
                     *         "pem": "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n-----END PUBLIC KEY-----\n"
                     *       },
                     *       "hsm": {
                     *         "partition": "default",
                     *         "uri": "pkcs11:token=ankasecure;id=%01%93%9f%31;type=private"
                     *       },
                     *       "description": null,
                     *       "metadata": {},
                     *       "purgeProtection": false,
                     *       "fips": {
                     *         "approved": true,
                     *         "source": "FIPS 186-5 §6 (ECDSA)"
                     *       },
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "revision": 2
                     *     }
                     */
                    "application/json": components["schemas"]["Key"] | components["schemas"]["DryRun"];
                };
            };
            /** @description The tenant’s policy requires two people. The request waits for the approval of a second person. */
            202: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-38c4-7e2a-9d05-1f6b8a3c7e42",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "operation": "deleteKey",
                     *       "request": {
                     *         "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *         "waitingDays": "30"
                     *       },
                     *       "ifMatch": 1,
                     *       "requestedBy": "alice@acme.example",
                     *       "requestedByIssuer": "https://login.acme.example",
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "expiresAt": "2026-11-24T09:30:00.000Z",
                     *       "state": "pending",
                     *       "decidedBy": null,
                     *       "decidedByIssuer": null,
                     *       "decidedAt": null,
                     *       "reason": null,
                     *       "outcome": null
                     *     }
                     */
                    "application/json": components["schemas"]["Approval"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `key-access-denied`: No grant on the key allows this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             *     `approval-required`: A second person must approve this.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            409: components["responses"]["key-state"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    revokeKey: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description ETag of the revision that the change is based on, a list of ETags, or `*` for any (RFC 9110, section 13.1.1). Weak ETags never match. */
                "If-Match"?: components["parameters"]["OptionalIfMatch"];
                /** @description ETags of the states that the change must not meet, or `*` if the resource must not exist (RFC 9110, section 13.1.2). */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /**
                 * @description The id of the key, or an alias of it. The operation concerns the key that the alias names when the request arrives.
                 * @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "version": 1,
                 *       "reason": "superseded",
                 *       "message": "replaced by the 2027 key",
                 *       "occurredAt": "2026-11-23T09:30:00.000Z"
                 *     }
                 */
                "application/json": components["schemas"]["RevokeKey"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "label": "invoice signing",
                     *       "algorithm": "EC-P256",
                     *       "purpose": "sign",
                     *       "algs": [
                     *         "ES256"
                     *       ],
                     *       "custody": "token",
                     *       "version": 1,
                     *       "state": "DEACTIVATED",
                     *       "activateAt": null,
                     *       "deactivateAt": "2026-11-23T09:30:00.000Z",
                     *       "revocation": {
                     *         "reason": "superseded",
                     *         "message": "replaced by the 2027 key",
                     *         "occurredAt": "2026-11-23T09:30:00.000Z"
                     *       },
                     *       "destroyAt": null,
                     *       "destroyedAt": null,
                     *       "recovery": null,
                     *       "publicKey": {
                     *         "jwk": {
                     *           "kty": "EC",
                     *           "crv": "P-256",
                     *           "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                     *           "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                     *           "kid": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10.1",
                     *           "alg": "ES256",
                     *           "use": "sig"
                     *         },
                     *         "pem": "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n-----END PUBLIC KEY-----\n"
                     *       },
                     *       "hsm": {
                     *         "partition": "default",
                     *         "uri": "pkcs11:token=ankasecure;id=%01%93%9f%31;type=private"
                     *       },
                     *       "description": null,
                     *       "metadata": {},
                     *       "purgeProtection": false,
                     *       "fips": {
                     *         "approved": true,
                     *         "source": "FIPS 186-5 §6 (ECDSA)"
                     *       },
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "revision": 2
                     *     }
                     */
                    "application/json": components["schemas"]["Key"] | components["schemas"]["DryRun"];
                };
            };
            /** @description The tenant’s policy requires two people. The request waits for the approval of a second person. */
            202: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-38c4-7e2a-9d05-1f6b8a3c7e42",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "operation": "deleteKey",
                     *       "request": {
                     *         "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *         "waitingDays": "30"
                     *       },
                     *       "ifMatch": 1,
                     *       "requestedBy": "alice@acme.example",
                     *       "requestedByIssuer": "https://login.acme.example",
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "expiresAt": "2026-11-24T09:30:00.000Z",
                     *       "state": "pending",
                     *       "decidedBy": null,
                     *       "decidedByIssuer": null,
                     *       "decidedAt": null,
                     *       "reason": null,
                     *       "outcome": null
                     *     }
                     */
                    "application/json": components["schemas"]["Approval"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `key-access-denied`: No grant on the key allows this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             *     `approval-required`: A second person must approve this.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            409: components["responses"]["key-state"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    compromiseKey: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description ETag of the revision that the change is based on, a list of ETags, or `*` for any (RFC 9110, section 13.1.1). Weak ETags never match. */
                "If-Match"?: components["parameters"]["OptionalIfMatch"];
                /** @description ETags of the states that the change must not meet, or `*` if the resource must not exist (RFC 9110, section 13.1.2). */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /**
                 * @description The id of the key, or an alias of it. The operation concerns the key that the alias names when the request arrives.
                 * @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "message": "laptop lost",
                 *       "occurredAt": "2026-11-23T09:30:00.000Z"
                 *     }
                 */
                "application/json": components["schemas"]["CompromiseKey"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "label": "invoice signing",
                     *       "algorithm": "EC-P256",
                     *       "purpose": "sign",
                     *       "algs": [
                     *         "ES256"
                     *       ],
                     *       "custody": "token",
                     *       "version": 1,
                     *       "state": "COMPROMISED",
                     *       "activateAt": null,
                     *       "deactivateAt": null,
                     *       "revocation": {
                     *         "reason": "key-compromise",
                     *         "message": "laptop lost",
                     *         "occurredAt": "2026-11-23T09:30:00.000Z"
                     *       },
                     *       "destroyAt": null,
                     *       "destroyedAt": null,
                     *       "recovery": null,
                     *       "publicKey": {
                     *         "jwk": {
                     *           "kty": "EC",
                     *           "crv": "P-256",
                     *           "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                     *           "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                     *           "kid": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10.1",
                     *           "alg": "ES256",
                     *           "use": "sig"
                     *         },
                     *         "pem": "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n-----END PUBLIC KEY-----\n"
                     *       },
                     *       "hsm": {
                     *         "partition": "default",
                     *         "uri": "pkcs11:token=ankasecure;id=%01%93%9f%31;type=private"
                     *       },
                     *       "description": null,
                     *       "metadata": {},
                     *       "purgeProtection": false,
                     *       "fips": {
                     *         "approved": true,
                     *         "source": "FIPS 186-5 §6 (ECDSA)"
                     *       },
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "revision": 2
                     *     }
                     */
                    "application/json": components["schemas"]["Key"] | components["schemas"]["DryRun"];
                };
            };
            /** @description The tenant’s policy requires two people. The request waits for the approval of a second person. */
            202: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-38c4-7e2a-9d05-1f6b8a3c7e42",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "operation": "deleteKey",
                     *       "request": {
                     *         "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *         "waitingDays": "30"
                     *       },
                     *       "ifMatch": 1,
                     *       "requestedBy": "alice@acme.example",
                     *       "requestedByIssuer": "https://login.acme.example",
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "expiresAt": "2026-11-24T09:30:00.000Z",
                     *       "state": "pending",
                     *       "decidedBy": null,
                     *       "decidedByIssuer": null,
                     *       "decidedAt": null,
                     *       "reason": null,
                     *       "outcome": null
                     *     }
                     */
                    "application/json": components["schemas"]["Approval"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `key-access-denied`: No grant on the key allows this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             *     `approval-required`: A second person must approve this.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            409: components["responses"]["key-state"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    scheduleDestruction: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Makes the request safe to repeat for 24 hours: what was done is done once, and is answered again to the same caller. Another body (compared as JSON), path or If-Match with the same key is refused. A refused request has changed nothing and is decided anew. Use a UUID. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description ETag of the revision that the change is based on, a list of ETags, or `*` for any (RFC 9110, section 13.1.1). Weak ETags never match. */
                "If-Match"?: components["parameters"]["OptionalIfMatch"];
                /** @description ETags of the states that the change must not meet, or `*` if the resource must not exist (RFC 9110, section 13.1.2). */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /**
                 * @description The id of the key, or an alias of it. The operation concerns the key that the alias names when the request arrives.
                 * @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "waitingDays": 30
                 *     }
                 */
                "application/json": components["schemas"]["ScheduleDestruction"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "label": "invoice signing",
                     *       "algorithm": "EC-P256",
                     *       "purpose": "sign",
                     *       "algs": [
                     *         "ES256"
                     *       ],
                     *       "custody": "token",
                     *       "version": 1,
                     *       "state": "DESTROY_SCHEDULED",
                     *       "activateAt": null,
                     *       "deactivateAt": null,
                     *       "revocation": null,
                     *       "destroyAt": "2026-12-23T09:30:00.000Z",
                     *       "destroyedAt": null,
                     *       "recovery": null,
                     *       "publicKey": {
                     *         "jwk": {
                     *           "kty": "EC",
                     *           "crv": "P-256",
                     *           "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                     *           "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                     *           "kid": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10.1",
                     *           "alg": "ES256",
                     *           "use": "sig"
                     *         },
                     *         "pem": "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n-----END PUBLIC KEY-----\n"
                     *       },
                     *       "hsm": {
                     *         "partition": "default",
                     *         "uri": "pkcs11:token=ankasecure;id=%01%93%9f%31;type=private"
                     *       },
                     *       "description": null,
                     *       "metadata": {},
                     *       "purgeProtection": false,
                     *       "fips": {
                     *         "approved": true,
                     *         "source": "FIPS 186-5 §6 (ECDSA)"
                     *       },
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "revision": 2
                     *     }
                     */
                    "application/json": components["schemas"]["Key"] | components["schemas"]["DryRun"];
                };
            };
            /** @description The tenant’s policy requires two people. The request waits for the approval of a second person. */
            202: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-38c4-7e2a-9d05-1f6b8a3c7e42",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "operation": "deleteKey",
                     *       "request": {
                     *         "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *         "waitingDays": "30"
                     *       },
                     *       "ifMatch": 1,
                     *       "requestedBy": "alice@acme.example",
                     *       "requestedByIssuer": "https://login.acme.example",
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "expiresAt": "2026-11-24T09:30:00.000Z",
                     *       "state": "pending",
                     *       "decidedBy": null,
                     *       "decidedByIssuer": null,
                     *       "decidedAt": null,
                     *       "reason": null,
                     *       "outcome": null
                     *     }
                     */
                    "application/json": components["schemas"]["Approval"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `key-access-denied`: No grant on the key allows this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             *     `approval-required`: A second person must approve this.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            /**
             * @description `key-state`: The state of the key does not allow this.
             *     `idempotency-in-flight`: A request with this Idempotency-Key is still running.
             */
            409: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            422: components["responses"]["idempotency-mismatch"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    cancelDestruction: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description ETag of the revision that the change is based on, a list of ETags, or `*` for any (RFC 9110, section 13.1.1). Weak ETags never match. */
                "If-Match"?: components["parameters"]["OptionalIfMatch"];
                /** @description ETags of the states that the change must not meet, or `*` if the resource must not exist (RFC 9110, section 13.1.2). */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /**
                 * @description The id of the key, or an alias of it. The operation concerns the key that the alias names when the request arrives.
                 * @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": components["schemas"]["CancelDestruction"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "label": "invoice signing",
                     *       "algorithm": "EC-P256",
                     *       "purpose": "sign",
                     *       "algs": [
                     *         "ES256"
                     *       ],
                     *       "custody": "token",
                     *       "version": 1,
                     *       "state": "SUSPENDED",
                     *       "activateAt": null,
                     *       "deactivateAt": null,
                     *       "revocation": null,
                     *       "destroyAt": null,
                     *       "destroyedAt": null,
                     *       "recovery": null,
                     *       "publicKey": {
                     *         "jwk": {
                     *           "kty": "EC",
                     *           "crv": "P-256",
                     *           "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                     *           "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                     *           "kid": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10.1",
                     *           "alg": "ES256",
                     *           "use": "sig"
                     *         },
                     *         "pem": "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n-----END PUBLIC KEY-----\n"
                     *       },
                     *       "hsm": {
                     *         "partition": "default",
                     *         "uri": "pkcs11:token=ankasecure;id=%01%93%9f%31;type=private"
                     *       },
                     *       "description": null,
                     *       "metadata": {},
                     *       "purgeProtection": false,
                     *       "fips": {
                     *         "approved": true,
                     *         "source": "FIPS 186-5 §6 (ECDSA)"
                     *       },
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "revision": 2
                     *     }
                     */
                    "application/json": components["schemas"]["Key"] | components["schemas"]["DryRun"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `key-access-denied`: No grant on the key allows this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            409: components["responses"]["key-state"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    rotateKey: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Makes the request safe to repeat for 24 hours: what was done is done once, and is answered again to the same caller. Another body (compared as JSON), path or If-Match with the same key is refused. A refused request has changed nothing and is decided anew. Use a UUID. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description ETag of the revision that the change is based on, a list of ETags, or `*` for any (RFC 9110, section 13.1.1). Weak ETags never match. */
                "If-Match"?: components["parameters"]["OptionalIfMatch"];
                /** @description ETags of the states that the change must not meet, or `*` if the resource must not exist (RFC 9110, section 13.1.2). */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /**
                 * @description The id of the key, or an alias of it. The operation concerns the key that the alias names when the request arrives.
                 * @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "expectedVersion": 1
                 *     }
                 */
                "application/json": components["schemas"]["RotateKey"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    Deprecation: components["headers"]["Deprecation"];
                    Sunset: components["headers"]["Sunset"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "label": "invoice signing",
                     *       "algorithm": "EC-P256",
                     *       "purpose": "sign",
                     *       "algs": [
                     *         "ES256"
                     *       ],
                     *       "custody": "token",
                     *       "version": 2,
                     *       "state": "ACTIVE",
                     *       "activateAt": null,
                     *       "deactivateAt": null,
                     *       "revocation": null,
                     *       "destroyAt": null,
                     *       "destroyedAt": null,
                     *       "recovery": null,
                     *       "publicKey": {
                     *         "jwk": {
                     *           "kty": "EC",
                     *           "crv": "P-256",
                     *           "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                     *           "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                     *           "kid": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10.1",
                     *           "alg": "ES256",
                     *           "use": "sig"
                     *         },
                     *         "pem": "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n-----END PUBLIC KEY-----\n"
                     *       },
                     *       "hsm": {
                     *         "partition": "default",
                     *         "uri": "pkcs11:token=ankasecure;id=%01%93%9f%31;type=private"
                     *       },
                     *       "description": null,
                     *       "metadata": {},
                     *       "purgeProtection": false,
                     *       "fips": {
                     *         "approved": true,
                     *         "source": "FIPS 186-5 §6 (ECDSA)"
                     *       },
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "revision": 2
                     *     }
                     */
                    "application/json": components["schemas"]["Key"] | components["schemas"]["DryRun"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `key-access-denied`: No grant on the key allows this.
             *     `policy-refused`: The tenant policy refuses this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            /**
             * @description `former-kid-taken`: Another key of the tenant has this former kid.
             *     `key-state`: The state of the key does not allow this.
             *     `idempotency-in-flight`: A request with this Idempotency-Key is still running.
             */
            409: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            /**
             * @description `purpose-mismatch`: The purpose of the key does not allow this.
             *     `algorithm-unavailable`: The algorithm is not available on this token.
             *     `idempotency-mismatch`: The Idempotency-Key was used with another body.
             */
            422: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            502: components["responses"]["hsm-error"];
            /**
             * @description `hsm-unavailable`: The HSM is not available.
             *     `hsm-timeout`: The HSM did not answer in time.
             *     `decision-outdated`: The key or the policy changed while the request ran.
             *     `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    listKeyVersions: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /**
                 * @description The id of the key, or an alias of it. The operation concerns the key that the alias names when the request arrives.
                 * @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "keyId": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *           "version": 1,
                     *           "state": "ACTIVE",
                     *           "activateAt": null,
                     *           "deactivateAt": null,
                     *           "revocation": null,
                     *           "destroyAt": null,
                     *           "destroyedAt": null,
                     *           "recovery": null,
                     *           "custody": "token",
                     *           "publicKey": {
                     *             "jwk": {
                     *               "kty": "EC",
                     *               "crv": "P-256",
                     *               "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                     *               "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                     *               "kid": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10.1",
                     *               "alg": "ES256",
                     *               "use": "sig"
                     *             },
                     *             "pem": "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n-----END PUBLIC KEY-----\n"
                     *           },
                     *           "hsm": {
                     *             "partition": "default",
                     *             "uri": "pkcs11:token=ankasecure;id=%01%93%9f%31;type=private"
                     *           },
                     *           "createdAt": "2026-11-23T09:30:00.000Z"
                     *         }
                     *       ],
                     *       "next": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["KeyVersion"][];
                        next: string | null;
                    };
                };
            };
            /**
             * @description `cursor-invalid`: The cursor is not valid for this request.
             *     `request-invalid`: The request is not valid.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `key-access-denied`: No grant on the key allows this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    getKeyVersion: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /**
                 * @description The id of the key, or an alias of it. The operation concerns the key that the alias names when the request arrives.
                 * @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10
                 */
                id: string;
                /** @example 1 */
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "keyId": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *       "version": 1,
                     *       "state": "ACTIVE",
                     *       "activateAt": null,
                     *       "deactivateAt": null,
                     *       "revocation": null,
                     *       "destroyAt": null,
                     *       "destroyedAt": null,
                     *       "recovery": null,
                     *       "custody": "token",
                     *       "publicKey": {
                     *         "jwk": {
                     *           "kty": "EC",
                     *           "crv": "P-256",
                     *           "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                     *           "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                     *           "kid": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10.1",
                     *           "alg": "ES256",
                     *           "use": "sig"
                     *         },
                     *         "pem": "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n-----END PUBLIC KEY-----\n"
                     *       },
                     *       "hsm": {
                     *         "partition": "default",
                     *         "uri": "pkcs11:token=ankasecure;id=%01%93%9f%31;type=private"
                     *       },
                     *       "createdAt": "2026-11-23T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["KeyVersion"];
                };
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `key-access-denied`: No grant on the key allows this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    getKeyUsage: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /**
                 * @description The id of the key, or an alias of it. The operation concerns the key that the alias names when the request arrives.
                 * @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "version": 1,
                     *           "lastUsedAt": "2026-11-23T09:31:12.731Z",
                     *           "operations": [
                     *             {
                     *               "operation": "sign",
                     *               "count": 1203,
                     *               "lastUsedAt": "2026-11-23T09:31:12.731Z"
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "next": null
                     *     }
                     */
                    "application/json": components["schemas"]["KeyUsage"];
                };
            };
            /**
             * @description `cursor-invalid`: The cursor is not valid for this request.
             *     `request-invalid`: The request is not valid.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `key-access-denied`: No grant on the key allows this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    getRotationPolicy: {
        parameters: {
            query?: never;
            header?: {
                /** @description ETags that you have. If one of them is the present one, the answer is 304 (RFC 9110, section 13.1.2). */
                "If-None-Match"?: components["parameters"]["IfModified"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /**
                 * @description The id of the key, or an alias of it. The operation concerns the key that the alias names when the request arrives.
                 * @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "keyId": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *       "interval": "P90D",
                     *       "nextAt": "2026-12-23T09:30:00.000Z",
                     *       "maxUses": 1000000,
                     *       "setBy": "alice@acme.example"
                     *     }
                     */
                    "application/json": components["schemas"]["RotationPolicy"];
                };
            };
            /** @description Not modified. If-None-Match names the present ETag. */
            304: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `key-access-denied`: No grant on the key allows this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    putRotationPolicy: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description ETag of the revision that the change is based on, a list of ETags, or `*` for any (RFC 9110, section 13.1.1). Weak ETags never match. */
                "If-Match"?: components["parameters"]["OptionalIfMatch"];
                /** @description ETags of the states that the change must not meet, or `*` if the resource must not exist (RFC 9110, section 13.1.2). */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /**
                 * @description The id of the key, or an alias of it. The operation concerns the key that the alias names when the request arrives.
                 * @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "interval": "P90D",
                 *       "at": "2026-12-23T09:30:00.000Z",
                 *       "maxUses": 1000000
                 *     }
                 */
                "application/json": components["schemas"]["PutRotationPolicy"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "keyId": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *       "interval": "P90D",
                     *       "nextAt": "2026-12-23T09:30:00.000Z",
                     *       "maxUses": 1000000,
                     *       "setBy": "alice@acme.example"
                     *     }
                     */
                    "application/json": components["schemas"]["RotationPolicy"] | components["schemas"]["DryRun"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `policy-refused`: The tenant policy refuses this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            409: components["responses"]["key-state"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            422: components["responses"]["purpose-mismatch"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    deleteRotationPolicy: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description ETag of the revision that the change is based on, a list of ETags, or `*` for any (RFC 9110, section 13.1.1). Weak ETags never match. */
                "If-Match"?: components["parameters"]["OptionalIfMatch"];
                /** @description ETags of the states that the change must not meet, or `*` if the resource must not exist (RFC 9110, section 13.1.2). */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /**
                 * @description The id of the key, or an alias of it. The operation concerns the key that the alias names when the request arrives.
                 * @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "keyId": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *       "interval": "P90D",
                     *       "nextAt": "2026-12-23T09:30:00.000Z",
                     *       "maxUses": 1000000,
                     *       "setBy": "alice@acme.example"
                     *     }
                     */
                    "application/json": components["schemas"]["RotationPolicy"] | components["schemas"]["DryRun"];
                };
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `key-access-denied`: No grant on the key allows this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    getPublicKey: {
        parameters: {
            query?: {
                version?: number;
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /**
                 * @description The id of the key, or an alias of it. The operation concerns the key that the alias names when the request arrives.
                 * @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "keyId": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *       "version": 1,
                     *       "jwk": {
                     *         "kty": "EC",
                     *         "crv": "P-256",
                     *         "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                     *         "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                     *         "kid": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10.1",
                     *         "alg": "ES256",
                     *         "use": "sig"
                     *       },
                     *       "pem": "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n-----END PUBLIC KEY-----\n"
                     *     }
                     */
                    "application/json": components["schemas"]["PublicKey"];
                };
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `key-access-denied`: No grant on the key allows this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            412: components["responses"]["precondition-failed"];
            422: components["responses"]["purpose-mismatch"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    encrypt: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "keyId": "01939f31-9b1d-7e02-b6a7-51c0d8e4f297",
                 *       "plaintext": "card 4111…",
                 *       "encoding": "utf8"
                 *     }
                 */
                "application/json": components["schemas"]["EncryptRequest"] | {
                    items: components["schemas"]["EncryptRequest"][];
                };
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Deprecation: components["headers"]["Deprecation"];
                    Sunset: components["headers"]["Sunset"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "jwe": "eyJhbGciOiJSU0EtT0FFUC0yNTYiLCJlbmMiOiJBMjU2R0NNIiwia2lkIjoiMDE5MzlmMzEtOWIxZC03ZTAyLWI2YTctNTFjMGQ4ZTRmMjk3LjEifQ.T0tfZW5jcnlwdGVkX2tleQ.AAECAwQFBgcICQoL.Y2lwaGVydGV4dA.dGFnX29mXzE2X2J5dGVz",
                     *       "version": 1,
                     *       "custody": "token",
                     *       "keyId": "01939f31-9b1d-7e02-b6a7-51c0d8e4f297",
                     *       "algorithm": "RSA-3072",
                     *       "alg": "RSA-OAEP-256",
                     *       "enc": "A256GCM"
                     *     }
                     */
                    "application/json": (components["schemas"]["EncryptResult"] | {
                        items: (components["schemas"]["EncryptResult"] | components["schemas"]["ItemFailure"])[];
                    }) | components["schemas"]["DryRun"] | {
                        items: components["schemas"]["DryRun"][];
                    };
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `key-access-denied`: No grant on the key allows this.
             *     `policy-refused`: The tenant policy refuses this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            /**
             * @description `key-state`: The state of the key does not allow this.
             *     `kek-retired`: The key is wrapped by a retired KEK.
             */
            409: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            /**
             * @description `purpose-mismatch`: The purpose of the key does not allow this.
             *     `algorithm-mismatch`: The algorithm does not match the key.
             *     `algorithm-unavailable`: The algorithm is not available on this token.
             *     `key-exhausted`: The key has reached its invocation limit.
             */
            422: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `key-blob-refused`: The stored key does not match its record.
             *     `record-forged`: A stored record is not one that the platform wrote.
             *     `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            502: components["responses"]["hsm-error"];
            /**
             * @description `hsm-unavailable`: The HSM is not available.
             *     `hsm-timeout`: The HSM did not answer in time.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `decision-outdated`: The key or the policy changed while the request ran.
             *     `service-unavailable`: A service is not available.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    decrypt: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "jwe": "eyJhbGciOiJSU0EtT0FFUC0yNTYiLCJlbmMiOiJBMjU2R0NNIiwia2lkIjoiMDE5MzlmMzEtOWIxZC03ZTAyLWI2YTctNTFjMGQ4ZTRmMjk3LjEifQ.T0tfZW5jcnlwdGVkX2tleQ.AAECAwQFBgcICQoL.Y2lwaGVydGV4dA.dGFnX29mXzE2X2J5dGVz",
                 *       "encoding": "utf8"
                 *     }
                 */
                "application/json": components["schemas"]["DecryptRequest"] | {
                    items: components["schemas"]["DecryptRequest"][];
                };
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Deprecation: components["headers"]["Deprecation"];
                    Sunset: components["headers"]["Sunset"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "plaintext": "card 4111…",
                     *       "encoding": "utf8",
                     *       "version": 1,
                     *       "custody": "token",
                     *       "keyId": "01939f31-9b1d-7e02-b6a7-51c0d8e4f297",
                     *       "algorithm": "RSA-3072",
                     *       "alg": "RSA-OAEP-256",
                     *       "enc": "A256GCM"
                     *     }
                     */
                    "application/json": (components["schemas"]["DecryptResult"] | {
                        items: (components["schemas"]["DecryptResult"] | components["schemas"]["ItemFailure"])[];
                    }) | components["schemas"]["DryRun"] | {
                        items: components["schemas"]["DryRun"][];
                    };
                };
            };
            /**
             * @description `jwe-invalid`: The JWE is not accepted.
             *     `decryption-failed`: Decryption failed.
             *     `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `key-access-denied`: No grant on the key allows this.
             *     `policy-refused`: The tenant policy refuses this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            /**
             * @description `key-state`: The state of the key does not allow this.
             *     `kek-retired`: The key is wrapped by a retired KEK.
             */
            409: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            /**
             * @description `purpose-mismatch`: The purpose of the key does not allow this.
             *     `algorithm-mismatch`: The algorithm does not match the key.
             *     `algorithm-unavailable`: The algorithm is not available on this token.
             */
            422: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `key-blob-refused`: The stored key does not match its record.
             *     `record-forged`: A stored record is not one that the platform wrote.
             *     `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            502: components["responses"]["hsm-error"];
            /**
             * @description `hsm-unavailable`: The HSM is not available.
             *     `hsm-timeout`: The HSM did not answer in time.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `decision-outdated`: The key or the policy changed while the request ran.
             *     `service-unavailable`: A service is not available.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    sign: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "keyId": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                 *       "payload": "Invoice 47",
                 *       "encoding": "utf8"
                 *     }
                 */
                "application/json": components["schemas"]["SignRequest"] | components["schemas"]["SignTogetherRequest"] | {
                    items: (components["schemas"]["SignRequest"] | components["schemas"]["SignTogetherRequest"])[];
                };
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Deprecation: components["headers"]["Deprecation"];
                    Sunset: components["headers"]["Sunset"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "jws": "eyJhbGciOiJFUzI1NiIsImtpZCI6IjAxOTM5ZjMxLTA3YzItN2E0NC04ZjBlLTJiOWQ2YzFhM2YxMC4xIn0.SW52b2ljZSA0Nw.c2lnbmF0dXJlX29mXzY0X2J5dGVz",
                     *       "version": 1,
                     *       "custody": "token",
                     *       "keyId": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *       "algorithm": "EC-P256",
                     *       "alg": "ES256"
                     *     }
                     */
                    "application/json": (components["schemas"]["SignResult"] | components["schemas"]["SignTogetherResult"] | {
                        items: (components["schemas"]["SignResult"] | components["schemas"]["SignTogetherResult"] | components["schemas"]["ItemFailure"])[];
                    }) | components["schemas"]["DryRun"] | {
                        items: components["schemas"]["DryRun"][];
                    };
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `key-access-denied`: No grant on the key allows this.
             *     `policy-refused`: The tenant policy refuses this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            /**
             * @description `key-state`: The state of the key does not allow this.
             *     `kek-retired`: The key is wrapped by a retired KEK.
             */
            409: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            /**
             * @description `purpose-mismatch`: The purpose of the key does not allow this.
             *     `algorithm-mismatch`: The algorithm does not match the key.
             *     `algorithm-unavailable`: The algorithm is not available on this token.
             *     `key-exhausted`: The key has reached its invocation limit.
             */
            422: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `key-blob-refused`: The stored key does not match its record.
             *     `record-forged`: A stored record is not one that the platform wrote.
             *     `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            502: components["responses"]["hsm-error"];
            /**
             * @description `hsm-unavailable`: The HSM is not available.
             *     `hsm-timeout`: The HSM did not answer in time.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `decision-outdated`: The key or the policy changed while the request ran.
             *     `service-unavailable`: A service is not available.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    verify: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "jws": "eyJhbGciOiJFUzI1NiIsImtpZCI6IjAxOTM5ZjMxLTA3YzItN2E0NC04ZjBlLTJiOWQ2YzFhM2YxMC4xIn0.SW52b2ljZSA0Nw.c2lnbmF0dXJlX29mXzY0X2J5dGVz"
                 *     }
                 */
                "application/json": components["schemas"]["VerifyRequest"] | components["schemas"]["VerifyTogetherRequest"] | {
                    items: (components["schemas"]["VerifyRequest"] | components["schemas"]["VerifyTogetherRequest"])[];
                };
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Deprecation: components["headers"]["Deprecation"];
                    Sunset: components["headers"]["Sunset"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "valid": true,
                     *       "version": 1,
                     *       "custody": "token",
                     *       "keyId": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *       "algorithm": "EC-P256",
                     *       "alg": "ES256"
                     *     }
                     */
                    "application/json": (components["schemas"]["VerifyResult"] | components["schemas"]["VerifyTogetherResult"] | {
                        items: (components["schemas"]["VerifyResult"] | components["schemas"]["VerifyTogetherResult"] | components["schemas"]["ItemFailure"])[];
                    }) | components["schemas"]["DryRun"] | {
                        items: components["schemas"]["DryRun"][];
                    };
                };
            };
            /**
             * @description `jws-invalid`: The JWS is not accepted.
             *     `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `key-access-denied`: No grant on the key allows this.
             *     `policy-refused`: The tenant policy refuses this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            /**
             * @description `key-state`: The state of the key does not allow this.
             *     `kek-retired`: The key is wrapped by a retired KEK.
             */
            409: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            /**
             * @description `purpose-mismatch`: The purpose of the key does not allow this.
             *     `algorithm-mismatch`: The algorithm does not match the key.
             *     `algorithm-unavailable`: The algorithm is not available on this token.
             */
            422: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `key-blob-refused`: The stored key does not match its record.
             *     `record-forged`: A stored record is not one that the platform wrote.
             *     `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            502: components["responses"]["hsm-error"];
            /**
             * @description `hsm-unavailable`: The HSM is not available.
             *     `hsm-timeout`: The HSM did not answer in time.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `decision-outdated`: The key or the policy changed while the request ran.
             *     `service-unavailable`: A service is not available.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    encapsulate: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "keyId": "01939f31-c4e8-7b19-a2d6-3f70e95b8c21"
                 *     }
                 */
                "application/json": components["schemas"]["EncapsulateRequest"] | {
                    items: components["schemas"]["EncapsulateRequest"][];
                };
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Deprecation: components["headers"]["Deprecation"];
                    Sunset: components["headers"]["Sunset"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ciphertext": "YSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXI",
                     *       "sharedSecret": "YSBzaGFyZWQgc2VjcmV0IHdpdGggMzIgb2N0ZXRzLi4",
                     *       "version": 1,
                     *       "custody": "token",
                     *       "keyId": "01939f31-c4e8-7b19-a2d6-3f70e95b8c21",
                     *       "algorithm": "ML-KEM-768",
                     *       "alg": "ML-KEM-768",
                     *       "warnings": [
                     *         {
                     *           "code": "shared-secret-release",
                     *           "detail": "The shared secret leaves the HSM in plaintext: it is the answer. Only a policy with rawKem allows such keys."
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": (components["schemas"]["EncapsulateResult"] | {
                        items: (components["schemas"]["EncapsulateResult"] | components["schemas"]["ItemFailure"])[];
                    }) | components["schemas"]["DryRun"] | {
                        items: components["schemas"]["DryRun"][];
                    };
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `key-access-denied`: No grant on the key allows this.
             *     `policy-refused`: The tenant policy refuses this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            /**
             * @description `key-state`: The state of the key does not allow this.
             *     `kek-retired`: The key is wrapped by a retired KEK.
             */
            409: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            /**
             * @description `purpose-mismatch`: The purpose of the key does not allow this.
             *     `algorithm-mismatch`: The algorithm does not match the key.
             *     `algorithm-unavailable`: The algorithm is not available on this token.
             *     `key-exhausted`: The key has reached its invocation limit.
             */
            422: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `key-blob-refused`: The stored key does not match its record.
             *     `record-forged`: A stored record is not one that the platform wrote.
             *     `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            502: components["responses"]["hsm-error"];
            /**
             * @description `hsm-unavailable`: The HSM is not available.
             *     `hsm-timeout`: The HSM did not answer in time.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `decision-outdated`: The key or the policy changed while the request ran.
             *     `service-unavailable`: A service is not available.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    decapsulate: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "keyId": "01939f31-c4e8-7b19-a2d6-3f70e95b8c21",
                 *       "version": 1,
                 *       "ciphertext": "YSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXJ0ZXh0IG9mIE1MLUtFTS03NjggYSBjaXBoZXI"
                 *     }
                 */
                "application/json": components["schemas"]["DecapsulateRequest"] | {
                    items: components["schemas"]["DecapsulateRequest"][];
                };
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Deprecation: components["headers"]["Deprecation"];
                    Sunset: components["headers"]["Sunset"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "sharedSecret": "YSBzaGFyZWQgc2VjcmV0IHdpdGggMzIgb2N0ZXRzLi4",
                     *       "version": 1,
                     *       "custody": "token",
                     *       "keyId": "01939f31-c4e8-7b19-a2d6-3f70e95b8c21",
                     *       "algorithm": "ML-KEM-768",
                     *       "alg": "ML-KEM-768",
                     *       "warnings": [
                     *         {
                     *           "code": "shared-secret-release",
                     *           "detail": "The shared secret leaves the HSM in plaintext: it is the answer. Only a policy with rawKem allows such keys."
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": (components["schemas"]["DecapsulateResult"] | {
                        items: (components["schemas"]["DecapsulateResult"] | components["schemas"]["ItemFailure"])[];
                    }) | components["schemas"]["DryRun"] | {
                        items: components["schemas"]["DryRun"][];
                    };
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `key-access-denied`: No grant on the key allows this.
             *     `policy-refused`: The tenant policy refuses this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            /**
             * @description `key-state`: The state of the key does not allow this.
             *     `kek-retired`: The key is wrapped by a retired KEK.
             */
            409: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            /**
             * @description `purpose-mismatch`: The purpose of the key does not allow this.
             *     `algorithm-mismatch`: The algorithm does not match the key.
             *     `algorithm-unavailable`: The algorithm is not available on this token.
             */
            422: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `key-blob-refused`: The stored key does not match its record.
             *     `record-forged`: A stored record is not one that the platform wrote.
             *     `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            502: components["responses"]["hsm-error"];
            /**
             * @description `hsm-unavailable`: The HSM is not available.
             *     `hsm-timeout`: The HSM did not answer in time.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `decision-outdated`: The key or the policy changed while the request ran.
             *     `service-unavailable`: A service is not available.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    reencrypt: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "jwe": "eyJhbGciOiJSU0EtT0FFUC0yNTYiLCJlbmMiOiJBMjU2R0NNIiwia2lkIjoiMDE5MzlmMzEtOWIxZC03ZTAyLWI2YTctNTFjMGQ4ZTRmMjk3LjEifQ.T0tfZW5jcnlwdGVkX2tleQ.AAECAwQFBgcICQoL.Y2lwaGVydGV4dA.dGFnX29mXzE2X2J5dGVz",
                 *       "to": {
                 *         "keyId": "01939f31-9b1d-7e02-b6a7-51c0d8e4f297"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["ReencryptRequest"] | {
                    items: components["schemas"]["ReencryptRequest"][];
                };
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Deprecation: components["headers"]["Deprecation"];
                    Sunset: components["headers"]["Sunset"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "jwe": "eyJhbGciOiJSU0EtT0FFUC0yNTYiLCJlbmMiOiJBMjU2R0NNIiwia2lkIjoiMDE5MzlmMzEtOWIxZC03ZTAyLWI2YTctNTFjMGQ4ZTRmMjk3LjEifQ.T0tfZW5jcnlwdGVkX2tleQ.AAECAwQFBgcICQoL.Y2lwaGVydGV4dA.dGFnX29mXzE2X2J5dGVz",
                     *       "version": 2,
                     *       "custody": "token",
                     *       "keyId": "01939f31-9b1d-7e02-b6a7-51c0d8e4f297",
                     *       "algorithm": "RSA-3072",
                     *       "alg": "RSA-OAEP-256",
                     *       "enc": "A256GCM",
                     *       "from": {
                     *         "version": 1,
                     *         "custody": "token",
                     *         "keyId": "01939f31-9b1d-7e02-b6a7-51c0d8e4f297",
                     *         "algorithm": "RSA-3072",
                     *         "alg": "RSA-OAEP-256",
                     *         "enc": "A256GCM"
                     *       }
                     *     }
                     */
                    "application/json": (components["schemas"]["ReencryptResult"] | {
                        items: (components["schemas"]["ReencryptResult"] | components["schemas"]["ItemFailure"])[];
                    }) | components["schemas"]["DryRun"] | {
                        items: components["schemas"]["DryRun"][];
                    };
                };
            };
            /**
             * @description `jwe-invalid`: The JWE is not accepted.
             *     `decryption-failed`: Decryption failed.
             *     `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `key-access-denied`: No grant on the key allows this.
             *     `policy-refused`: The tenant policy refuses this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            /**
             * @description `key-state`: The state of the key does not allow this.
             *     `kek-retired`: The key is wrapped by a retired KEK.
             */
            409: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            /**
             * @description `purpose-mismatch`: The purpose of the key does not allow this.
             *     `algorithm-mismatch`: The algorithm does not match the key.
             *     `algorithm-unavailable`: The algorithm is not available on this token.
             *     `key-exhausted`: The key has reached its invocation limit.
             */
            422: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `key-blob-refused`: The stored key does not match its record.
             *     `record-forged`: A stored record is not one that the platform wrote.
             *     `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            502: components["responses"]["hsm-error"];
            /**
             * @description `hsm-unavailable`: The HSM is not available.
             *     `hsm-timeout`: The HSM did not answer in time.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `decision-outdated`: The key or the policy changed while the request ran.
             *     `service-unavailable`: A service is not available.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    resign: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "jws": "eyJhbGciOiJFUzI1NiIsImtpZCI6IjAxOTM5ZjMxLTA3YzItN2E0NC04ZjBlLTJiOWQ2YzFhM2YxMC4xIn0.SW52b2ljZSA0Nw.c2lnbmF0dXJlX29mXzY0X2J5dGVz",
                 *       "to": {
                 *         "keyId": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["ResignRequest"] | {
                    items: components["schemas"]["ResignRequest"][];
                };
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Deprecation: components["headers"]["Deprecation"];
                    Sunset: components["headers"]["Sunset"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "valid": true,
                     *       "jws": "eyJhbGciOiJFUzI1NiIsImtpZCI6IjAxOTM5ZjMxLTA3YzItN2E0NC04ZjBlLTJiOWQ2YzFhM2YxMC4xIn0.SW52b2ljZSA0Nw.c2lnbmF0dXJlX29mXzY0X2J5dGVz",
                     *       "version": 2,
                     *       "custody": "token",
                     *       "keyId": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *       "algorithm": "EC-P256",
                     *       "alg": "ES256",
                     *       "from": {
                     *         "valid": true,
                     *         "version": 1,
                     *         "custody": "token",
                     *         "keyId": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *         "algorithm": "EC-P256",
                     *         "alg": "ES256"
                     *       }
                     *     }
                     */
                    "application/json": (components["schemas"]["ResignResult"] | components["schemas"]["NotResigned"] | {
                        items: (components["schemas"]["ResignResult"] | components["schemas"]["NotResigned"] | components["schemas"]["ItemFailure"])[];
                    }) | components["schemas"]["DryRun"] | {
                        items: components["schemas"]["DryRun"][];
                    };
                };
            };
            /**
             * @description `jws-invalid`: The JWS is not accepted.
             *     `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `key-access-denied`: No grant on the key allows this.
             *     `policy-refused`: The tenant policy refuses this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            /**
             * @description `key-state`: The state of the key does not allow this.
             *     `kek-retired`: The key is wrapped by a retired KEK.
             */
            409: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            /**
             * @description `purpose-mismatch`: The purpose of the key does not allow this.
             *     `algorithm-mismatch`: The algorithm does not match the key.
             *     `algorithm-unavailable`: The algorithm is not available on this token.
             *     `key-exhausted`: The key has reached its invocation limit.
             */
            422: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `key-blob-refused`: The stored key does not match its record.
             *     `record-forged`: A stored record is not one that the platform wrote.
             *     `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            502: components["responses"]["hsm-error"];
            /**
             * @description `hsm-unavailable`: The HSM is not available.
             *     `hsm-timeout`: The HSM did not answer in time.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `decision-outdated`: The key or the policy changed while the request ran.
             *     `service-unavailable`: A service is not available.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    random: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "bytes": 32
                 *     }
                 */
                "application/json": components["schemas"]["RandomRequest"] | {
                    items: components["schemas"]["RandomRequest"][];
                };
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Deprecation: components["headers"]["Deprecation"];
                    Sunset: components["headers"]["Sunset"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "random": "YSBzaGFyZWQgc2VjcmV0IHdpdGggMzIgb2N0ZXRzLi4"
                     *     }
                     */
                    "application/json": (components["schemas"]["RandomResult"] | {
                        items: (components["schemas"]["RandomResult"] | components["schemas"]["ItemFailure"])[];
                    }) | components["schemas"]["DryRun"] | {
                        items: components["schemas"]["DryRun"][];
                    };
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            502: components["responses"]["hsm-error"];
            /**
             * @description `hsm-unavailable`: The HSM is not available.
             *     `hsm-timeout`: The HSM did not answer in time.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `decision-outdated`: The key or the policy changed while the request ran.
             *     `service-unavailable`: A service is not available.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    datakey: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "keyId": "01939f31-9b1d-7e02-b6a7-51c0d8e4f297"
                 *     }
                 */
                "application/json": components["schemas"]["DataKeyRequest"] | {
                    items: components["schemas"]["DataKeyRequest"][];
                };
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Deprecation: components["headers"]["Deprecation"];
                    Sunset: components["headers"]["Sunset"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "jwe": "eyJhbGciOiJSU0EtT0FFUC0yNTYiLCJlbmMiOiJBMjU2R0NNIiwia2lkIjoiMDE5MzlmMzEtOWIxZC03ZTAyLWI2YTctNTFjMGQ4ZTRmMjk3LjEifQ.T0tfZW5jcnlwdGVkX2tleQ.AAECAwQFBgcICQoL.Y2lwaGVydGV4dA.dGFnX29mXzE2X2J5dGVz",
                     *       "version": 1,
                     *       "custody": "token",
                     *       "keyId": "01939f31-9b1d-7e02-b6a7-51c0d8e4f297",
                     *       "algorithm": "RSA-3072",
                     *       "alg": "RSA-OAEP-256",
                     *       "enc": "A256GCM"
                     *     }
                     */
                    "application/json": (components["schemas"]["DataKeyResult"] | {
                        items: (components["schemas"]["DataKeyResult"] | components["schemas"]["ItemFailure"])[];
                    }) | components["schemas"]["DryRun"] | {
                        items: components["schemas"]["DryRun"][];
                    };
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `key-access-denied`: No grant on the key allows this.
             *     `policy-refused`: The tenant policy refuses this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            /**
             * @description `key-state`: The state of the key does not allow this.
             *     `kek-retired`: The key is wrapped by a retired KEK.
             */
            409: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            /**
             * @description `purpose-mismatch`: The purpose of the key does not allow this.
             *     `algorithm-mismatch`: The algorithm does not match the key.
             *     `algorithm-unavailable`: The algorithm is not available on this token.
             *     `key-exhausted`: The key has reached its invocation limit.
             */
            422: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `key-blob-refused`: The stored key does not match its record.
             *     `record-forged`: A stored record is not one that the platform wrote.
             *     `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            502: components["responses"]["hsm-error"];
            /**
             * @description `hsm-unavailable`: The HSM is not available.
             *     `hsm-timeout`: The HSM did not answer in time.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `decision-outdated`: The key or the policy changed while the request ran.
             *     `service-unavailable`: A service is not available.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    getPolicy: {
        parameters: {
            query?: never;
            header?: {
                /** @description ETags that you have. If one of them is the present one, the answer is 304 (RFC 9110, section 13.1.2). */
                "If-None-Match"?: components["parameters"]["IfModified"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "version": 3,
                     *       "allowedAlgorithms": [
                     *         "RSA-3072",
                     *         "EC-P256",
                     *         "AES-256"
                     *       ],
                     *       "fipsOnly": true,
                     *       "sunsets": [
                     *         {
                     *           "algorithm": "RSA-3072",
                     *           "warnFrom": "2027-01-01T00:00:00Z",
                     *           "protectUntil": "2030-01-01T00:00:00Z"
                     *         }
                     *       ],
                     *       "changedBy": "alice@acme.example",
                     *       "changedAt": "2026-11-23T09:30:00.000Z",
                     *       "pendingVersion": null
                     *     }
                     */
                    "application/json": components["schemas"]["Policy"];
                };
            };
            /** @description Not modified. If-None-Match names the present ETag. */
            304: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    putPolicy: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header: {
                /** @description ETag of the revision that the change is based on, a list of ETags, or `*` for any (RFC 9110, section 13.1.1). Weak ETags never match. */
                "If-Match": components["parameters"]["IfMatch"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "allowedAlgorithms": [
                 *         "RSA-3072",
                 *         "EC-P256",
                 *         "AES-256"
                 *       ],
                 *       "fipsOnly": true,
                 *       "sunsets": [
                 *         {
                 *           "algorithm": "RSA-3072",
                 *           "warnFrom": "2027-01-01T00:00:00Z",
                 *           "protectUntil": "2030-01-01T00:00:00Z"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["PutPolicy"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "version": 3,
                     *       "allowedAlgorithms": [
                     *         "RSA-3072",
                     *         "EC-P256",
                     *         "AES-256"
                     *       ],
                     *       "fipsOnly": true,
                     *       "sunsets": [
                     *         {
                     *           "algorithm": "RSA-3072",
                     *           "warnFrom": "2027-01-01T00:00:00Z",
                     *           "protectUntil": "2030-01-01T00:00:00Z"
                     *         }
                     *       ],
                     *       "changedBy": "alice@acme.example",
                     *       "changedAt": "2026-11-23T09:30:00.000Z",
                     *       "pendingVersion": null
                     *     }
                     */
                    "application/json": components["schemas"]["Policy"] | components["schemas"]["DryRun"];
                };
            };
            /** @description The tenant’s policy requires two people. The request waits for the approval of a second person. */
            202: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-38c4-7e2a-9d05-1f6b8a3c7e42",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "operation": "deleteKey",
                     *       "request": {
                     *         "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *         "waitingDays": "30"
                     *       },
                     *       "ifMatch": 1,
                     *       "requestedBy": "alice@acme.example",
                     *       "requestedByIssuer": "https://login.acme.example",
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "expiresAt": "2026-11-24T09:30:00.000Z",
                     *       "state": "pending",
                     *       "decidedBy": null,
                     *       "decidedByIssuer": null,
                     *       "decidedAt": null,
                     *       "reason": null,
                     *       "outcome": null
                     *     }
                     */
                    "application/json": components["schemas"]["Approval"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             *     `approval-required`: A second person must approve this.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `policy-pending`: An earlier policy change is still being applied.
             *     `issuers-overlap`: Two issuers can name the same people.
             */
            409: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            428: components["responses"]["precondition-required"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `policy-not-applied`: The policy change is not confirmed on every worker.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `service-unavailable`: A service is not available.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    evaluatePolicy: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "use": "protect",
                 *       "algorithm": "RSA-3072",
                 *       "purpose": "sign",
                 *       "at": "2030-01-01T00:00:00Z"
                 *     }
                 */
                "application/json": components["schemas"]["EvaluatePolicy"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "allow": false,
                     *       "rule": "sunsets",
                     *       "source": "the tenant’s policy",
                     *       "reasons": [
                     *         {
                     *           "code": "policy",
                     *           "rule": "sunsets",
                     *           "detail": "The tenant’s policy does not allow RSA-3072 to protect data since 2030-01-01T00:00:00Z",
                     *           "source": "the tenant’s policy"
                     *         }
                     *       ],
                     *       "warnings": [],
                     *       "until": null,
                     *       "policyVersion": 3,
                     *       "algorithm": "RSA-3072",
                     *       "purpose": "sign",
                     *       "custody": "token",
                     *       "outsideSteps": []
                     *     }
                     */
                    "application/json": components["schemas"]["PolicyEvaluation"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["key-not-found"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    evaluatePolicyChange: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "document": {
                 *         "allowedAlgorithms": [
                 *           "RSA-3072",
                 *           "AES-256"
                 *         ],
                 *         "fipsOnly": true
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["EvaluatePolicyChange"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "policyVersion": 3,
                     *       "versions": {
                     *         "checked": 2,
                     *         "refused": 1,
                     *         "items": [
                     *           {
                     *             "keyId": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *             "label": "invoice signing",
                     *             "version": 1,
                     *             "algorithm": "EC-P256",
                     *             "purpose": "sign",
                     *             "custody": "token",
                     *             "refused": [
                     *               {
                     *                 "use": "protect",
                     *                 "reasons": [
                     *                   {
                     *                     "code": "policy",
                     *                     "rule": "allowedAlgorithms",
                     *                     "detail": "EC-P256 is not allowed by the tenant’s policy",
                     *                     "source": "the tenant’s policy"
                     *                   }
                     *                 ]
                     *               },
                     *               {
                     *                 "use": "process",
                     *                 "reasons": [
                     *                   {
                     *                     "code": "policy",
                     *                     "rule": "allowedAlgorithms",
                     *                     "detail": "EC-P256 is not allowed by the tenant’s policy",
                     *                     "source": "the tenant’s policy"
                     *                   }
                     *                 ]
                     *               }
                     *             ]
                     *           }
                     *         ],
                     *         "next": null
                     *       },
                     *       "operations": {
                     *         "since": "2026-11-23T09:30:00.000Z",
                     *         "checked": 1204,
                     *         "refused": 47,
                     *         "complete": true,
                     *         "items": [
                     *           {
                     *             "operation": "sign",
                     *             "keyId": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *             "version": 1,
                     *             "algorithm": "EC-P256",
                     *             "count": 47,
                     *             "lastAt": "2026-11-23T09:31:12.482913Z",
                     *             "reasons": [
                     *               {
                     *                 "code": "policy",
                     *                 "rule": "allowedAlgorithms",
                     *                 "detail": "EC-P256 is not allowed by the tenant’s policy",
                     *                 "source": "the tenant’s policy"
                     *               }
                     *             ]
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["PolicyChangeEvaluation"];
                };
            };
            /**
             * @description `cursor-invalid`: The cursor is not valid for this request.
             *     `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    listPolicyVersions: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "version": 3,
                     *           "state": "active",
                     *           "changedBy": "alice@acme.example",
                     *           "changedAt": "2026-11-23T09:30:00.000Z",
                     *           "restores": null,
                     *           "disabled": false
                     *         }
                     *       ],
                     *       "next": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["PolicyVersion"][];
                        next: string | null;
                    };
                };
            };
            /**
             * @description `cursor-invalid`: The cursor is not valid for this request.
             *     `request-invalid`: The request is not valid.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    getPolicyVersion: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example 1 */
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "version": 3,
                     *       "state": "active",
                     *       "changedBy": "alice@acme.example",
                     *       "changedAt": "2026-11-23T09:30:00.000Z",
                     *       "restores": null,
                     *       "disabled": false,
                     *       "document": {
                     *         "allowedAlgorithms": [
                     *           "RSA-3072",
                     *           "EC-P256",
                     *           "AES-256"
                     *         ],
                     *         "fipsOnly": true,
                     *         "sunsets": [
                     *           {
                     *             "algorithm": "RSA-3072",
                     *             "warnFrom": "2027-01-01T00:00:00Z",
                     *             "protectUntil": "2030-01-01T00:00:00Z"
                     *           }
                     *         ]
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["PolicyVersionDocument"];
                };
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["policy-version-not-found"];
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    diffPolicyVersions: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example 2 */
                from: number;
                /** @example 3 */
                to: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "from": 2,
                     *       "to": 3,
                     *       "changes": [
                     *         {
                     *           "field": "allowedAlgorithms",
                     *           "added": [],
                     *           "removed": [
                     *             "RSA-2048"
                     *           ]
                     *         },
                     *         {
                     *           "field": "fipsOnly",
                     *           "before": false,
                     *           "after": true
                     *         },
                     *         {
                     *           "field": "sunsets",
                     *           "algorithm": "RSA-3072",
                     *           "before": null,
                     *           "after": {
                     *             "warnFrom": "2027-01-01T00:00:00Z",
                     *             "protectUntil": "2030-01-01T00:00:00Z"
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        from: number;
                        to: number;
                        changes: components["schemas"]["PolicyDifference"][];
                    };
                };
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["policy-version-not-found"];
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    rollbackPolicy: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header: {
                /** @description ETag of the revision that the change is based on, a list of ETags, or `*` for any (RFC 9110, section 13.1.1). Weak ETags never match. */
                "If-Match": components["parameters"]["IfMatch"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "version": 1
                 *     }
                 */
                "application/json": components["schemas"]["RollbackPolicy"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "version": 3,
                     *       "allowedAlgorithms": [
                     *         "RSA-3072",
                     *         "EC-P256",
                     *         "AES-256"
                     *       ],
                     *       "fipsOnly": true,
                     *       "sunsets": [
                     *         {
                     *           "algorithm": "RSA-3072",
                     *           "warnFrom": "2027-01-01T00:00:00Z",
                     *           "protectUntil": "2030-01-01T00:00:00Z"
                     *         }
                     *       ],
                     *       "changedBy": "alice@acme.example",
                     *       "changedAt": "2026-11-23T09:30:00.000Z",
                     *       "pendingVersion": null
                     *     }
                     */
                    "application/json": components["schemas"]["Policy"] | components["schemas"]["DryRun"];
                };
            };
            /** @description The tenant’s policy requires two people. The request waits for the approval of a second person. */
            202: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-38c4-7e2a-9d05-1f6b8a3c7e42",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "operation": "deleteKey",
                     *       "request": {
                     *         "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *         "waitingDays": "30"
                     *       },
                     *       "ifMatch": 1,
                     *       "requestedBy": "alice@acme.example",
                     *       "requestedByIssuer": "https://login.acme.example",
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "expiresAt": "2026-11-24T09:30:00.000Z",
                     *       "state": "pending",
                     *       "decidedBy": null,
                     *       "decidedByIssuer": null,
                     *       "decidedAt": null,
                     *       "reason": null,
                     *       "outcome": null
                     *     }
                     */
                    "application/json": components["schemas"]["Approval"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             *     `approval-required`: A second person must approve this.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["policy-version-not-found"];
            /**
             * @description `policy-pending`: An earlier policy change is still being applied.
             *     `issuers-overlap`: Two issuers can name the same people.
             */
            409: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            428: components["responses"]["precondition-required"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `policy-not-applied`: The policy change is not confirmed on every worker.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `service-unavailable`: A service is not available.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    listPolicyTemplates: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "name": "permissive-dev",
                     *           "title": "Development",
                     *           "description": "Allows everything this installation can do, including keys in software. Not for production.",
                     *           "document": {
                     *             "allowedAlgorithms": [
                     *               "EC-P256",
                     *               "AES-256"
                     *             ],
                     *             "fipsOnly": false
                     *           },
                     *           "sources": [
                     *             {
                     *               "rule": "allowedAlgorithms",
                     *               "source": "none: for development"
                     *             }
                     *           ]
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["PolicyTemplate"][];
                    };
                };
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    getPolicyTemplate: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example fips-140-3 */
                template: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "permissive-dev",
                     *       "title": "Development",
                     *       "description": "Allows everything this installation can do, including keys in software. Not for production.",
                     *       "document": {
                     *         "allowedAlgorithms": [
                     *           "EC-P256",
                     *           "AES-256"
                     *         ],
                     *         "fipsOnly": false
                     *       },
                     *       "sources": [
                     *         {
                     *           "rule": "allowedAlgorithms",
                     *           "source": "none: for development"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["PolicyTemplate"];
                };
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["policy-template-not-found"];
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    listApprovals: {
        parameters: {
            query?: {
                state?: "pending" | "approved" | "rejected" | "withdrawn" | "expired";
                limit?: number;
                cursor?: string;
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "01939f33-38c4-7e2a-9d05-1f6b8a3c7e42",
                     *           "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *           "operation": "deleteKey",
                     *           "request": {
                     *             "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *             "waitingDays": "30"
                     *           },
                     *           "ifMatch": 1,
                     *           "requestedBy": "alice@acme.example",
                     *           "requestedByIssuer": "https://login.acme.example",
                     *           "createdAt": "2026-11-23T09:30:00.000Z",
                     *           "expiresAt": "2026-11-24T09:30:00.000Z",
                     *           "state": "pending",
                     *           "decidedBy": null,
                     *           "decidedByIssuer": null,
                     *           "decidedAt": null,
                     *           "reason": null,
                     *           "outcome": null
                     *         }
                     *       ],
                     *       "next": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["Approval"][];
                        next: string | null;
                    };
                };
            };
            /**
             * @description `cursor-invalid`: The cursor is not valid for this request.
             *     `request-invalid`: The request is not valid.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    getApproval: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-38c4-7e2a-9d05-1f6b8a3c7e42",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "operation": "deleteKey",
                     *       "request": {
                     *         "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *         "waitingDays": "30"
                     *       },
                     *       "ifMatch": 1,
                     *       "requestedBy": "alice@acme.example",
                     *       "requestedByIssuer": "https://login.acme.example",
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "expiresAt": "2026-11-24T09:30:00.000Z",
                     *       "state": "approved",
                     *       "decidedBy": "bob@acme.example",
                     *       "decidedByIssuer": "https://login.acme.example",
                     *       "decidedAt": "2026-11-23T09:31:12.482913Z",
                     *       "reason": null,
                     *       "outcome": {
                     *         "status": 200,
                     *         "body": {
                     *           "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *           "state": "DESTROY_SCHEDULED",
                     *           "destroyAt": "2026-12-23T09:30:00.000Z"
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Approval"];
                };
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["approval-not-found"];
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    withdrawRequest: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-38c4-7e2a-9d05-1f6b8a3c7e42",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "operation": "deleteKey",
                     *       "request": {
                     *         "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *         "waitingDays": "30"
                     *       },
                     *       "ifMatch": 1,
                     *       "requestedBy": "alice@acme.example",
                     *       "requestedByIssuer": "https://login.acme.example",
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "expiresAt": "2026-11-24T09:30:00.000Z",
                     *       "state": "withdrawn",
                     *       "decidedBy": "alice@acme.example",
                     *       "decidedByIssuer": "https://login.acme.example",
                     *       "decidedAt": "2026-11-23T09:31:12.482913Z",
                     *       "reason": null,
                     *       "outcome": null
                     *     }
                     */
                    "application/json": components["schemas"]["Approval"] | components["schemas"]["DryRun"];
                };
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `approval-denied`: The caller may not decide this request.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["approval-not-found"];
            409: components["responses"]["approval-state"];
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    approveRequest: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": components["schemas"]["ApproveRequest"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-38c4-7e2a-9d05-1f6b8a3c7e42",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "operation": "deleteKey",
                     *       "request": {
                     *         "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *         "waitingDays": "30"
                     *       },
                     *       "ifMatch": 1,
                     *       "requestedBy": "alice@acme.example",
                     *       "requestedByIssuer": "https://login.acme.example",
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "expiresAt": "2026-11-24T09:30:00.000Z",
                     *       "state": "approved",
                     *       "decidedBy": "bob@acme.example",
                     *       "decidedByIssuer": "https://login.acme.example",
                     *       "decidedAt": "2026-11-23T09:31:12.482913Z",
                     *       "reason": null,
                     *       "outcome": {
                     *         "status": 200,
                     *         "body": {
                     *           "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *           "state": "DESTROY_SCHEDULED",
                     *           "destroyAt": "2026-12-23T09:30:00.000Z"
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Approval"] | components["schemas"]["DryRun"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `approval-denied`: The caller may not decide this request.
             *     `key-access-denied`: No grant on the key allows this.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `approval-not-found`: No such request for approval.
             *     `key-not-found`: No such key or version.
             *     `policy-version-not-found`: No such policy version.
             *     `issuer-not-found`: No such issuer.
             *     `exclusion-not-found`: No such exclusion.
             */
            404: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `approval-state`: The state of the request for approval does not allow this.
             *     `key-state`: The state of the key does not allow this.
             *     `policy-pending`: An earlier policy change is still being applied.
             *     `issuer-exists`: An issuer with this name exists.
             *     `subject-prefix-taken`: Another issuer has these subjects.
             *     `issuers-overlap`: Two issuers can name the same people.
             */
            409: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `policy-not-applied`: The policy change is not confirmed on every worker.
             *     `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    rejectRequest: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "reason": "still in use"
                 *     }
                 */
                "application/json": components["schemas"]["RejectRequest"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-38c4-7e2a-9d05-1f6b8a3c7e42",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "operation": "deleteKey",
                     *       "request": {
                     *         "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *         "waitingDays": "30"
                     *       },
                     *       "ifMatch": 1,
                     *       "requestedBy": "alice@acme.example",
                     *       "requestedByIssuer": "https://login.acme.example",
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "expiresAt": "2026-11-24T09:30:00.000Z",
                     *       "state": "rejected",
                     *       "decidedBy": "bob@acme.example",
                     *       "decidedByIssuer": "https://login.acme.example",
                     *       "decidedAt": "2026-11-23T09:31:12.482913Z",
                     *       "reason": "still in use",
                     *       "outcome": null
                     *     }
                     */
                    "application/json": components["schemas"]["Approval"] | components["schemas"]["DryRun"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `approval-denied`: The caller may not decide this request.
             *     `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["approval-not-found"];
            409: components["responses"]["approval-state"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    listServiceAccounts: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "01939f33-2f51-7b0c-9c4d-7e1a5b2d9f84",
                     *           "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *           "clientId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55.01939f33-2f51-7b0c-9c4d-7e1a5b2d9f84",
                     *           "name": "payments",
                     *           "roles": [
                     *             "user"
                     *           ],
                     *           "groups": [
                     *             "signers"
                     *           ],
                     *           "keys": [
                     *             {
                     *               "kty": "EC",
                     *               "crv": "P-256",
                     *               "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                     *               "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                     *               "kid": "payments-2027",
                     *               "alg": "ES256"
                     *             }
                     *           ],
                     *           "certificates": [
                     *             {
                     *               "thumbprint": "XlgBb0EWXo6LqKxrh7DnLvhPzg13d13pVMxWFZ_1vOU",
                     *               "subject": "O=Acme, CN=payments",
                     *               "notAfter": "2126-11-04T16:08:03.000Z"
                     *             }
                     *           ],
                     *           "createdBy": "alice@acme.example",
                     *           "createdAt": "2026-11-23T09:30:00.000Z",
                     *           "revision": 1
                     *         }
                     *       ],
                     *       "next": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["ServiceAccount"][];
                        next: string | null;
                    };
                };
            };
            /**
             * @description `cursor-invalid`: The cursor is not valid for this request.
             *     `request-invalid`: The request is not valid.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    createServiceAccount: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Makes the request safe to repeat for 24 hours: what was done is done once, and is answered again to the same caller. Another body (compared as JSON), path or If-Match with the same key is refused. A refused request has changed nothing and is decided anew. Use a UUID. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "payments",
                 *       "roles": [
                 *         "user"
                 *       ],
                 *       "groups": [
                 *         "signers"
                 *       ],
                 *       "keys": [
                 *         {
                 *           "kty": "EC",
                 *           "crv": "P-256",
                 *           "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                 *           "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                 *           "kid": "payments-2027",
                 *           "alg": "ES256"
                 *         }
                 *       ],
                 *       "certificates": [
                 *         "MIIBWzCCAQ2gAwIBAgIUcfyDbyo+poNhLicHFq2peDqy9tkwBQYDK2VwMCIxDTALBgNVBAoMBEFjbWUxETAPBgNVBAMMCHBheW1lbnRzMCAXDTI2MTEyODE2MDgwM1oYDzIxMjYxMTA0MTYwODAzWjAiMQ0wCwYDVQQKDARBY21lMREwDwYDVQQDDAhwYXltZW50czAqMAUGAytlcAMhAFuxxthGu58fDMW/PmcDTJUV3DS//LrKY/Qn2QhZXw/eo1MwUTAdBgNVHQ4EFgQUZ1Gqguk0oB/p0KDJ41kRZzCajBEwHwYDVR0jBBgwFoAUZ1Gqguk0oB/p0KDJ41kRZzCajBEwDwYDVR0TAQH/BAUwAwEB/zAFBgMrZXADQQDXwyADhjVFn7tYaglavbiIWeCFZRbP/BukCV5UNecIFQmJ4BmbFHGLp1VYEcshPnwveVYZAer/2AMaAprG2ekP"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["CreateServiceAccount"];
            };
        };
        responses: {
            /** @description Dry run. Nothing was created. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRun"];
                };
            };
            /** @description Created. */
            201: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    Location: components["headers"]["Location"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-2f51-7b0c-9c4d-7e1a5b2d9f84",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "clientId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55.01939f33-2f51-7b0c-9c4d-7e1a5b2d9f84",
                     *       "name": "payments",
                     *       "roles": [
                     *         "user"
                     *       ],
                     *       "groups": [
                     *         "signers"
                     *       ],
                     *       "keys": [
                     *         {
                     *           "kty": "EC",
                     *           "crv": "P-256",
                     *           "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                     *           "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                     *           "kid": "payments-2027",
                     *           "alg": "ES256"
                     *         }
                     *       ],
                     *       "certificates": [
                     *         {
                     *           "thumbprint": "XlgBb0EWXo6LqKxrh7DnLvhPzg13d13pVMxWFZ_1vOU",
                     *           "subject": "O=Acme, CN=payments",
                     *           "notAfter": "2126-11-04T16:08:03.000Z"
                     *         }
                     *       ],
                     *       "createdBy": "alice@acme.example",
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "revision": 1
                     *     }
                     */
                    "application/json": components["schemas"]["ServiceAccount"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            409: components["responses"]["idempotency-in-flight"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            422: components["responses"]["idempotency-mismatch"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `audit-unavailable`: The audit trail cannot record the request.
             *     `service-unavailable`: A service is not available.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    getServiceAccount: {
        parameters: {
            query?: never;
            header?: {
                /** @description ETags that you have. If one of them is the present one, the answer is 304 (RFC 9110, section 13.1.2). */
                "If-None-Match"?: components["parameters"]["IfModified"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-2f51-7b0c-9c4d-7e1a5b2d9f84",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "clientId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55.01939f33-2f51-7b0c-9c4d-7e1a5b2d9f84",
                     *       "name": "payments",
                     *       "roles": [
                     *         "user"
                     *       ],
                     *       "groups": [
                     *         "signers"
                     *       ],
                     *       "keys": [
                     *         {
                     *           "kty": "EC",
                     *           "crv": "P-256",
                     *           "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                     *           "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                     *           "kid": "payments-2027",
                     *           "alg": "ES256"
                     *         }
                     *       ],
                     *       "certificates": [
                     *         {
                     *           "thumbprint": "XlgBb0EWXo6LqKxrh7DnLvhPzg13d13pVMxWFZ_1vOU",
                     *           "subject": "O=Acme, CN=payments",
                     *           "notAfter": "2126-11-04T16:08:03.000Z"
                     *         }
                     *       ],
                     *       "createdBy": "alice@acme.example",
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "revision": 1
                     *     }
                     */
                    "application/json": components["schemas"]["ServiceAccount"];
                };
            };
            /** @description Not modified. If-None-Match names the present ETag. */
            304: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["service-account-not-found"];
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    putServiceAccount: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header: {
                /** @description ETag of the revision that the change is based on, a list of ETags, or `*` for any (RFC 9110, section 13.1.1). Weak ETags never match. */
                "If-Match": components["parameters"]["IfMatch"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "payments",
                 *       "roles": [
                 *         "user"
                 *       ],
                 *       "groups": [
                 *         "signers"
                 *       ],
                 *       "keys": [
                 *         {
                 *           "kty": "EC",
                 *           "crv": "P-256",
                 *           "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                 *           "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                 *           "kid": "payments-2027",
                 *           "alg": "ES256",
                 *           "expiresAt": "2026-12-23T09:30:00.000Z"
                 *         },
                 *         {
                 *           "kty": "EC",
                 *           "crv": "P-256",
                 *           "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                 *           "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                 *           "kid": "payments-2028",
                 *           "alg": "ES256"
                 *         }
                 *       ],
                 *       "certificates": [
                 *         {
                 *           "thumbprint": "XlgBb0EWXo6LqKxrh7DnLvhPzg13d13pVMxWFZ_1vOU",
                 *           "expiresAt": "2026-12-23T09:30:00.000Z"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["PutServiceAccount"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-2f51-7b0c-9c4d-7e1a5b2d9f84",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "clientId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55.01939f33-2f51-7b0c-9c4d-7e1a5b2d9f84",
                     *       "name": "payments",
                     *       "roles": [
                     *         "user"
                     *       ],
                     *       "groups": [
                     *         "signers"
                     *       ],
                     *       "keys": [
                     *         {
                     *           "kty": "EC",
                     *           "crv": "P-256",
                     *           "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                     *           "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                     *           "kid": "payments-2027",
                     *           "alg": "ES256",
                     *           "expiresAt": "2026-12-23T09:30:00.000Z"
                     *         },
                     *         {
                     *           "kty": "EC",
                     *           "crv": "P-256",
                     *           "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                     *           "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                     *           "kid": "payments-2028",
                     *           "alg": "ES256"
                     *         }
                     *       ],
                     *       "certificates": [
                     *         {
                     *           "thumbprint": "XlgBb0EWXo6LqKxrh7DnLvhPzg13d13pVMxWFZ_1vOU",
                     *           "subject": "O=Acme, CN=payments",
                     *           "notAfter": "2126-11-04T16:08:03.000Z",
                     *           "expiresAt": "2026-12-23T09:30:00.000Z"
                     *         }
                     *       ],
                     *       "createdBy": "alice@acme.example",
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "revision": 2
                     *     }
                     */
                    "application/json": components["schemas"]["ServiceAccount"] | components["schemas"]["DryRun"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["service-account-not-found"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            428: components["responses"]["precondition-required"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `audit-unavailable`: The audit trail cannot record the request.
             *     `service-unavailable`: A service is not available.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    deleteServiceAccount: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description ETag of the revision that the change is based on, a list of ETags, or `*` for any (RFC 9110, section 13.1.1). Weak ETags never match. */
                "If-Match"?: components["parameters"]["OptionalIfMatch"];
                /** @description ETags of the states that the change must not meet, or `*` if the resource must not exist (RFC 9110, section 13.1.2). */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-2f51-7b0c-9c4d-7e1a5b2d9f84",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "clientId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55.01939f33-2f51-7b0c-9c4d-7e1a5b2d9f84",
                     *       "name": "payments",
                     *       "roles": [
                     *         "user"
                     *       ],
                     *       "groups": [
                     *         "signers"
                     *       ],
                     *       "keys": [
                     *         {
                     *           "kty": "EC",
                     *           "crv": "P-256",
                     *           "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                     *           "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                     *           "kid": "payments-2027",
                     *           "alg": "ES256"
                     *         }
                     *       ],
                     *       "certificates": [
                     *         {
                     *           "thumbprint": "XlgBb0EWXo6LqKxrh7DnLvhPzg13d13pVMxWFZ_1vOU",
                     *           "subject": "O=Acme, CN=payments",
                     *           "notAfter": "2126-11-04T16:08:03.000Z"
                     *         }
                     *       ],
                     *       "createdBy": "alice@acme.example",
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "revision": 1
                     *     }
                     */
                    "application/json": components["schemas"]["ServiceAccount"] | components["schemas"]["DryRun"];
                };
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["service-account-not-found"];
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `audit-unavailable`: The audit trail cannot record the request.
             *     `service-unavailable`: A service is not available.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    listIssuers: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "01939f33-31a8-7c6e-8b2f-4d9e7a1c5b30",
                     *           "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *           "issuer": "https://login.acme.example",
                     *           "audience": "ankasecure",
                     *           "algorithms": [
                     *             "ES256"
                     *           ],
                     *           "claims": {
                     *             "tenant": "tenant",
                     *             "roles": "realm_access.roles",
                     *             "groups": "groups",
                     *             "audience": "aud",
                     *             "required": []
                     *           },
                     *           "roles": [
                     *             "user",
                     *             "auditor"
                     *           ],
                     *           "subjectPrefix": "acme:",
                     *           "sharesSubjects": false,
                     *           "keys": null,
                     *           "jwksUrl": null,
                     *           "createdBy": "alice@acme.example",
                     *           "createdAt": "2026-11-23T09:30:00.000Z",
                     *           "revision": 1
                     *         }
                     *       ],
                     *       "next": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["Issuer"][];
                        next: string | null;
                    };
                };
            };
            /**
             * @description `cursor-invalid`: The cursor is not valid for this request.
             *     `request-invalid`: The request is not valid.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    createIssuer: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Makes the request safe to repeat for 24 hours: what was done is done once, and is answered again to the same caller. Another body (compared as JSON), path or If-Match with the same key is refused. A refused request has changed nothing and is decided anew. Use a UUID. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "issuer": "https://login.acme.example",
                 *       "audience": "ankasecure",
                 *       "algorithms": [
                 *         "ES256"
                 *       ],
                 *       "claims": {
                 *         "tenant": "tenant",
                 *         "roles": "realm_access.roles",
                 *         "groups": "groups",
                 *         "audience": "aud",
                 *         "required": []
                 *       },
                 *       "roles": [
                 *         "user",
                 *         "auditor"
                 *       ],
                 *       "subjectPrefix": "acme:",
                 *       "sharesSubjects": false
                 *     }
                 */
                "application/json": components["schemas"]["CreateIssuer"];
            };
        };
        responses: {
            /** @description Dry run. Nothing was created. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRun"];
                };
            };
            /** @description Created. */
            201: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    Location: components["headers"]["Location"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-31a8-7c6e-8b2f-4d9e7a1c5b30",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "issuer": "https://login.acme.example",
                     *       "audience": "ankasecure",
                     *       "algorithms": [
                     *         "ES256"
                     *       ],
                     *       "claims": {
                     *         "tenant": "tenant",
                     *         "roles": "realm_access.roles",
                     *         "groups": "groups",
                     *         "audience": "aud",
                     *         "required": []
                     *       },
                     *       "roles": [
                     *         "user",
                     *         "auditor"
                     *       ],
                     *       "subjectPrefix": "acme:",
                     *       "sharesSubjects": false,
                     *       "keys": null,
                     *       "jwksUrl": null,
                     *       "createdBy": "alice@acme.example",
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "revision": 1
                     *     }
                     */
                    "application/json": components["schemas"]["Issuer"];
                };
            };
            /** @description The tenant’s policy requires two people. The request waits for the approval of a second person. */
            202: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-38c4-7e2a-9d05-1f6b8a3c7e42",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "operation": "deleteKey",
                     *       "request": {
                     *         "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *         "waitingDays": "30"
                     *       },
                     *       "ifMatch": 1,
                     *       "requestedBy": "alice@acme.example",
                     *       "requestedByIssuer": "https://login.acme.example",
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "expiresAt": "2026-11-24T09:30:00.000Z",
                     *       "state": "pending",
                     *       "decidedBy": null,
                     *       "decidedByIssuer": null,
                     *       "decidedAt": null,
                     *       "reason": null,
                     *       "outcome": null
                     *     }
                     */
                    "application/json": components["schemas"]["Approval"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             *     `approval-required`: A second person must approve this.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `issuer-exists`: An issuer with this name exists.
             *     `subject-prefix-taken`: Another issuer has these subjects.
             *     `issuers-overlap`: Two issuers can name the same people.
             *     `idempotency-in-flight`: A request with this Idempotency-Key is still running.
             */
            409: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            422: components["responses"]["idempotency-mismatch"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `audit-unavailable`: The audit trail cannot record the request.
             *     `service-unavailable`: A service is not available.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    getIssuer: {
        parameters: {
            query?: never;
            header?: {
                /** @description ETags that you have. If one of them is the present one, the answer is 304 (RFC 9110, section 13.1.2). */
                "If-None-Match"?: components["parameters"]["IfModified"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-31a8-7c6e-8b2f-4d9e7a1c5b30",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "issuer": "https://login.acme.example",
                     *       "audience": "ankasecure",
                     *       "algorithms": [
                     *         "ES256"
                     *       ],
                     *       "claims": {
                     *         "tenant": "tenant",
                     *         "roles": "realm_access.roles",
                     *         "groups": "groups",
                     *         "audience": "aud",
                     *         "required": []
                     *       },
                     *       "roles": [
                     *         "user",
                     *         "auditor"
                     *       ],
                     *       "subjectPrefix": "acme:",
                     *       "sharesSubjects": false,
                     *       "keys": null,
                     *       "jwksUrl": null,
                     *       "createdBy": "alice@acme.example",
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "revision": 1
                     *     }
                     */
                    "application/json": components["schemas"]["Issuer"];
                };
            };
            /** @description Not modified. If-None-Match names the present ETag. */
            304: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["issuer-not-found"];
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    putIssuer: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header: {
                /** @description ETag of the revision that the change is based on, a list of ETags, or `*` for any (RFC 9110, section 13.1.1). Weak ETags never match. */
                "If-Match": components["parameters"]["IfMatch"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "issuer": "https://login.acme.example",
                 *       "audience": "ankasecure",
                 *       "algorithms": [
                 *         "ES256",
                 *         "EdDSA"
                 *       ],
                 *       "claims": {
                 *         "tenant": "tenant",
                 *         "roles": "realm_access.roles",
                 *         "groups": "groups",
                 *         "audience": "aud",
                 *         "required": []
                 *       },
                 *       "roles": [
                 *         "user",
                 *         "auditor"
                 *       ],
                 *       "subjectPrefix": "acme:",
                 *       "sharesSubjects": false
                 *     }
                 */
                "application/json": components["schemas"]["PutIssuer"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-31a8-7c6e-8b2f-4d9e7a1c5b30",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "issuer": "https://login.acme.example",
                     *       "audience": "ankasecure",
                     *       "algorithms": [
                     *         "ES256",
                     *         "EdDSA"
                     *       ],
                     *       "claims": {
                     *         "tenant": "tenant",
                     *         "roles": "realm_access.roles",
                     *         "groups": "groups",
                     *         "audience": "aud",
                     *         "required": []
                     *       },
                     *       "roles": [
                     *         "user",
                     *         "auditor"
                     *       ],
                     *       "subjectPrefix": "acme:",
                     *       "sharesSubjects": false,
                     *       "keys": null,
                     *       "jwksUrl": null,
                     *       "createdBy": "alice@acme.example",
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "revision": 2
                     *     }
                     */
                    "application/json": components["schemas"]["Issuer"] | components["schemas"]["DryRun"];
                };
            };
            /** @description The tenant’s policy requires two people. The request waits for the approval of a second person. */
            202: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-38c4-7e2a-9d05-1f6b8a3c7e42",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "operation": "deleteKey",
                     *       "request": {
                     *         "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *         "waitingDays": "30"
                     *       },
                     *       "ifMatch": 1,
                     *       "requestedBy": "alice@acme.example",
                     *       "requestedByIssuer": "https://login.acme.example",
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "expiresAt": "2026-11-24T09:30:00.000Z",
                     *       "state": "pending",
                     *       "decidedBy": null,
                     *       "decidedByIssuer": null,
                     *       "decidedAt": null,
                     *       "reason": null,
                     *       "outcome": null
                     *     }
                     */
                    "application/json": components["schemas"]["Approval"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             *     `approval-required`: A second person must approve this.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["issuer-not-found"];
            /**
             * @description `issuer-exists`: An issuer with this name exists.
             *     `subject-prefix-taken`: Another issuer has these subjects.
             *     `issuers-overlap`: Two issuers can name the same people.
             */
            409: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            428: components["responses"]["precondition-required"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `audit-unavailable`: The audit trail cannot record the request.
             *     `service-unavailable`: A service is not available.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    deleteIssuer: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description ETag of the revision that the change is based on, a list of ETags, or `*` for any (RFC 9110, section 13.1.1). Weak ETags never match. */
                "If-Match"?: components["parameters"]["OptionalIfMatch"];
                /** @description ETags of the states that the change must not meet, or `*` if the resource must not exist (RFC 9110, section 13.1.2). */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-31a8-7c6e-8b2f-4d9e7a1c5b30",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "issuer": "https://login.acme.example",
                     *       "audience": "ankasecure",
                     *       "algorithms": [
                     *         "ES256"
                     *       ],
                     *       "claims": {
                     *         "tenant": "tenant",
                     *         "roles": "realm_access.roles",
                     *         "groups": "groups",
                     *         "audience": "aud",
                     *         "required": []
                     *       },
                     *       "roles": [
                     *         "user",
                     *         "auditor"
                     *       ],
                     *       "subjectPrefix": "acme:",
                     *       "sharesSubjects": false,
                     *       "keys": null,
                     *       "jwksUrl": null,
                     *       "createdBy": "alice@acme.example",
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "revision": 1
                     *     }
                     */
                    "application/json": components["schemas"]["Issuer"] | components["schemas"]["DryRun"];
                };
            };
            /** @description The tenant’s policy requires two people. The request waits for the approval of a second person. */
            202: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-38c4-7e2a-9d05-1f6b8a3c7e42",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "operation": "deleteKey",
                     *       "request": {
                     *         "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *         "waitingDays": "30"
                     *       },
                     *       "ifMatch": 1,
                     *       "requestedBy": "alice@acme.example",
                     *       "requestedByIssuer": "https://login.acme.example",
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "expiresAt": "2026-11-24T09:30:00.000Z",
                     *       "state": "pending",
                     *       "decidedBy": null,
                     *       "decidedByIssuer": null,
                     *       "decidedAt": null,
                     *       "reason": null,
                     *       "outcome": null
                     *     }
                     */
                    "application/json": components["schemas"]["Approval"];
                };
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             *     `approval-required`: A second person must approve this.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["issuer-not-found"];
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `audit-unavailable`: The audit trail cannot record the request.
             *     `service-unavailable`: A service is not available.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    listExclusions: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "01939f33-2e07-7d41-8a36-5c0b9e7f1d23",
                     *           "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *           "issuer": "https://login.acme.example",
                     *           "subject": "acme:mallory",
                     *           "reason": "the account was taken over",
                     *           "createdBy": "alice@acme.example",
                     *           "createdAt": "2026-11-23T09:30:00.000Z"
                     *         }
                     *       ],
                     *       "next": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["Exclusion"][];
                        next: string | null;
                    };
                };
            };
            /**
             * @description `cursor-invalid`: The cursor is not valid for this request.
             *     `request-invalid`: The request is not valid.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    createExclusion: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Makes the request safe to repeat for 24 hours: what was done is done once, and is answered again to the same caller. Another body (compared as JSON), path or If-Match with the same key is refused. A refused request has changed nothing and is decided anew. Use a UUID. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "issuer": "https://login.acme.example",
                 *       "subject": "acme:mallory",
                 *       "reason": "the account was taken over"
                 *     }
                 */
                "application/json": components["schemas"]["CreateExclusion"];
            };
        };
        responses: {
            /** @description Dry run. Nothing was created. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRun"];
                };
            };
            /** @description Created. */
            201: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-2e07-7d41-8a36-5c0b9e7f1d23",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "issuer": "https://login.acme.example",
                     *       "subject": "acme:mallory",
                     *       "reason": "the account was taken over",
                     *       "createdBy": "alice@acme.example",
                     *       "createdAt": "2026-11-23T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Exclusion"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            409: components["responses"]["idempotency-in-flight"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            422: components["responses"]["idempotency-mismatch"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `audit-unavailable`: The audit trail cannot record the request.
             *     `service-unavailable`: A service is not available.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    getExclusion: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-2e07-7d41-8a36-5c0b9e7f1d23",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "issuer": "https://login.acme.example",
                     *       "subject": "acme:mallory",
                     *       "reason": "the account was taken over",
                     *       "createdBy": "alice@acme.example",
                     *       "createdAt": "2026-11-23T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Exclusion"];
                };
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["exclusion-not-found"];
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    deleteExclusion: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-2e07-7d41-8a36-5c0b9e7f1d23",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "issuer": "https://login.acme.example",
                     *       "subject": "acme:mallory",
                     *       "reason": "the account was taken over",
                     *       "createdBy": "alice@acme.example",
                     *       "createdAt": "2026-11-23T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Exclusion"] | components["schemas"]["DryRun"];
                };
            };
            /** @description The tenant’s policy requires two people. The request waits for the approval of a second person. */
            202: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-38c4-7e2a-9d05-1f6b8a3c7e42",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "operation": "deleteKey",
                     *       "request": {
                     *         "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *         "waitingDays": "30"
                     *       },
                     *       "ifMatch": 1,
                     *       "requestedBy": "alice@acme.example",
                     *       "requestedByIssuer": "https://login.acme.example",
                     *       "createdAt": "2026-11-23T09:30:00.000Z",
                     *       "expiresAt": "2026-11-24T09:30:00.000Z",
                     *       "state": "pending",
                     *       "decidedBy": null,
                     *       "decidedByIssuer": null,
                     *       "decidedAt": null,
                     *       "reason": null,
                     *       "outcome": null
                     *     }
                     */
                    "application/json": components["schemas"]["Approval"];
                };
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             *     `approval-required`: A second person must approve this.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["exclusion-not-found"];
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `audit-unavailable`: The audit trail cannot record the request.
             *     `service-unavailable`: A service is not available.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    queryEvents: {
        parameters: {
            query?: {
                keyId?: string;
                userId?: string;
                operation?: string;
                outcome?: "success" | "failure" | "unknown";
                correlationId?: string;
                from?: string;
                until?: string;
                order?: "asc" | "desc";
                limit?: number;
                cursor?: string;
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "eventId": "01939f33-2c55-7b19-a0c4-7d3e9f5b8a61",
                     *           "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *           "userId": "payments-service",
                     *           "keyId": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *           "algorithm": "EC-P256",
                     *           "operation": "sign",
                     *           "outcome": "success",
                     *           "failureCode": null,
                     *           "occurredAt": "2026-11-23T09:31:12.482913Z",
                     *           "correlationId": "invoice-run-47",
                     *           "details": {
                     *             "alg": "ES256",
                     *             "custody": "token",
                     *             "version": "1"
                     *           },
                     *           "seq": 1204,
                     *           "macKeyId": "1.2026-11-23",
                     *           "hmac": "mF3yT0gYb1hJ1rQm7m1y0xH0o2m0fS9C3m8Zk6f1n2A",
                     *           "previousHash": "mF3yT0gYb1hJ1rQm7m1y0xH0o2m0fS9C3m8Zk6f1n2A",
                     *           "hash": "mF3yT0gYb1hJ1rQm7m1y0xH0o2m0fS9C3m8Zk6f1n2A",
                     *           "sealedAt": "2026-11-23T09:31:12.731Z"
                     *         }
                     *       ],
                     *       "next": null,
                     *       "unproven": [],
                     *       "missing": [
                     *         {
                     *           "fromSeq": 1,
                     *           "untilSeq": 1203
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["AuditEvent"][];
                        next: string | null;
                        /** @description The rows of the page that the HSM does not vouch for: somebody has written into the database of the audit service. They are not among `items`. One for each number. */
                        unproven?: components["schemas"]["UnprovenEvent"][];
                        missing?: {
                            fromSeq: number;
                            untilSeq: number;
                        }[];
                    };
                };
            };
            /**
             * @description `cursor-invalid`: The cursor is not valid for this request.
             *     `request-invalid`: The request is not valid.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `hsm-unavailable`: The HSM is not available.
             *     `hsm-timeout`: The HSM did not answer in time.
             *     `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    verifyTrail: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "fromSeq": 1,
                 *       "untilSeq": 1204
                 *     }
                 */
                "application/json": components["schemas"]["VerifyTrail"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "valid": true,
                     *       "checked": 1204,
                     *       "fromSeq": 1,
                     *       "untilSeq": 1204,
                     *       "firstBadSeq": null,
                     *       "reason": null,
                     *       "headHash": "mF3yT0gYb1hJ1rQm7m1y0xH0o2m0fS9C3m8Zk6f1n2A",
                     *       "anchor": {
                     *         "standing": "matches",
                     *         "seq": 1204,
                     *         "detail": null
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["TrailVerification"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `hsm-unavailable`: The HSM is not available.
             *     `hsm-timeout`: The HSM did not answer in time.
             *     `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    acceptTrails: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /** @example {} */
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "accepted": true,
                     *       "reason": "ankadb_audit is older than the HSM: it ends at anchor 41, the HSM holds anchor 57.",
                     *       "refused": []
                     *     }
                     */
                    "application/json": {
                        accepted: boolean;
                        reason: string | null;
                        /** @description The first of the trails that fail verification, or could not be verified. They stay refused. */
                        refused: {
                            /** Format: uuid */
                            tenantId: string;
                            /** @description The first event that fails verification or, with `unproved`, the first that was not verified. */
                            firstBadSeq: number;
                            /**
                             * @description `unproved`: the verification itself failed, for example because the workers refuse the tenant’s audit key. It does not say that the trail was changed; the audit service’s log says why.
                             * @enum {string}
                             */
                            reason: "missing" | "content-changed" | "hmac-mismatch" | "chain-broken" | "time-inconsistent" | "unsealed" | "tail-missing" | "record-forgotten" | "anchor-mismatch" | "unproved";
                        }[];
                    } | components["schemas"]["DryRun"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            409: components["responses"]["trail-unsound"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `hsm-unavailable`: The HSM is not available.
             *     `hsm-timeout`: The HSM did not answer in time.
             *     `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    listConnectors: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "01939f33-31a8-7c6e-8b2f-4d9e7a1c5b31",
                     *           "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *           "name": "SOC",
                     *           "enabled": true,
                     *           "settings": {
                     *             "kind": "elastic",
                     *             "url": "https://es.acme.example:9200",
                     *             "apiKey": "elastic-api-key",
                     *             "dataStream": "logs-ankasecure.audit-default",
                     *             "requireDataStream": true,
                     *             "tls": {}
                     *           },
                     *           "createdBy": "alice@acme.example",
                     *           "changedAt": "2026-11-23T09:30:00.000Z",
                     *           "revision": 1764316800000000,
                     *           "status": {
                     *             "seq": 1180,
                     *             "lag": 24,
                     *             "deadLetters": 0,
                     *             "paused": false,
                     *             "lastError": null,
                     *             "retryAt": null,
                     *             "deliveredAt": "2026-11-23T09:31:12.731Z"
                     *           }
                     *         }
                     *       ],
                     *       "next": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["Connector"][];
                        next: string | null;
                    };
                };
            };
            /**
             * @description `cursor-invalid`: The cursor is not valid for this request.
             *     `request-invalid`: The request is not valid.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `record-forged`: A stored record is not one that the platform wrote.
             *     `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `hsm-unavailable`: The HSM is not available.
             *     `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    createConnector: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Makes the request safe to repeat for 24 hours: what was done is done once, and is answered again to the same caller. Another body (compared as JSON), path or If-Match with the same key is refused. A refused request has changed nothing and is decided anew. Use a UUID. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "SOC",
                 *       "enabled": true,
                 *       "settings": {
                 *         "kind": "elastic",
                 *         "url": "https://es.acme.example:9200",
                 *         "apiKey": "elastic-api-key",
                 *         "dataStream": "logs-ankasecure.audit-default",
                 *         "requireDataStream": true,
                 *         "tls": {}
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["CreateConnector"];
            };
        };
        responses: {
            /** @description Dry run. Nothing was created. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRun"];
                };
            };
            /** @description Created. */
            201: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    Location: components["headers"]["Location"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-31a8-7c6e-8b2f-4d9e7a1c5b31",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "name": "SOC",
                     *       "enabled": true,
                     *       "settings": {
                     *         "kind": "elastic",
                     *         "url": "https://es.acme.example:9200",
                     *         "apiKey": "elastic-api-key",
                     *         "dataStream": "logs-ankasecure.audit-default",
                     *         "requireDataStream": true,
                     *         "tls": {}
                     *       },
                     *       "createdBy": "alice@acme.example",
                     *       "changedAt": "2026-11-23T09:30:00.000Z",
                     *       "revision": 1764316800000000,
                     *       "status": {
                     *         "seq": 1180,
                     *         "lag": 24,
                     *         "deadLetters": 0,
                     *         "paused": false,
                     *         "lastError": null,
                     *         "retryAt": null,
                     *         "deliveredAt": "2026-11-23T09:31:12.731Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Connector"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            409: components["responses"]["idempotency-in-flight"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            422: components["responses"]["idempotency-mismatch"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `record-forged`: A stored record is not one that the platform wrote.
             *     `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `hsm-unavailable`: The HSM is not available.
             *     `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    getConnector: {
        parameters: {
            query?: never;
            header?: {
                /** @description ETags that you have. If one of them is the present one, the answer is 304 (RFC 9110, section 13.1.2). */
                "If-None-Match"?: components["parameters"]["IfModified"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-31a8-7c6e-8b2f-4d9e7a1c5b31",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "name": "SOC",
                     *       "enabled": true,
                     *       "settings": {
                     *         "kind": "elastic",
                     *         "url": "https://es.acme.example:9200",
                     *         "apiKey": "elastic-api-key",
                     *         "dataStream": "logs-ankasecure.audit-default",
                     *         "requireDataStream": true,
                     *         "tls": {}
                     *       },
                     *       "createdBy": "alice@acme.example",
                     *       "changedAt": "2026-11-23T09:30:00.000Z",
                     *       "revision": 1764316800000000,
                     *       "status": {
                     *         "seq": 1180,
                     *         "lag": 24,
                     *         "deadLetters": 0,
                     *         "paused": false,
                     *         "lastError": null,
                     *         "retryAt": null,
                     *         "deliveredAt": "2026-11-23T09:31:12.731Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Connector"];
                };
            };
            /** @description Not modified. If-None-Match names the present ETag. */
            304: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["connector-not-found"];
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `record-forged`: A stored record is not one that the platform wrote.
             *     `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `hsm-unavailable`: The HSM is not available.
             *     `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    deleteConnector: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description ETag of the revision that the change is based on, a list of ETags, or `*` for any (RFC 9110, section 13.1.1). Weak ETags never match. */
                "If-Match"?: components["parameters"]["OptionalIfMatch"];
                /** @description ETags of the states that the change must not meet, or `*` if the resource must not exist (RFC 9110, section 13.1.2). */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-31a8-7c6e-8b2f-4d9e7a1c5b31",
                     *       "revision": 1764316800000000
                     *     }
                     */
                    "application/json": components["schemas"]["DeletedConnector"] | components["schemas"]["DryRun"];
                };
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["connector-not-found"];
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `record-forged`: A stored record is not one that the platform wrote.
             *     `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `hsm-unavailable`: The HSM is not available.
             *     `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    editConnector: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header: {
                /** @description ETag of the revision that the change is based on, a list of ETags, or `*` for any (RFC 9110, section 13.1.1). Weak ETags never match. */
                "If-Match": components["parameters"]["IfMatch"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "enabled": false
                 *     }
                 */
                "application/json": components["schemas"]["EditConnector"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-31a8-7c6e-8b2f-4d9e7a1c5b31",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "name": "SOC",
                     *       "enabled": false,
                     *       "settings": {
                     *         "kind": "elastic",
                     *         "url": "https://es.acme.example:9200",
                     *         "apiKey": "elastic-api-key",
                     *         "dataStream": "logs-ankasecure.audit-default",
                     *         "requireDataStream": true,
                     *         "tls": {}
                     *       },
                     *       "createdBy": "alice@acme.example",
                     *       "changedAt": "2026-11-23T09:30:00.000Z",
                     *       "revision": 1764316800000001,
                     *       "status": {
                     *         "seq": 1180,
                     *         "lag": 24,
                     *         "deadLetters": 0,
                     *         "paused": false,
                     *         "lastError": null,
                     *         "retryAt": null,
                     *         "deliveredAt": "2026-11-23T09:31:12.731Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Connector"] | components["schemas"]["DryRun"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["connector-not-found"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            428: components["responses"]["precondition-required"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `record-forged`: A stored record is not one that the platform wrote.
             *     `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `hsm-unavailable`: The HSM is not available.
             *     `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    resumeConnector: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": components["schemas"]["ResumeConnector"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-31a8-7c6e-8b2f-4d9e7a1c5b31",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "name": "SOC",
                     *       "enabled": true,
                     *       "settings": {
                     *         "kind": "elastic",
                     *         "url": "https://es.acme.example:9200",
                     *         "apiKey": "elastic-api-key",
                     *         "dataStream": "logs-ankasecure.audit-default",
                     *         "requireDataStream": true,
                     *         "tls": {}
                     *       },
                     *       "createdBy": "alice@acme.example",
                     *       "changedAt": "2026-11-23T09:30:00.000Z",
                     *       "revision": 1764316800000000,
                     *       "status": {
                     *         "seq": 1180,
                     *         "lag": 24,
                     *         "deadLetters": 0,
                     *         "paused": false,
                     *         "lastError": null,
                     *         "retryAt": null,
                     *         "deliveredAt": "2026-11-23T09:31:12.731Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Connector"] | components["schemas"]["DryRun"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["connector-not-found"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `record-forged`: A stored record is not one that the platform wrote.
             *     `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `hsm-unavailable`: The HSM is not available.
             *     `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    testConnector: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": components["schemas"]["TestConnector"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-31a8-7c6e-8b2f-4d9e7a1c5b31",
                     *       "eventId": "01939f33-2c55-7b19-a0c4-7d3e9f5b8a61",
                     *       "seq": 1205,
                     *       "result": "pause",
                     *       "reason": "HTTP 403: {\"text\":\"Invalid token\",\"code\":4}",
                     *       "tookMs": 84
                     *     }
                     */
                    "application/json": components["schemas"]["ConnectorTest"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["connector-not-found"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `record-forged`: A stored record is not one that the platform wrote.
             *     `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `hsm-unavailable`: The HSM is not available.
             *     `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    replayConnector: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example 01939f31-07c2-7a44-8f0e-2b9d6c1a3f10 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "fromSeq": 1000
                 *     }
                 */
                "application/json": components["schemas"]["ReplayConnector"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f33-31a8-7c6e-8b2f-4d9e7a1c5b31",
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "fromSeq": 1000,
                     *       "untilSeq": 1180
                     *     }
                     */
                    "application/json": components["schemas"]["ConnectorReplay"] | components["schemas"]["DryRun"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["connector-not-found"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `record-forged`: A stored record is not one that the platform wrote.
             *     `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `hsm-unavailable`: The HSM is not available.
             *     `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    listCheckpoints: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "size": 1204,
                     *           "root": "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
                     *           "note": "hsm.example.com/audit/01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55\n1204\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— hsm.example.com/audit/01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55 Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n",
                     *           "signedAt": "2026-11-23T09:31:12.731Z"
                     *         }
                     *       ],
                     *       "next": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["Checkpoint"][];
                        next: string | null;
                    };
                };
            };
            /**
             * @description `cursor-invalid`: The cursor is not valid for this request.
             *     `request-invalid`: The request is not valid.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    getLatestCheckpoint: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "size": 1204,
                     *       "root": "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
                     *       "note": "hsm.example.com/audit/01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55\n1204\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— hsm.example.com/audit/01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55 Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n",
                     *       "signedAt": "2026-11-23T09:31:12.731Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Checkpoint"];
                };
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["checkpoint-not-found"];
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `record-forged`: A stored record is not one that the platform wrote.
             *     `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    getCheckpointKeys: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "origin": "hsm.example.com/audit/01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "keys": [
                     *         {
                     *           "algorithm": "Ed25519",
                     *           "generation": 1,
                     *           "verifierKey": "hsm.example.com/audit/01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55+e1258777+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
                     *           "lastSize": 1204
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["CheckpointKeys"];
                };
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `hsm-unavailable`: The HSM is not available.
             *     `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    proveInclusion: {
        parameters: {
            query?: {
                seq?: number;
                size?: number;
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "seq": 3,
                     *       "size": 1204,
                     *       "root": "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
                     *       "leafHash": "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=",
                     *       "proof": [
                     *         "B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=",
                     *         "EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs="
                     *       ],
                     *       "tlogProof": "c2sp.org/tlog-proof@v1\nindex 2\nB95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=\nEKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=\n\nhsm.example.com/audit/01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55\n1204\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— hsm.example.com/audit/01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55 Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
                     *     }
                     */
                    "application/json": components["schemas"]["InclusionProof"];
                };
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["checkpoint-not-found"];
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `record-forged`: A stored record is not one that the platform wrote.
             *     `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    proveConsistency: {
        parameters: {
            query?: {
                from?: number;
                to?: number;
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "from": 900,
                     *       "to": 1204,
                     *       "fromRoot": "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=",
                     *       "toRoot": "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
                     *       "proof": [
                     *         "B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=",
                     *         "EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs="
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ConsistencyProof"];
                };
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["checkpoint-not-found"];
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `record-forged`: A stored record is not one that the platform wrote.
             *     `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    getTile: {
        parameters: {
            query?: {
                width?: number;
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example 0 */
                level: number;
                /** @example 4 */
                index: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "path": "tile/0/004.p/180",
                     *       "width": 180,
                     *       "hashes": "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ="
                     *     }
                     */
                    "application/json": components["schemas"]["Tile"];
                };
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `checkpoint-not-found`: No such checkpoint.
             *     `tile-not-found`: No such tile.
             */
            404: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `record-forged`: A stored record is not one that the platform wrote.
             *     `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    listTenants: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *           "slug": "acme",
                     *           "name": "ACME Payments",
                     *           "partition": "default",
                     *           "state": "active",
                     *           "createdAt": "2026-11-23T09:30:00.000Z"
                     *         }
                     *       ],
                     *       "next": null
                     *     }
                     */
                    "application/json": {
                        items: components["schemas"]["Tenant"][];
                        next: string | null;
                    };
                };
            };
            /**
             * @description `cursor-invalid`: The cursor is not valid for this request.
             *     `request-invalid`: The request is not valid.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    createTenant: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Makes the request safe to repeat for 24 hours: what was done is done once, and is answered again to the same caller. Another body (compared as JSON), path or If-Match with the same key is refused. A refused request has changed nothing and is decided anew. Use a UUID. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "slug": "acme",
                 *       "name": "ACME Payments"
                 *     }
                 */
                "application/json": components["schemas"]["CreateTenant"];
            };
        };
        responses: {
            /** @description Dry run. Nothing was created. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DryRun"];
                };
            };
            /** @description Created. */
            201: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    Location: components["headers"]["Location"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "slug": "acme",
                     *       "name": "ACME Payments",
                     *       "partition": "default",
                     *       "state": "active",
                     *       "createdAt": "2026-11-23T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["partition-not-found"];
            /**
             * @description `tenant-exists`: A tenant with this slug exists.
             *     `idempotency-in-flight`: A request with this Idempotency-Key is still running.
             */
            409: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            422: components["responses"]["idempotency-mismatch"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `platform-key-unrecorded`: The HSM holds a platform key that no record names.
             *     `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            502: components["responses"]["hsm-error"];
            /**
             * @description `policy-not-applied`: The policy change is not confirmed on every worker.
             *     `hsm-unavailable`: The HSM is not available.
             *     `hsm-timeout`: The HSM did not answer in time.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `service-unavailable`: A service is not available.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    getTenant: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example 01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55 */
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "slug": "acme",
                     *       "name": "ACME Payments",
                     *       "partition": "default",
                     *       "state": "active",
                     *       "createdAt": "2026-11-23T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Tenant"];
                };
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["tenant-mismatch"];
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `policy-not-applied`: The policy change is not confirmed on every worker.
             *     `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    disableTenant: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example 01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55 */
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "reason": "the contract has ended"
                 *     }
                 */
                "application/json": components["schemas"]["DisableTenant"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "slug": "acme",
                     *       "name": "ACME Payments",
                     *       "partition": "default",
                     *       "state": "disabled",
                     *       "createdAt": "2026-11-23T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Tenant"] | components["schemas"]["DryRun"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["tenant-mismatch"];
            409: components["responses"]["policy-pending"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `policy-not-applied`: The policy change is not confirmed on every worker.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `service-unavailable`: A service is not available.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    enableTenant: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example 01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55 */
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": components["schemas"]["EnableTenant"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "slug": "acme",
                     *       "name": "ACME Payments",
                     *       "partition": "default",
                     *       "state": "active",
                     *       "createdAt": "2026-11-23T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Tenant"] | components["schemas"]["DryRun"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["tenant-mismatch"];
            409: components["responses"]["policy-pending"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `policy-not-applied`: The policy change is not confirmed on every worker.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `service-unavailable`: A service is not available.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    rotateKek: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example 01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55 */
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": components["schemas"]["RotateKek"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "generation": 2,
                     *       "state": "rotating",
                     *       "total": 1200,
                     *       "done": 350,
                     *       "failed": 1,
                     *       "failures": [
                     *         {
                     *           "keyId": "01939f31-9b1d-7e02-b6a7-51c0d8e4f297",
                     *           "version": 1,
                     *           "code": "key-blob-refused"
                     *         }
                     *       ],
                     *       "retired": [],
                     *       "startedAt": "2026-11-23T09:30:00.000Z",
                     *       "finishedAt": null
                     *     }
                     */
                    "application/json": components["schemas"]["Kek"] | components["schemas"]["DryRun"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["tenant-mismatch"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `platform-key-unrecorded`: The HSM holds a platform key that no record names.
             *     `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            502: components["responses"]["hsm-error"];
            /**
             * @description `hsm-unavailable`: The HSM is not available.
             *     `hsm-timeout`: The HSM did not answer in time.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `service-unavailable`: A service is not available.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    getKek: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example 01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55 */
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "generation": 2,
                     *       "state": "rotating",
                     *       "total": 1200,
                     *       "done": 350,
                     *       "failed": 1,
                     *       "failures": [
                     *         {
                     *           "keyId": "01939f31-9b1d-7e02-b6a7-51c0d8e4f297",
                     *           "version": 1,
                     *           "code": "key-blob-refused"
                     *         }
                     *       ],
                     *       "retired": [],
                     *       "startedAt": "2026-11-23T09:30:00.000Z",
                     *       "finishedAt": null
                     *     }
                     */
                    "application/json": components["schemas"]["Kek"];
                };
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["tenant-mismatch"];
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    restoreTenant: {
        parameters: {
            query?: {
                /** @description If `true`, the request is checked and the answer says what would happen. Nothing is changed and the HSM is not used. The audit trail marks the request as a dry run. */
                dryRun?: components["parameters"]["DryRun"];
            };
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example 01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55 */
                tenant: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": components["schemas"]["RestoreTenant"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "tenantId": "01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55",
                     *       "counts": {
                     *         "reapplied": 1,
                     *         "accepted": 1,
                     *         "removed": 0,
                     *         "lost": 0
                     *       },
                     *       "records": [
                     *         {
                     *           "kind": "key",
                     *           "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10",
                     *           "outcome": "accepted",
                     *           "state": null
                     *         },
                     *         {
                     *           "kind": "key_version",
                     *           "id": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10/1",
                     *           "outcome": "reapplied",
                     *           "state": "COMPROMISED"
                     *         }
                     *       ],
                     *       "policyVersion": 7
                     *     }
                     */
                    "application/json": components["schemas"]["RestoreReport"] | components["schemas"]["DryRun"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["tenant-mismatch"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `platform-key-unrecorded`: The HSM holds a platform key that no record names.
             *     `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            502: components["responses"]["hsm-error"];
            /**
             * @description `policy-not-applied`: The policy change is not confirmed on every worker.
             *     `hsm-unavailable`: The HSM is not available.
             *     `hsm-timeout`: The HSM did not answer in time.
             *     `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    surveyHsm: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example default */
                partition: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "format": "ankasecure-hsm-doctor",
                     *       "version": 1,
                     *       "at": "2026-11-23T09:30:00.000Z",
                     *       "ok": true,
                     *       "exitCode": 0,
                     *       "stopped": false,
                     *       "partition": "default",
                     *       "library": {
                     *         "path": "/usr/lib/softhsm/libsofthsm2.so",
                     *         "description": "Implementation of PKCS11",
                     *         "manufacturer": "SoftHSM",
                     *         "version": "2.6",
                     *         "cryptoki": "2.40",
                     *         "interfaces": null,
                     *         "hasVendorKem": false
                     *       },
                     *       "slots": [
                     *         {
                     *           "index": 0,
                     *           "description": "SoftHSM slot ID 0x1",
                     *           "label": "ankasecure",
                     *           "serialNumber": "4f1c2a9be0d37712",
                     *           "manufacturer": "SoftHSM project",
                     *           "model": "SoftHSM v2",
                     *           "hardware": "2.6",
                     *           "firmware": "2.6",
                     *           "flags": [
                     *             "initialized",
                     *             "loginRequired"
                     *           ]
                     *         }
                     *       ],
                     *       "token": {
                     *         "index": 0,
                     *         "description": "SoftHSM slot ID 0x1",
                     *         "label": "ankasecure",
                     *         "serialNumber": "4f1c2a9be0d37712",
                     *         "manufacturer": "SoftHSM project",
                     *         "model": "SoftHSM v2",
                     *         "hardware": "2.6",
                     *         "firmware": "2.6",
                     *         "flags": [
                     *           "initialized",
                     *           "loginRequired"
                     *         ],
                     *         "minPinLength": 8,
                     *         "maxPinLength": 255
                     *       },
                     *       "mechanisms": [
                     *         {
                     *           "number": 4176,
                     *           "name": "EC_KEY_PAIR_GEN",
                     *           "flags": [
                     *             "generateKeyPair"
                     *           ],
                     *           "minKeySize": 256,
                     *           "maxKeySize": 521
                     *         }
                     *       ],
                     *       "profile": {
                     *         "configured": "softhsm",
                     *         "used": "softhsm",
                     *         "evidence": "run",
                     *         "fits": "softhsm",
                     *         "differences": [],
                     *         "candidates": [
                     *           {
                     *             "name": "softhsm",
                     *             "points": 8,
                     *             "reasons": [
                     *               "lists its AES-GCM"
                     *             ]
                     *           }
                     *         ]
                     *       },
                     *       "keys": [],
                     *       "findings": [
                     *         {
                     *           "code": "token-by-index",
                     *           "level": "note",
                     *           "about": "token",
                     *           "problem": "The token is selected by its slot index, which can change.",
                     *           "remedy": "Set token-label."
                     *         }
                     *       ],
                     *       "removed": [],
                     *       "left": []
                     *     }
                     */
                    "application/json": components["schemas"]["HsmReport"];
                };
            };
            400: components["responses"]["request-invalid"];
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["partition-not-found"];
            412: components["responses"]["precondition-failed"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `audit-unavailable`: The audit trail cannot record the request.
             *     `service-unavailable`: A service is not available.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    testHsm: {
        parameters: {
            query?: never;
            header?: {
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example default */
                partition: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "quick": true
                 *     }
                 */
                "application/json": components["schemas"]["HsmTest"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "format": "ankasecure-hsm-doctor",
                     *       "version": 1,
                     *       "at": "2026-11-23T09:30:00.000Z",
                     *       "ok": true,
                     *       "exitCode": 0,
                     *       "stopped": false,
                     *       "partition": "default",
                     *       "library": {
                     *         "path": "/usr/lib/softhsm/libsofthsm2.so",
                     *         "description": "Implementation of PKCS11",
                     *         "manufacturer": "SoftHSM",
                     *         "version": "2.6",
                     *         "cryptoki": "2.40",
                     *         "interfaces": null,
                     *         "hasVendorKem": false
                     *       },
                     *       "slots": [
                     *         {
                     *           "index": 0,
                     *           "description": "SoftHSM slot ID 0x1",
                     *           "label": "ankasecure",
                     *           "serialNumber": "4f1c2a9be0d37712",
                     *           "manufacturer": "SoftHSM project",
                     *           "model": "SoftHSM v2",
                     *           "hardware": "2.6",
                     *           "firmware": "2.6",
                     *           "flags": [
                     *             "initialized",
                     *             "loginRequired"
                     *           ]
                     *         }
                     *       ],
                     *       "token": {
                     *         "index": 0,
                     *         "description": "SoftHSM slot ID 0x1",
                     *         "label": "ankasecure",
                     *         "serialNumber": "4f1c2a9be0d37712",
                     *         "manufacturer": "SoftHSM project",
                     *         "model": "SoftHSM v2",
                     *         "hardware": "2.6",
                     *         "firmware": "2.6",
                     *         "flags": [
                     *           "initialized",
                     *           "loginRequired"
                     *         ],
                     *         "minPinLength": 8,
                     *         "maxPinLength": 255
                     *       },
                     *       "mechanisms": [
                     *         {
                     *           "number": 4176,
                     *           "name": "EC_KEY_PAIR_GEN",
                     *           "flags": [
                     *             "generateKeyPair"
                     *           ],
                     *           "minKeySize": 256,
                     *           "maxKeySize": 521
                     *         }
                     *       ],
                     *       "profile": {
                     *         "configured": "softhsm",
                     *         "used": "softhsm",
                     *         "evidence": "run",
                     *         "fits": "softhsm",
                     *         "differences": [],
                     *         "candidates": [
                     *           {
                     *             "name": "softhsm",
                     *             "points": 8,
                     *             "reasons": [
                     *               "lists its AES-GCM"
                     *             ]
                     *           }
                     *         ]
                     *       },
                     *       "keys": [
                     *         {
                     *           "algorithm": "EC-P256",
                     *           "purpose": "sign",
                     *           "custody": "token",
                     *           "outcome": "works",
                     *           "algs": [
                     *             {
                     *               "alg": "ES256",
                     *               "works": true,
                     *               "detail": ""
                     *             }
                     *           ],
                     *           "ms": {
                     *             "generate": 21.4,
                     *             "use": 3.1,
                     *             "destroy": 2.2
                     *           }
                     *         }
                     *       ],
                     *       "findings": [
                     *         {
                     *           "code": "token-by-index",
                     *           "level": "note",
                     *           "about": "token",
                     *           "problem": "The token is selected by its slot index, which can change.",
                     *           "remedy": "Set token-label."
                     *         }
                     *       ],
                     *       "removed": [],
                     *       "left": []
                     *     }
                     */
                    "application/json": components["schemas"]["HsmReport"];
                };
            };
            /**
             * @description `request-invalid`: The request is not valid.
             *     `body-malformed`: The body is not well-formed JSON.
             */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["authentication-required"];
            /**
             * @description `access-denied`: The role does not allow this.
             *     `tenant-unknown`: The token names a tenant that does not exist.
             *     `tenant-disabled`: The tenant is disabled.
             */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            404: components["responses"]["partition-not-found"];
            412: components["responses"]["precondition-failed"];
            413: components["responses"]["body-too-large"];
            415: components["responses"]["media-type-unsupported"];
            429: components["responses"]["quota-exceeded"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            502: components["responses"]["hsm-error"];
            /**
             * @description `hsm-timeout`: The HSM did not answer in time.
             *     `hsm-unavailable`: The HSM is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `service-unavailable`: A service is not available.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    getKeySet: {
        parameters: {
            query?: {
                kid?: string;
            };
            header?: {
                /** @description ETags that you have. If one of them is the present one, the answer is 304 (RFC 9110, section 13.1.2). */
                "If-None-Match"?: components["parameters"]["IfModified"];
                /** @description Your identifier for this request. An invalid value is replaced. */
                "X-Correlation-Id"?: components["parameters"]["CorrelationId"];
            };
            path: {
                /** @example acme */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "keys": [
                     *         {
                     *           "kty": "EC",
                     *           "crv": "P-256",
                     *           "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                     *           "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                     *           "kid": "01939f31-07c2-7a44-8f0e-2b9d6c1a3f10.1",
                     *           "alg": "ES256",
                     *           "use": "sig"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["KeySet"];
                };
            };
            /** @description Not modified. If-None-Match names the present ETag. */
            304: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["request-invalid"];
            404: components["responses"]["key-set-not-found"];
            412: components["responses"]["precondition-failed"];
            431: components["responses"]["header-too-large"];
            /**
             * @description `internal-error`: Internal error.
             *     `record-outdated`: A stored record is older than the audit trail.
             */
            500: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /**
             * @description `service-unavailable`: A service is not available.
             *     `audit-unavailable`: The audit trail cannot record the request.
             *     `clock-skew`: The clocks of the platform disagree.
             */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            504: components["responses"]["deadline-exceeded"];
        };
    };
    issueToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    /** @enum {string} */
                    grant_type: "client_credentials";
                    /** @enum {string} */
                    client_assertion_type?: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
                    /**
                     * @description The signed assertion.
                     * @example eyJhbGciOiJFUzI1NiIsImtpZCI6InBheW1lbnRzLTIwMjcifQ.e30.c2ln
                     */
                    client_assertion?: string;
                    /**
                     * @description Required without an assertion. With one it is optional and must name the same client.
                     * @example 01939f2e-4f6a-7c31-9d1b-6a1f0c2b7e55.01939f33-2f51-7b0c-9c4d-7e1a5b2d9f84
                     */
                    client_id?: string;
                } | unknown | unknown;
            };
        };
        responses: {
            /** @description The access token, to be sent as Authorization: Bearer. */
            200: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "access_token": "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.c2ln",
                     *       "token_type": "Bearer",
                     *       "expires_in": 300
                     *     }
                     */
                    "application/json": {
                        access_token: string;
                        /** @enum {string} */
                        token_type: "Bearer";
                        /** @description Lifetime of the token in seconds. */
                        expires_in: number;
                    };
                };
            };
            /** @description The token request is not valid. */
            400: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "invalid_request",
                     *       "error_description": "client_assertion is not a JWT"
                     *     }
                     */
                    "application/json": {
                        error: string;
                        error_description?: string;
                    };
                };
            };
            /** @description Client authentication failed. To a request with `Authorization: Basic`, which no client has here, the answer has WWW-Authenticate. */
            401: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "error": "invalid_client",
                     *       "error_description": "Client authentication failed: use an unexpired assertion for this endpoint, valid once, with a jti of its own and signed with a key of the account, or one of its certificates"
                     *     }
                     */
                    "application/json": {
                        error: string;
                        error_description?: string;
                    };
                };
            };
            /** @description The account’s tenant is disabled. */
            403: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A token has no ETag: leave If-Match and If-None-Match out. */
            412: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The form is too large for a token request. */
            413: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not a form. */
            415: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A service is not available. Repeat the request. */
            503: {
                headers: {
                    "X-Correlation-Id": components["headers"]["X-Correlation-Id"];
                    "Server-Timing": components["headers"]["Server-Timing"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
